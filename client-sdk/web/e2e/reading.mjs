import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { UserPage, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** Adds a tenant whose users see each other only in their groups. To be called before the server starts. */
export function addQuiet(server) {
  const rules = `policy quiet
allow find,start everyone when everyone
allow start_group groups
allow read,send holder when holder
`;
  server.addTenant("quiet", rules);
  const users = ["Ada", "Bob", ...Array.from({ length: 28 }, (_, index) => `Zed ${index}`)];
  server.importRows(
    "quiet",
    users.map((name) => ({ type: "user", id: name.toLowerCase().replace(" ", ""), name })),
  );
}

/** The scroll position of the list of messages, and the texts of the visible messages. */
function view(person) {
  return person.page.locator("causerie-message-list .scroller").evaluate((scroller) => {
    const box = scroller.getBoundingClientRect();
    const shown = [...scroller.querySelectorAll("causerie-message")];
    const inView = shown.filter((each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return bottom > box.top + 1 && top < box.bottom - 1;
    });
    const first = inView[0];
    const divider = scroller.querySelector(".new")?.getBoundingClientRect();
    return {
      drawn: shown.length,
      first: first?.shadowRoot.querySelector(".text")?.textContent ?? "",
      firstTop: first ? Math.round(first.getBoundingClientRect().top - box.top) : 0,
      texts: inView.map((each) => each.shadowRoot.querySelector(".text")?.textContent ?? ""),
      top: Math.round(scroller.scrollTop),
      below: Math.round(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop),
      height: scroller.clientHeight,
      divider: divider && Math.round(divider.top - box.top),
    };
  });
}

const latest = (person) => person.page.getByRole("button", { name: /atest message|jump to the latest/i });

/** Long histories: scrolling up, unread messages, and messages that arrive meanwhile. */
export function reading(runner, browser, server, town) {
  let long;
  let nora;

  runner.test("3,000 messages are scrolled up by the wheel, and the visible text keeps its position", async () => {
    long = await town.direct("u1", "nora");
    await town.sayAtOnce("u1", long, "a line", 2_999);
    await town.say("u1", long, "the last line");
    await town.read("nora", long, 3_000);
    nora = await town.enter(browser, "nora", { hash: long });
    await nora.sees("the last line");
    const scroller = nora.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    // The visible messages by seq, two frames after each turn of the wheel. A turn is less than the visible height.
    const inView = () =>
      scroller.evaluate(async (element) => {
        for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        const { top, bottom } = element.getBoundingClientRect();
        const messages = element.querySelectorAll("causerie-message");
        let [low, high] = [0, messages.length - 1];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (messages[middle].getBoundingClientRect().bottom > top) high = middle;
          else low = middle + 1;
        }
        const seqs = [];
        for (; low < messages.length && messages[low].getBoundingClientRect().top < bottom; low++)
          seqs.push(messages[low].message.seq);
        return seqs;
      });
    const seen = new Set(await inView());
    const end = Date.now() + 120_000;
    while (!seen.has(1) && Date.now() < end) {
      await nora.page.mouse.wheel(0, -500);
      for (const seq of await inView()) seen.add(seq);
    }
    // If a loaded page moved the text, some messages would never be visible.
    assert.equal(seen.size, 3_000);
    assert.equal((await view(nora)).drawn, 3_000);
  });

  runner.test("a page that arrives while the user is at the top leaves the first line in its position", async () => {
    await nora.page.reload();
    await nora.sees("the last line");
    const scroller = nora.page.locator("causerie-message-list .scroller");
    for (let page = 0; page < 10; page++) {
      const { drawn } = await view(nora);
      // The older page is delayed until the user is at the top, at pixel 0, 1 and 300 in turn.
      const top = [0, 1, 300][page % 3];
      const before = await scroller.evaluate((element, at) => {
        element.scrollTop = at;
        const box = element.getBoundingClientRect();
        const first = [...element.querySelectorAll("causerie-message")].find(
          (each) => each.getBoundingClientRect().bottom > box.top + 1,
        );
        globalThis.watched = first;
        return first.getBoundingClientRect().top;
      }, top);
      await until(
        "an older page",
        () => view(nora),
        (now) => now.drawn > drawn,
      );
      const after = await scroller.evaluate(() => globalThis.watched.getBoundingClientRect().top);
      assert.ok(Math.abs(after - before) <= 1, `at ${top} px the text moved by ${after - before} px`);
    }
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("an older page that can't be loaded says so and can be loaded again", async () => {
    let refuse = true;
    const prepare = (page) =>
      page.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
          const request = JSON.parse(text);
          if (!refuse || !request.getHistory?.beforeSeq) return server.send(text);
          socket.send(JSON.stringify({ reply: { id: request.id, error: { code: 100, name: "internal" } } }));
        });
      });
    const reader = await town.enter(browser, "nora", { hash: long, prepare });
    await reader.sees("the last line");
    await reader.page.locator("causerie-message-list .scroller").evaluate((element) => element.scrollTo(0, 0));
    await reader.page.getByText("Older messages couldn’t be loaded.").waitFor();
    refuse = false;
    const { drawn } = await view(reader);
    await reader.page.getByRole("button", { name: "Try again", exact: true }).click();
    await until(
      "an older page",
      () => view(reader),
      (now) => now.drawn > drawn,
    );
    await reader.close();
  });

  runner.test(
    "a conversation with 160 unread messages opens at the first of them, and the count falls while the user reads",
    async () => {
      const id = await town.direct("u2", "nora");
      await town.sayMany("u2", id, "old", 60);
      await town.read("nora", id, 60);
      await town.sayMany("u2", id, "new", 160);
      const reader = await town.enter(browser, "nora");
      await reader.item(Town.nameOf("u2")).getByText("160 unread messages").waitFor({ state: "attached" });
      await reader.openConversation(Town.nameOf("u2"));
      await reader.page.locator(".new", { hasText: "New messages" }).waitFor();
      const shown = await until(
        "the first unread message",
        () => view(reader),
        ({ texts }) => texts.includes("new 1"),
      );
      assert.ok(shown.texts.includes("old 60"), "the message before it stands above");
      assert.ok(shown.divider > 0 && shown.divider < shown.height / 2, `the line is ${shown.divider} px down`);
      const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
      const left = await until("what was seen is read", unread, (count) => count < 160);
      assert.ok(left > 120, `${left} are still unread: nothing was skipped`);
      await reader.page.getByRole("button", { name: `${left} unread messages, jump to the latest` }).waitFor();
      const scroller = reader.page.locator("causerie-message-list .scroller");
      await scroller.hover();
      for (let turn = 0; turn < 6; turn++) await reader.page.mouse.wheel(0, 400);
      const fewer = await until("reading on", unread, (count) => count < left);
      assert.ok(fewer > 0, "and not all at once");
      await latest(reader).click();
      await reader.sees("new 160");
      await until("all read", unread, (count) => count === 0);
      await reader.page.waitForFunction(() => !/^\(/.test(document.title));
      assert.deepEqual(reader.problems, []);
      await reader.close();
    },
  );

  runner.test(
    "messages that arrive while the page is inactive stay unread, and the list stays at the first of them",
    async () => {
      const id = await town.direct("u4", "nora");
      await town.sayMany("u4", id, "before", 40);
      await town.read("nora", id, 40);
      const reader = await town.enter(browser, "nora", { hash: id });
      await reader.sees("before 40");
      await reader.page.evaluate(() => {
        Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
      });
      await town.sayMany("u4", id, "meanwhile", 60);
      await reader.item(Town.nameOf("u4")).getByText("60 unread messages").waitFor({ state: "attached" });
      const shown = await until(
        "the first that came",
        () => view(reader),
        ({ texts }) => texts.includes("meanwhile 1"),
      );
      assert.ok(shown.divider > 0 && shown.divider < shown.height / 2, `the line is ${shown.divider} px down`);
      await reader.page.evaluate(() => {
        delete document.hasFocus;
        dispatchEvent(new Event("focus"));
      });
      const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
      const left = await until("what is in view is read", unread, (count) => count < 60);
      assert.ok(left > 30, `${left} are still unread`);
      assert.ok((await view(reader)).texts.includes("meanwhile 1"), "coming back moves nothing");
      await reader.close();
    },
  );

  runner.test("members whose profile is hidden are named by the list of members", async () => {
    // In this tenant no user sees a profile, and all users see the members of their groups.
    const people = ["Ada", "Bob", ...Array.from({ length: 28 }, (_, index) => `Zed ${index}`)];
    const id = (name) => name.toLowerCase().replace(" ", "");
    const ask = async (name, method, path, body) => {
      const authorization = `Bearer ${server.token("quiet", id(name), name)}`;
      const headers = { authorization, "content-type": "application/json" };
      const response = await fetch(`${server.origin}/v1${path}`, { method, headers, body: JSON.stringify(body) });
      assert.equal(response.ok, true, await response.clone().text());
      return response.json();
    };
    const others = people.slice(1).map((name) => ({ externalId: id(name) }));
    const group = { kind: "CONVERSATION_KIND_GROUP", subject: "Quiet", clientId: randomUUID(), with: others };
    const { conversation } = await ask("Ada", "POST", "/conversations", group);
    const messages = `/conversations/${conversation.id}/messages`;
    await ask("Zed 27", "POST", messages, { clientId: randomUUID(), text: "hush" });
    const ada = await UserPage.enter(browser, server, "quiet", "Ada");
    await ada.openConversation("Quiet");
    await ada.messages("hush").getByText("Zed 27").waitFor();
    await ada.item("Quiet").getByText("Zed 27: hush").waitFor();
    await ada.close();
  });

  runner.test("while the user is scrolled up, new messages are counted on a button", async () => {
    const id = await town.direct("u3", "nora");
    await town.sayMany("u3", id, "line", 60);
    await town.read("nora", id, 60);
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("line 60");
    await until(
      "the end",
      () => view(reader),
      ({ below }) => below < 4,
    );
    const scroller = reader.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    assert.equal(await latest(reader).count(), 0);
    await reader.page.mouse.wheel(0, -130);
    await until(
      "a little up",
      () => view(reader),
      ({ below }) => below > 80,
    );
    await reader.page.getByRole("button", { name: "Jump to the latest message" }).waitFor();
    const before = await view(reader);
    for (const text of ["one", "two", "three"]) await town.say("u3", id, text);
    const button = reader.page.getByRole("button", { name: "3 unread messages, jump to the latest" });
    await button.waitFor();
    assert.equal((await button.innerText()).trim(), "3");
    assert.equal((await view(reader)).first, before.first, "the text did not move");
    await reader.page.getByRole("status").getByText("New messages below").waitFor({ state: "attached" });
    await button.click();
    await until(
      "the end",
      () => view(reader),
      ({ below }) => below < 4,
    );
    await button.waitFor({ state: "detached" });
    const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
    await until("all read", unread, (count) => count === 0);
    await reader.close();
  });

  runner.test("in a group of 122 every author has a name, in the chat, the list and while typing", async () => {
    const others = Array.from({ length: 121 }, (_, index) => `u${index + 1}`);
    const id = await town.group("nora", "Neighbourhood", others);
    for (const user of ["u100", "u101", "u102", "u1"]) await town.say(user, id, `hello from ${user}`);
    const reader = await town.enter(browser, "nora", { hash: id });
    for (const user of ["u100", "u101", "u102"]) {
      await reader.messages(`hello from ${user}`).getByText(Town.nameOf(user)).waitFor();
    }
    await town.say("u103", id, "and me");
    await reader.item("Neighbourhood").getByText("Resident 103: and me").waitFor();
    await town.call("u104", "POST", `/conversations/${id}/typing`, { typing: true });
    await reader.page.locator("causerie-message-list .typing", { hasText: "Resident 104 is typing…" }).waitFor();
    // Names that are being loaded are a grey bar, never a placeholder name.
    assert.equal(await reader.page.getByText("?", { exact: true }).count(), 0);
    // The read positions of all 122 members are not known, so the message is not shown as read.
    await reader.say("who has read this");
    const mine = reader.messages("who has read this");
    await mine.getByRole("img", { name: "Sent" }).waitFor();
    for (const user of others.slice(0, 20)) await town.read(user, id, 6);
    assert.equal(await mine.getByRole("img", { name: "Read" }).count(), 0);
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });
}
