import assert from "node:assert/strict";
import { equals, hasFocus, stillBox, until } from "./harness.mjs";
import { widgetContacts } from "./widget-contacts.mjs";
import { widgetInPages } from "./widget-pages.mjs";
import { badgeOf, focused, focusedHost, launcherOf, Stage } from "./widget-stage.mjs";

/** The chat in the page of a product: the launcher, the panel, and the commands and events of the page. */
export function widget(runner, browser, server) {
  let stage;
  const list = (page) => page.getByRole("dialog").getByRole("heading", { name: "Conversations", exact: true });
  const field = (page) => page.getByRole("textbox", { name: "Write a message" });
  const unreadFor = async (user, author, text) => stage.town.say(author, await stage.town.direct(author, user), text);

  runner.test("S0-19: the icon opens the list of conversations", async () => {
    stage = await Stage.open(browser);
    await unreadFor("nora", "u1", "about the books");
    await unreadFor("nora", "u3", "about the key");
    const nora = await stage.visit("nora", `<h1>Members</h1>${stage.script()}`);
    await nora.page.getByRole("button", { name: "Messages, 2 unread" }).click();
    await list(nora.page).waitFor();
    for (const text of ["about the books", "about the key"]) await nora.page.getByText(text).waitFor();
    assert.equal(await nora.page.locator("causerie-conversation-item").count(), 2);
    // The page has a strict security policy, with trusted types.
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("a page loads the launcher only; the count comes when it is idle, and the panel when it is opened", async () => {
    const loaded = [];
    const prepare = async (page) => {
      page.on("request", (request) => request.url().includes("/widget/") && loaded.push(request.url().split("/").at(-1)));
    };
    const nora = await stage.visit("nora", stage.script(), { prepare });
    await until(
      "the number is shown",
      () => badgeOf(nora.page),
      (text) => text === "2",
    );
    assert.equal(loaded[0], "v1.js");
    assert.ok(
      loaded.some((name) => name.startsWith("session-")),
      loaded.join(),
    );
    assert.ok(!loaded.some((name) => /panel|lit|messenger/.test(name)), loaded.join());
    await launcherOf(nora.page).click();
    await list(nora.page).waitFor();
    assert.ok(
      loaded.some((name) => name.startsWith("panel-")),
      loaded.join(),
    );
    const headers = async (name) => (await fetch(`${stage.server.origin}/widget/${name}`)).headers;
    assert.equal((await headers("v1.js")).get("cache-control"), "no-cache");
    const chunk = loaded.find((name) => name.startsWith("session-"));
    assert.match((await headers(`assets/${chunk}`)).get("cache-control"), /immutable/);
    await nora.close();
  });

  runner.test(
    "an element with the name currentScript, which a user put into the page, does not replace the script",
    async () => {
      const named = `<img name="currentScript" src="/stolen/" data-server="/stolen/" data-token-url="/stolen/token" alt="">`;
      const nora = await stage.visit("nora", `${named}${stage.script()}`);
      const asked = [];
      nora.page.on("request", (request) => asked.push(request.url()));
      await launcherOf(nora.page).click();
      await list(nora.page).waitFor();
      assert.deepEqual(
        asked.filter((address) => address.includes("stolen")),
        [],
      );
      await nora.close();
    },
  );

  runner.test("the widget can be used by keyboard alone, and Escape returns the focus", async () => {
    const tim = await stage.visit("tim", `<button id="first">First</button>${stage.script()}`);
    const { page } = tim;
    await unreadFor("tim", "u7", "can you hear me?");
    await until(
      "the number is shown",
      () => badgeOf(page),
      (text) => text === "1",
    );
    const isFocused = (element) => until(`the focus is on ${element}`, () => focused(page), equals(element));
    await page.keyboard.press("Tab");
    await isFocused("button#first");
    // The preview of the message comes before the launcher while it is shown.
    for (let presses = 0; presses < 4 && (await focused(page)) !== "button.launcher"; presses++) {
      await page.keyboard.press("Tab");
    }
    await isFocused("button.launcher");
    await page.keyboard.press("Enter");
    await list(page).waitFor();
    await isFocused("dialog");
    const row = page.locator("causerie-conversation-item").first();
    await row.waitFor();
    for (let presses = 0; presses < 12 && (await focusedHost(page)) !== "causerie-conversation-item"; presses++) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await field(page).waitFor();
    await until(
      "the field has the focus",
      () => focused(page),
      (name) => name.startsWith("textarea"),
    );
    await page.keyboard.type("yes");
    await page.keyboard.press("Enter");
    await tim.sees("yes");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await isFocused("button.launcher");
    // It opens where it was.
    await page.keyboard.press("Enter");
    await tim.sees("can you hear me?");
    assert.deepEqual(tim.problems, []);
    await tim.close();
  });

  runner.test("Escape in a menu or an edit of the messenger does not close the panel", async () => {
    const tim = await stage.visit("tim", stage.script());
    const { page } = tim;
    await launcherOf(page).click();
    await page.locator("causerie-conversation-item").first().click();
    await page.locator("causerie-message").first().waitFor();
    await field(page).press("ArrowUp");
    await page.getByText("Editing a message").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Editing a message").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("dialog").isVisible(), true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await tim.close();
  });

  runner.test("the widget never takes the focus unless the user has opened it", async () => {
    const body = `<input id="search" aria-label="Search" autofocus>${stage.script("data-keep-open")}`;
    // The calls of a test count as actions of the user, so this page says that the user does nothing.
    const idle = (page) =>
      page.addInitScript(() => {
        Object.defineProperty(navigator, "userActivation", { get: () => ({ isActive: false, hasBeenActive: true }) });
      });
    const tim = await stage.visit("tim", body, { prepare: idle });
    const { page } = tim;
    await launcherOf(page).click();
    await page.locator("causerie-conversation-item").first().click();
    await field(page).waitFor();
    // On the next page the panel opens by itself, in the same conversation.
    await page.reload();
    await page.locator("#search").focus();
    await field(page).waitFor();
    await unreadFor("tim", "u7", "are you there?");
    await tim.sees("are you there?");
    assert.equal(await focused(page), "input#search");
    await page.evaluate(() => window.causerie.close());
    await page.evaluate(() => window.causerie.open());
    await field(page).waitFor();
    assert.equal(await focused(page), "input#search");
    await field(page).click();
    await hasFocus(field(page));
    assert.deepEqual(tim.problems, []);
    await tim.close();
  });

  runner.test("below 480 pixels the panel covers the page and nothing overflows", async () => {
    const options = { viewport: { width: 360, height: 720 }, hasTouch: true };
    const nora = await stage.visit("nora", `<p>${"long page ".repeat(400)}</p>${stage.script()}`, options);
    const { page } = nora;
    await launcherOf(page).tap();
    await list(page).waitFor();
    const box = await stillBox(page.locator("causerie-chat dialog"));
    assert.deepEqual(box, { x: 0, y: 0, width: 360, height: 720 });
    assert.equal(await page.locator("causerie-chat dialog").evaluate((dialog) => dialog.matches(":modal")), true);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    // A wider window shows it beside the page, and it stays open.
    await page.setViewportSize({ width: 800, height: 720 });
    await until(
      "it is no longer modal",
      () => page.locator("causerie-chat dialog:modal").count(),
      (count) => count === 0,
    );
    await list(page).waitFor();
    await page.setViewportSize({ width: 360, height: 720 });
    await page.locator("causerie-chat .close").tap();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  for (const width of [360, 768, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      runner.test(`axe finds nothing serious in the widget at ${width} pixels, ${colorScheme}`, async () => {
        const options = { viewport: { width, height: 800 }, colorScheme };
        const body = `<main><h1>Members</h1></main>${stage.script('data-theme="auto"')}`;
        const nora = await stage.visit("nora", body, options);
        const { page } = nora;
        await until(
          "the number is shown",
          () => badgeOf(page),
          (text) => text !== "",
        );
        assert.deepEqual(await nora.accessibilityProblems(), [], "closed");
        await launcherOf(page).click();
        await page.locator("causerie-conversation-item").first().waitFor();
        assert.deepEqual(await nora.accessibilityProblems(), [], "list");
        await page.locator("causerie-conversation-item").last().click();
        await field(page).waitFor();
        assert.deepEqual(await nora.accessibilityProblems(), [], "conversation");
        await nora.close();
      });
    }
  }

  runner.test("a page gives commands before and after the script is loaded, and hears events", async () => {
    stage.host.scripts.set(
      "/page.js",
      `window.heard = [];
       window.causerie = window.causerie || [];
       for (const name of ["ready", "open", "close", "unread", "message", "error"])
         causerie.push(["on", name, (detail) => heard.push([name, detail?.externalId ?? detail?.message?.text ?? detail])]);
       causerie.push(["locale", "fr"], ["position", "left 30 40"], ["theme", "dark"], ["open"]);
       document.addEventListener("causerie-open", ({ target }) => heard.push(["as a DOM event", target.localName]));`,
    );
    const olga = await stage.visit("olga", `<script src="/page.js"></script>${stage.script()}`);
    const { page } = olga;
    await page.getByRole("dialog").getByRole("heading", { name: "Conversations" }).waitFor();
    await page.getByRole("dialog", { name: "Messages" }).waitFor();
    const heard = (name) =>
      page.evaluate((wanted) => window.heard.filter(([each]) => each === wanted).map(([, detail]) => detail), name);
    await until(
      "it is ready",
      () => heard("ready"),
      (details) => details[0] === "olga",
    );
    await until("it is open", async () => (await heard("open")).length, equals(1));
    await until("it is open, as a DOM event", () => heard("as a DOM event"), equals(["causerie-chat"]));
    await page.getByRole("button", { name: "Nouvelle conversation" }).first().waitFor();
    const box = await stillBox(launcherOf(page));
    assert.deepEqual([Math.round(box.x), Math.round(800 - box.y - box.height)], [30, 40]);
    const background = () =>
      page.locator("causerie-messenger").evaluate((element) => getComputedStyle(element).backgroundColor);
    await until("the panel is dark", background, equals("rgb(19, 19, 24)"));
    await unreadFor("olga", "u9", "écoutez");
    await until(
      "the message is heard",
      () => heard("message"),
      (details) => details.includes("écoutez"),
    );
    await until(
      "the count is heard",
      () => heard("unread"),
      (details) => details.includes(1),
    );
    await page.evaluate(() => window.causerie.close());
    await until("it is closed", async () => (await heard("close")).length, equals(1));
    await page.getByRole("button", { name: "Messages, 1 non lu" }).waitFor();
    const conversation = await stage.town.direct("olga", "u9");
    await page.evaluate((id) => window.causerie.open(id), conversation);
    await olga.sees("écoutez");
    assert.deepEqual(olga.problems, []);
    await page.evaluate(() => window.causerie.push(["explode"]));
    const [problem] = await until(
      "the problem is logged",
      () => olga.problems,
      (problems) => problems.length > 0,
    );
    assert.match(problem, /there is no command `explode`/);
    await olga.close();
  });

  runner.test("a page replaces texts, hides the launcher, and opens the panel from an element of its own", async () => {
    const strings = JSON.stringify({ conversations: "Our letters", launcher: "Post", members: "{0} of us" });
    stage.host.scripts.set("/page.js", `window.causerie = window.causerie || []; causerie.push(["strings", ${strings}]);`);
    const body = `<a class="post" href="/other"><span>Post</span></a>
      <script src="/page.js"></script>${stage.script('data-launcher=".post"')}`;
    const nora = await stage.visit("nora", body);
    const { page } = nora;
    await until(
      "the widget is there",
      () => page.locator("causerie-chat").count(),
      (count) => count === 1,
    );
    await launcherOf(page).waitFor({ state: "hidden" });
    await page.getByText("Post").click();
    await page.getByRole("dialog", { name: "Post" }).getByRole("heading", { name: "Our letters" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await until("the focus is back", () => focused(page), equals("a.post"));
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("the page styles the parts of the chat", async () => {
    await stage.town.say("u107", await stage.town.direct("u107", "u106"), "look here");
    const reader = await stage.visit("u106", stage.script("data-keep-open"));
    await reader.page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      const parts = ["conversation", "header", "bubble", "own-bubble", "composer"];
      sheet.replaceSync(
        parts.map((part, at) => `causerie-chat::part(${part}) { background: rgb(${at + 1} 0 0); animation: none; }`).join("\n"),
      );
      document.adoptedStyleSheets = [sheet];
    });
    await launcherOf(reader.page).click();
    const background = (selector) =>
      reader.page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).backgroundColor);
    // Some backgrounds change by a transition.
    const hasColour = (selector, colour) => until(selector, () => background(selector), equals(colour));
    await hasColour("causerie-conversation-item button", "rgb(1, 0, 0)");
    await reader.page.locator("causerie-conversation-item").first().click();
    await reader.say("in colours of the page");
    await reader.sees("in colours of the page");
    await hasColour("causerie-chat-header header", "rgb(2, 0, 0)");
    await hasColour("causerie-message:not([own]) .bubble", "rgb(3, 0, 0)");
    await hasColour("causerie-message[own] .bubble", "rgb(4, 0, 0)");
    await hasColour("causerie-composer form", "rgb(5, 0, 0)");
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });

  runner.test("without a signed-in user nothing is shown; a token signs in, and a logout clears the browser", async () => {
    const guest = await stage.visit("", stage.script());
    const { page } = guest;
    await until(
      "the launcher is gone",
      () => launcherOf(page).isVisible(),
      (visible) => !visible,
    );
    const asked = stage.host.asked;
    await page.evaluate((token) => window.causerie.setToken(token), stage.town.token("nora"));
    await page.getByRole("button", { name: /^Messages, \d unread/ }).click();
    await page.locator("causerie-conversation-item").last().click();
    await field(page).fill("a draft");
    const stored = () => page.evaluate(() => [...Object.keys(localStorage), ...Object.values(localStorage)].join());
    await until("the draft is stored", stored, (text) => text.includes("a draft"));
    // Another user: nothing of the first one is left on the screen.
    await page.evaluate((token) => window.causerie.setToken(token), stage.town.token("u50"));
    await page.getByRole("heading", { name: "No conversations yet" }).waitFor();
    await page.evaluate((token) => window.causerie.setToken(token), stage.town.token("nora"));
    await page.locator("causerie-conversation-item").first().waitFor();
    await page.evaluate(() => window.causerie.logout());
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await launcherOf(page).waitFor({ state: "hidden" });
    await until("the draft is removed", stored, (text) => !text.includes("a draft"));
    assert.equal(stage.host.asked, asked, "the token URL is not asked again");
    // The browser logs the answer 401 by itself.
    assert.deepEqual(
      guest.problems.filter((problem) => !problem.includes("401")),
      [],
    );
    await guest.close();
  });

  runner.test("the widget survives a router that replaces the body, and keeps its connection", async () => {
    let sockets = 0;
    const prepare = async (page) => void page.on("websocket", () => sockets++);
    const nora = await stage.visit("nora", stage.script(), { prepare });
    const { page } = nora;
    await launcherOf(page).click();
    await page.locator("causerie-conversation-item").last().click();
    await field(page).fill("half a sentence");
    // As Turbo does: the body is another element, here with a copy of the old one, and the script runs again.
    await page.evaluate((src) => {
      const body = document.body.cloneNode(true);
      document.documentElement.replaceChild(body, document.body);
      const policy = trustedTypes.createPolicy("router", { createScriptURL: (url) => url });
      body.append(Object.assign(document.createElement("script"), { src: policy.createScriptURL(src) }));
    }, `${stage.server.origin}/widget/v1.js`);
    await until(
      "it is there again",
      () => page.locator("causerie-chat").count(),
      (count) => count === 1,
    );
    await field(page).waitFor();
    await until("the draft is there", () => field(page).inputValue(), equals("half a sentence"));
    // As a framework does: the element is moved.
    await page.evaluate(() => document.body.prepend(document.querySelector("causerie-chat")));
    await field(page).waitFor();
    await nora.say("a whole sentence");
    await nora.sees("a whole sentence");
    assert.equal(sockets, 1);
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("a new message is shown beside the launcher until it is dismissed, and opens its conversation", async () => {
    const nora = await stage.visit("u80", `<input id="search" aria-label="Search" autofocus>${stage.script()}`);
    const { page } = nora;
    await page.waitForFunction(() => window.causerie?.element);
    await page.evaluate(() => new Promise((ready) => window.causerie.on("ready", ready)));
    const peek = page.locator("causerie-chat .peek");
    await unreadFor("u80", "u81", "look here");
    await peek.getByText("look here").waitFor();
    await peek.getByText("Resident 81").waitFor();
    // It stays while the mouse is on it.
    await peek.hover();
    assert.equal(await focused(page), "input#search");
    assert.deepEqual(await nora.accessibilityProblems(), []);
    await peek.getByRole("button", { name: "Dismiss" }).click();
    await peek.waitFor({ state: "detached" });
    await unreadFor("u80", "u81", "and here");
    await peek.getByText("and here").click();
    await nora.sees("look here");
    await peek.waitFor({ state: "detached" });
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("an element in the page's own markup is used in place of another one", async () => {
    const body = `${stage.script()}<causerie-chat position="left" launcher="always"></causerie-chat>`;
    const nora = await stage.visit("nora", body);
    await launcherOf(nora.page).click();
    await list(nora.page).waitFor();
    assert.equal(await nora.page.locator("causerie-chat").count(), 1);
    assert.ok((await stillBox(launcherOf(nora.page))).x < 100);
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("the widget works where the browser stores nothing", async () => {
    const prepare = (page) =>
      page.addInitScript(() => {
        for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
          Object.defineProperty(window, name, {
            get() {
              throw new DOMException("The operation is insecure.", "SecurityError");
            },
          });
        }
      });
    const nora = await stage.visit("nora", stage.script("data-keep-open"), { prepare });
    await launcherOf(nora.page).click();
    await nora.page.locator("causerie-conversation-item").first().click();
    await nora.say("stored nowhere");
    await nora.messages("stored nowhere").getByTitle("Sent", { exact: true }).waitFor();
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("all tabs show the same count, and one of them announces a message", async () => {
    const counting = (page) =>
      page.addInitScript(() => {
        window.announced = [];
        const Audio = window.AudioContext;
        window.AudioContext = class extends Audio {
          constructor() {
            super();
            window.announced.push("sound");
          }
        };
        window.Notification = class {
          static permission = "granted";
          constructor(title, { body }) {
            window.announced.push(`${title}: ${body}`);
          }
          close() {}
        };
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
      });
    const first = await stage.visit("u60", stage.script('data-notifications="sound desktop"'), { prepare: counting });
    const tabs = [first.page];
    for (const _ of [1, 2]) {
      const tab = await first.context.newPage();
      await counting(tab);
      await tab.goto(first.page.url());
      tabs.push(tab);
    }
    for (const tab of tabs) {
      // Browsers play sounds only in a tab that was used.
      await tab.locator("body").click({ position: { x: 5, y: 5 } });
      await tab.waitForFunction(() => window.causerie?.element?.unread === 0);
    }
    for (const tab of tabs) await tab.evaluate(() => new Promise((ready) => window.causerie.on("ready", ready)));
    await unreadFor("u60", "u61", "ding");
    for (const tab of tabs)
      await until(
        "each tab counts",
        () => badgeOf(tab),
        (text) => text === "1",
      );
    const announced = async () => (await Promise.all(tabs.map((tab) => tab.evaluate(() => window.announced)))).flat();
    const all = await until("it was announced", announced, (each) => each.length >= 2);
    assert.deepEqual(all.sort(), ["Resident 61: ding", "sound"]);
    // Read in one tab: no tab has unread messages.
    await tabs[1].evaluate(() => delete document.visibilityState);
    await tabs[1].bringToFront();
    await launcherOf(tabs[1]).click();
    await tabs[1].locator("causerie-conversation-item").first().click();
    for (const tab of [tabs[0], tabs[2]])
      await until(
        "the count is gone",
        () => badgeOf(tab),
        (text) => text === "",
      );
    await first.close();
  });

  widgetContacts(runner, () => stage);
  widgetInPages(runner, browser, server, () => stage);

  runner.test("the server of the widget tests ends", () => stage.close());
}
