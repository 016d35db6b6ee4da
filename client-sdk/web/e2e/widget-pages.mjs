import assert from "node:assert/strict";
import { equals, UserPage, until } from "./harness.mjs";

/** The pages of the demo, which embed the chat as a customer does, and the page for frames. */
export function widgetInPages(runner, browser, server, stageOf) {
  const visit = (page, user, options) => UserPage.open(browser, server, `/demo/pages/${page}?as=${user}&lang=en`, options);
  const demoToken = async (tenant, user) =>
    (await (await fetch(`${server.origin}/demo/token?tenant=${tenant}&as=${user}`)).json()).token;
  const post = async (tenant, user, path, body, method = "POST") => {
    const headers = { authorization: `Bearer ${await demoToken(tenant, user)}`, "content-type": "application/json" };
    const answer = await fetch(`${server.origin}/v1${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const write = async (tenant, from, to, text) => {
    const start = { kind: "CONVERSATION_KIND_DIRECT", with: [{ externalId: to }] };
    const { conversation } = await post(tenant, from, "/conversations", start);
    await post(tenant, from, `/conversations/${conversation.id}/messages`, { clientId: crypto.randomUUID(), text });
  };

  runner.test("each tenant of the demo has a page of a product with the chat, in both languages", async () => {
    const { tenants } = await (await fetch(`${server.origin}/demo/people`)).json();
    for (const { slug, pages, people } of tenants) {
      assert.equal(pages.length, 2, slug);
      for (const lang of ["en", "fr"]) {
        const path = `/${pages[0].path}?lang=${lang}&as=${people[0].externalId}`;
        const visitor = await UserPage.open(browser, server, path);
        const { page } = visitor;
        assert.equal(await page.title(), pages[0].title[lang]);
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        await page.waitForFunction(() => window.causerie?.element);
        await page.evaluate(() => window.causerie.open());
        await page.getByRole("dialog").getByRole("heading", { name: "Conversations", exact: true }).waitFor();
        // The lines for the reader are those of the page.
        const shown = await page.locator("footer code").innerText();
        assert.ok(
          shown.includes('<script async src="../../widget/v1.js"') && shown.includes(`as=${people[0].externalId}`),
          shown,
        );
        assert.doesNotMatch(await page.content(), /\{\{|\]\]|\[\[/);
        assert.deepEqual(visitor.problems, [], path);
        await visitor.close();
      }
    }
  });

  runner.test("S1-07: a message that arrives raises the count in the navigation bar", async () => {
    // Earlier tests leave unread messages, and a conversation that is marked as unread.
    const headers = { authorization: `Bearer ${await demoToken("demo-school", "lea")}`, "content-type": "application/json" };
    const { conversations } = await (await fetch(`${server.origin}/v1/conversations`, { headers })).json();
    for (const { id, lastSeq } of conversations ?? []) {
      const body = JSON.stringify({ seq: lastSeq ?? 0 });
      const answer = await fetch(`${server.origin}/v1/conversations/${id}/read`, { method: "PUT", headers, body });
      assert.ok(answer.ok, `read: ${answer.status}`);
    }
    const lea = await visit("news", "lea");
    const badge = lea.page.locator("nav causerie-unread");
    await lea.page.waitForFunction(() => window.causerie?.element && customElements.get("causerie-unread"));
    const count = async () => Number((await badge.getAttribute("count")) ?? 0);
    await lea.page.evaluate(() => new Promise((ready) => window.causerie.on("ready", ready)));
    await until("the count is zero", count, equals(0));
    await write("demo-school", "tom", "lea", "La leçon commence à 9 h.");
    await until("the count is one", count, (now) => now === 1);
    await until("the badge has the count", () => badge.locator(".badge").innerText(), equals("1"));
    await lea.page.getByRole("link", { name: /^Messages/ }).click();
    await lea.page.locator("causerie-conversation-item").first().click();
    await lea.sees("La leçon commence à 9 h.");
    await until("it was read", count, (now) => now === 0);
    assert.deepEqual(lea.problems, []);
    await lea.close();
  });

  runner.test("a visitor of the demo drives two users in one window", async () => {
    const visitor = await UserPage.open(browser, server, "/demo/side-by-side?tenant=demo&left=yanis&right=zoe&lang=en");
    const { page } = visitor;
    const [left, right] = [page.frameLocator("iframe").nth(0), page.frameLocator("iframe").nth(1)];
    await left.locator("causerie-chat .launcher").click();
    await left.locator("causerie-conversation-item", { hasText: "Sortie au musée" }).click();
    await left.getByRole("textbox", { name: "Write a message" }).fill("from the left");
    await left.getByRole("textbox", { name: "Write a message" }).press("Enter");
    await right.locator("causerie-conversation-item", { hasText: "from the left" }).click();
    await right.locator("causerie-message", { hasText: "from the left" }).waitFor();
    await right.getByRole("textbox", { name: "Write a message" }).fill("from the right");
    await right.getByRole("textbox", { name: "Write a message" }).press("Enter");
    await left.locator("causerie-message", { hasText: "from the right" }).waitFor();
    await page.getByLabel("Left, in a page of the product").selectOption("idriss");
    await page.getByRole("button", { name: "Show" }).click();
    await page.frameLocator("iframe").nth(0).locator(".site").getByText("Idriss Traoré").waitFor();
    assert.match(page.url(), /left=idriss&right=zoe/);
    assert.deepEqual(visitor.problems, []);
    await visitor.close();
  });

  runner.test("a page in a frame signs in by messages, and tells the count", async () => {
    const stage = stageOf();
    stage.host.scripts.set(
      "/frame.js",
      `window.told = [];
       const frame = document.querySelector("iframe");
       addEventListener("message", async ({ source, origin, data }) => {
         if (source !== frame.contentWindow || origin !== "${stage.server.origin}") return;
         told.push(data.causerie === "unread" ? \`unread \${data.count}\` : data.causerie);
         if (data.causerie !== "token") return;
         const token = await (await fetch("/chat-token")).text();
         source.postMessage({ causerie: "token", token }, origin);
       });`,
    );
    stage.server.command("tenant", "web-access", "town", "--origin", stage.host.origin, "--frame-ancestor", stage.host.origin);
    const body = `<iframe title="Messages" width="400" height="600" src="${stage.server.origin}/embed/town"></iframe><script src="/frame.js"></script>`;
    const framed = await stage.visit("u70", body);
    const frame = framed.page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "Conversations", exact: true }).waitFor();
    await stage.town.say("u71", await stage.town.direct("u71", "u70"), "into the frame");
    await frame.getByText("into the frame").waitFor();
    await until(
      "the page is told",
      () => framed.page.evaluate(() => window.told),
      (told) => told.includes("unread 1"),
    );
    assert.deepEqual(framed.problems, []);
    await framed.close();
  });

  for (const colorScheme of ["light", "dark"]) {
    runner.test(`axe finds nothing serious in the pages of the demo, ${colorScheme}`, async () => {
      for (const [name, user] of [
        ["member", "lea"],
        ["news", "lea"],
        ["profile", "mia"],
        ["network", "dora"],
        ["course", "lia"],
      ]) {
        const visitor = await visit(name, user, { colorScheme, viewport: { width: 360, height: 800 } });
        await visitor.page.waitForFunction(() => window.causerie?.element);
        assert.deepEqual(await visitor.accessibilityProblems(), [], name);
        assert.equal(await visitor.page.evaluate(() => document.documentElement.scrollWidth), 360, name);
        await visitor.close();
      }
    });
  }
}
