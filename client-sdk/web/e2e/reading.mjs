import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { equals, UserPage, until, zoneWhereItIs } from "./harness.mjs";
import { isAtEnd, stillView, view } from "./message-view.mjs";
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

const latest = (person) => person.page.getByRole("button", { name: /atest message|jump to the latest/i });

/** What a conversation shows: unread messages, arrivals, authors, readers, times. */
export function reading(runner, browser, server, town) {
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
      const shown = await stillView(reader, "the first unread message", ({ texts }) => texts.includes("new 1"));
      assert.ok(shown.texts.includes("old 60"), "the message before it stands above");
      assert.ok(shown.divider > 0 && shown.divider < shown.height / 2, `the line is ${shown.divider} px down`);
      const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
      // What is in view may be marked as read in several steps.
      const name = (count) => `${count} unread messages, jump to the latest`;
      const counted = async () => {
        const count = await unread();
        return { count, shown: await reader.page.getByRole("button", { name: name(count) }).count() };
      };
      const isCounted = ({ count, shown: buttons }) => count < 160 && buttons === 1;
      const { count: left } = await until("what was seen is read, and counted on the button", counted, isCounted);
      assert.ok(left > 120, `${left} are still unread: nothing was skipped`);
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
      await stillView(reader, "the end", isAtEnd);
      await reader.page.evaluate(() => {
        Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
      });
      await town.sayMany("u4", id, "meanwhile", 60);
      await reader.item(Town.nameOf("u4")).getByText("60 unread messages").waitFor({ state: "attached" });
      const shown = await stillView(reader, "the first that came", ({ texts }) => texts.includes("meanwhile 1"));
      assert.ok(shown.divider > 0 && shown.divider < shown.height / 2, `the line is ${shown.divider} px down`);
      await reader.page.evaluate(() => {
        delete document.hasFocus;
        dispatchEvent(new Event("focus"));
      });
      const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
      const left = await until("what is in view is read", unread, (count) => count < 60);
      assert.ok(left > 30, `${left} are still unread`);
      assert.ok((await stillView(reader)).texts.includes("meanwhile 1"), "coming back moves nothing");
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
    await ada.messages("hush").getByText("Zed 27", { exact: true }).waitFor();
    await ada.item("Quiet").getByText("Zed 27: hush").waitFor();
    await ada.close();
  });

  runner.test("while the user is scrolled up, new messages are counted on a button", async () => {
    const id = await town.direct("u3", "nora");
    await town.sayMany("u3", id, "line", 60);
    await town.read("nora", id, 60);
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("line 60");
    await stillView(reader, "the end", isAtEnd);
    const scroller = reader.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    await until("there is no button", () => latest(reader).count(), equals(0));
    await reader.page.mouse.wheel(0, -130);
    const before = await stillView(reader, "a little up", ({ below }) => below > 80);
    await reader.page.getByRole("button", { name: "Jump to the latest message" }).waitFor();
    for (const text of ["one", "two", "three"]) await town.say("u3", id, text);
    const button = reader.page.getByRole("button", { name: "3 unread messages, jump to the latest" });
    await button.waitFor();
    await until("the number", async () => (await button.innerText()).trim(), equals("3"));
    assert.equal((await stillView(reader)).first, before.first, "the text did not move");
    await button.click();
    await until("the end", () => view(reader), isAtEnd);
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
      await reader.messages(`hello from ${user}`).getByText(Town.nameOf(user), { exact: true }).waitFor();
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
    await mine.getByTitle("Sent", { exact: true }).waitFor();
    for (const user of others.slice(0, 20)) await town.read(user, id, 6);
    assert.equal(await mine.getByTitle("Read", { exact: true }).count(), 0);
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });

  runner.test("the place in a conversation is kept while another conversation is shown", async () => {
    const [one, two] = [await town.direct("u5", "nora"), await town.direct("u6", "nora")];
    await town.sayMany("u5", one, "page", 150);
    await town.say("u6", two, "elsewhere");
    await town.read("nora", one, 150);
    const reader = await town.enter(browser, "nora", { hash: one });
    await reader.sees("page 150");
    const scroller = reader.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    for (let turn = 0; turn < 8; turn++) await reader.page.mouse.wheel(0, -400);
    const before = await stillView(reader, "far up", ({ below, texts }) => below > 1_000 && texts.length > 0);
    await reader.openConversation(Town.nameOf("u6"));
    await reader.sees("elsewhere");
    await reader.openConversation(Town.nameOf("u5"));
    const after = await stillView(reader, "the same messages", ({ first }) => first === before.first);
    assert.ok(Math.abs(after.firstTop - before.firstTop) <= 2, `${before.firstTop} px became ${after.firstTop} px`);
    // The first unread message is more important than the place.
    await reader.openConversation(Town.nameOf("u6"));
    await town.say("u5", one, "fresh");
    await reader.item(Town.nameOf("u5")).getByText("fresh").waitFor();
    await reader.openConversation(Town.nameOf("u5"));
    await until(
      "the new message",
      () => view(reader),
      ({ texts }) => texts.includes("fresh"),
    );
    await reader.close();
  });

  runner.test("in a group the author has a face and a colour, and the readers of own messages are shown", async () => {
    const id = await town.group("nora", "Orchestra", ["u41", "u42", "u43"]);
    const first = await town.say("nora", id, "rehearsal at eight");
    await town.say("u41", id, "fine");
    await town.say("u41", id, "see you");
    await town.say("u42", id, "me too");
    const second = await town.say("nora", id, "bring your music");
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("bring your music");
    const faces = () =>
      Promise.all(
        ["fine", "see you", "bring your music"].map((text) => reader.messages(text).locator(".row causerie-avatar").count()),
      );
    await until("a face beside the last message of an author", faces, equals([0, 1, 0]));
    const colour = (text) =>
      reader
        .messages(text)
        .locator(".author")
        .evaluate((element) => getComputedStyle(element).color);
    await until(
      "each author has a colour",
      () => Promise.all([colour("fine"), colour("me too")]),
      ([one, other]) => one !== other,
    );
    await town.read("u41", id, second);
    await town.read("u42", id, first);
    await reader
      .messages("bring your music")
      .getByRole("button", { name: `Read by ${Town.nameOf("u41")}` })
      .waitFor();
    await reader
      .messages("rehearsal at eight")
      .getByRole("button", { name: `Read by ${Town.nameOf("u42")}` })
      .waitFor();
    await reader
      .messages("bring your music")
      .getByRole("button", { name: /^Read by/ })
      .click();
    const dialog = reader.page.getByRole("dialog", { name: "Message details" });
    await dialog.getByRole("heading", { name: "Read by 1" }).waitFor();
    await dialog.getByRole("heading", { name: "Not read yet by 2" }).waitFor();
    await until(
      "the readers and the others",
      () => dialog.getByRole("listitem").allInnerTexts(),
      equals(["41", "42", "43"].map((each) => `Resident ${each}`)),
    );
    await dialog.getByRole("button", { name: "Close", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });

  runner.test("after a change of the time zone all times are those of the new zone", async () => {
    const id = await town.direct("u9", "nora");
    await town.say("u9", id, "before the flight");
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("before the flight");
    const hour = async (text) => Number.parseInt(await reader.messages(text).locator("time").innerText(), 10);
    const before = await hour("before the flight");
    const session = await reader.context.newCDPSession(reader.page);
    await session.send("Emulation.setTimezoneOverride", { timezoneId: zoneWhereItIs(11) });
    await reader.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await until(
      "the hour further west",
      () => hour("before the flight"),
      (now) => now < before,
    );
    await town.say("u9", id, "after the flight");
    await reader.sees("after the flight");
    // Or 1, when the hour ends between the two messages.
    assert.ok((await hour("after the flight")) - (await hour("before the flight")) <= 1);
    await reader.close();
  });

  runner.test("a very long text is cut, and a button shows the rest", async () => {
    const id = await town.direct("u10", "nora");
    const words = Array.from({ length: 1_000 }, (_, index) => `word${index}`).join(" ");
    await town.say("u10", id, words);
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("word0");
    const text = reader.messages("word0").locator(".text");
    const shown = (await text.innerText()).replace(/….*$/s, "");
    assert.ok(shown.length > 2_900 && shown.length < 3_100, `${shown.length} characters`);
    assert.ok(words.startsWith(`${shown} `), "the text is cut at a space");
    await reader.messages("word0").getByRole("button", { name: "Show all" }).click();
    await until("the whole text", () => text.innerText(), equals(words));
    await reader.close();
  });

  runner.test("the text around an address does not change the direction of the address", async () => {
    const id = await town.direct("u112", "nora");
    await town.say("u112", id, "\u202Eshown in reverse: https://a.example/b");
    const reader = await town.enter(browser, "nora", { hash: id });
    const link = reader.page.getByRole("link", { name: "https://a.example/b" });
    await link.waitFor();
    const style = await link.evaluate((element) => {
      const { direction, unicodeBidi } = getComputedStyle(element);
      return { direction, unicodeBidi };
    });
    assert.deepEqual(style, { direction: "ltr", unicodeBidi: "isolate" });
    await reader.close();
  });

  runner.test("a message of up to three emoji is large", async () => {
    const id = await town.direct("u7", "nora");
    for (const text of ["👍🏽", "👨‍👩‍👧‍👦❤️🎉", "👍 thanks"]) await town.say("u7", id, text);
    const reader = await town.enter(browser, "nora", { hash: id });
    const size = (text) =>
      reader
        .messages(text)
        .first()
        .locator(".text")
        .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    await reader.sees("👍 thanks");
    assert.ok((await size("👍🏽")) > 30);
    assert.ok((await size("👨‍👩‍👧‍👦❤️🎉")) > 30);
    assert.ok((await size("👍 thanks")) < 20);
    await reader.close();
  });

  runner.test("S0-30, S2-15 the newest message is at the bottom, own messages are at the end of the line", async () => {
    const id = await town.direct("u8", "nora");
    await town.sayMany("u8", id, "theirs", 30);
    await town.say("nora", id, "mine");
    await town.read("nora", id, 31);
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("mine");
    const shown = await until(
      "the end",
      () => view(reader),
      ({ below }) => below < 4,
    );
    assert.equal(shown.texts.at(-1), "mine");
    const side = (text) =>
      reader.messages(text).evaluate((message) => {
        const [row, bubble] = [".row", ".bubble"].map((selector) =>
          message.shadowRoot.querySelector(selector).getBoundingClientRect(),
        );
        return bubble.left - row.left < row.right - bubble.right ? "left" : "right";
      });
    assert.equal(await side("mine"), "right");
    assert.equal(await side("theirs 30"), "left");
    await reader.close();
  });
}
