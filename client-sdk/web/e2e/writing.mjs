import assert from "node:assert/strict";
import { equals, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** The composer: drafts, edits and the focus. */
export function writing(runner, browser, _server, town) {
  const field = (userPage) => userPage.page.getByRole("textbox", { name: "Write a message" });
  const phone = { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true };
  /** The label, role or tag of the focused element. */
  const focused = (userPage) =>
    userPage.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return `${element?.tagName.toLowerCase()}${element?.className ? `.${element.className}` : ""}`;
    });
  const isFocused = async (userPage, pattern, what) => {
    const end = Date.now() + 30_000;
    let now;
    while (!pattern.test((now = await focused(userPage)))) {
      if (Date.now() > end) assert.fail(`${what}: the focus is on ${now}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const holds = (userPage, text) => until(`the field has "${text}"`, () => field(userPage).inputValue(), equals(text));
  let nora;

  runner.test("a draft survives a reload, is shown in the list, and is the same in two tabs", async () => {
    const [one, two] = [await town.direct("nora", "u11"), await town.direct("nora", "u12")];
    await town.say("u11", one, "first");
    await town.say("u12", two, "second");
    nora = await town.enter(browser, "nora", { hash: one });
    await field(nora).fill("half a thought");
    await nora.page.reload();
    await nora.sees("first");
    await holds(nora, "half a thought");
    await nora.openConversation(Town.nameOf("u12"));
    await holds(nora, "");
    const row = nora.page.locator("causerie-conversation-item").first();
    await row.getByText("Draft: half a thought").waitFor();
    await row.getByText(Town.nameOf("u11")).waitFor();
    // Another tab of the same browser.
    const tab = await nora.context.newPage();
    await tab.route("**/demo/token", (route) => route.fulfill({ json: { token: town.token("nora") } }));
    await tab.goto(nora.page.url().replace(/#.*/, `#${one}`));
    const other = tab.getByRole("textbox", { name: "Write a message" });
    await until("the draft is in the other tab", () => other.inputValue(), equals("half a thought"));
    await other.fill("half a thought, and more");
    await row.getByText("Draft: half a thought, and more").waitFor();
    await other.press("Enter");
    await row.getByText("You: half a thought, and more").waitFor();
    await tab.close();
    await nora.openConversation(Town.nameOf("u11"));
    await holds(nora, "");
  });

  runner.test("an unsaved edit survives a visit to another conversation, and a reload", async () => {
    await nora.say("a sentence with a mistke");
    const mine = nora.messages("a sentence with a mistke");
    await mine.getByTitle("Sent", { exact: true }).waitFor();
    await field(nora).press("ArrowUp");
    await nora.page.getByText("Editing a message").waitFor();
    await field(nora).fill("a sentence with a mist");
    await nora.openConversation(Town.nameOf("u12"));
    await nora.page.getByText("Editing a message").waitFor({ state: "detached" });
    await nora.openConversation(Town.nameOf("u11"));
    await nora.page.getByText("Editing a message").waitFor();
    await nora.page.reload();
    await nora.page.getByText("Editing a message").waitFor();
    await holds(nora, "a sentence with a mist");
    await field(nora).fill("a sentence without a mistake");
    await field(nora).press("Enter");
    await nora.messages("a sentence without a mistake").getByText("edited", { exact: true }).waitFor();
    await nora.page.getByText("Editing a message").waitFor({ state: "detached" });
    await holds(nora, "");
  });

  runner.test("marking as unread and going back on a phone keep the draft", async () => {
    await field(nora).fill("not yet sent");
    await nora.chooseAction("Mark as unread");
    await nora.openConversation(Town.nameOf("u11"));
    await holds(nora, "not yet sent");
    await field(nora).fill("");
    assert.deepEqual(nora.problems, []);
    const small = await town.enter(browser, "nora", phone);
    await small.item(Town.nameOf("u12")).tap();
    await field(small).fill("on the phone");
    await small.page.getByRole("button", { name: "Back to conversations", exact: true }).tap();
    await small.item(Town.nameOf("u12")).getByText("Draft: on the phone").waitFor();
    await small.item(Town.nameOf("u12")).tap();
    await holds(small, "on the phone");
    await small.close();
  });

  runner.test("sending by click or tap leaves the focus in the text field", async () => {
    await field(nora).fill("by click");
    await nora.page.getByRole("button", { name: "Send", exact: true }).click();
    await nora.sees("by click");
    await isFocused(nora, /^textarea/, "after a click on Send");
    const small = await town.enter(browser, "nora", phone);
    await small.item(Town.nameOf("u12")).tap();
    await isFocused(small, /^h2/, "after opening on touch");
    for (const text of ["by tap", "and again"]) {
      await field(small).tap();
      await field(small).fill(text);
      await small.page.getByRole("button", { name: "Send", exact: true }).tap();
      await small.sees(text);
      await isFocused(small, /^textarea/, "after a tap on Send");
    }
    await small.page.getByRole("button", { name: "Back to conversations", exact: true }).tap();
    await small.item(Town.nameOf("u12")).waitFor();
    await isFocused(small, /^button/, "after going back");
    await small.close();
  });

  runner.test("after a failed message is discarded or retried, the focus is on a message", async () => {
    const id = await town.direct("nora", "u13");
    await town.say("u13", id, "go on");
    let refuse = true;
    const prepare = (page) =>
      page.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
          const request = JSON.parse(text);
          if (!refuse || !request.sendMessage) return server.send(text);
          socket.send(JSON.stringify({ reply: { id: request.id, error: { code: 250, name: "locked" } } }));
        });
      });
    const reader = await town.enter(browser, "nora", { hash: id, prepare });
    await reader.sees("go on");
    for (const button of ["Discard", "Retry"]) {
      await reader.say(`refused, then ${button}`);
      await reader.page.getByRole("button", { name: button, exact: true }).waitFor();
      refuse = button === "Discard";
      await reader.page.getByRole("button", { name: button, exact: true }).click();
      await reader.page.getByRole("button", { name: button, exact: true }).waitFor({ state: "detached" });
      await isFocused(reader, /^causerie-message/, `after ${button}`);
      refuse = true;
    }
    await reader.messages("refused, then Retry").getByTitle("Sent", { exact: true }).waitFor();
    await reader.close();
  });

  runner.test("after deleting a message the focus is on a message, and after marking as unread on the row", async () => {
    for (const text of ["to be deleted", "the one after it"]) await nora.say(text);
    await nora.messages("the one after it").getByTitle("Sent", { exact: true }).waitFor();
    await nora.messages("to be deleted").hover();
    await nora.messages("to be deleted").getByRole("button", { name: "Message actions", exact: true }).click();
    await nora.page.getByRole("menuitem", { name: "Delete" }).click();
    await nora.page
      .getByRole("dialog", { name: "Delete this message?" })
      .getByRole("button", { name: "Delete", exact: true })
      .click();
    await nora.sees("Message deleted");
    await isFocused(nora, /^causerie-message/, "after deleting");
    await nora.chooseAction("Mark as unread");
    await nora.page.getByRole("heading", { name: "Choose a conversation" }).waitFor();
    await isFocused(nora, /^button/, "after marking as unread");
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test(
    "the Enter key that ends a composition does not send, in the order of events of Chromium and of Safari",
    async () => {
      const id = await town.direct("nora", "u14");
      await town.say("u14", id, "konnichiwa");
      const writer = await town.enter(browser, "nora", { hash: id });
      await writer.sees("konnichiwa");
      await field(writer).fill("にほん");
      const press = (options) =>
        field(writer).evaluate((element, init) => {
          element.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true, cancelable: true, ...init }),
          );
        }, options);
      await press({ isComposing: true, keyCode: 13 });
      // Safari has ended the composition by then.
      await press({ isComposing: false, keyCode: 229 });
      assert.equal(await field(writer).inputValue(), "にほん");
      await press({ keyCode: 13 });
      await writer.messages("にほん").getByTitle("Sent", { exact: true }).waitFor();
      await writer.close();
    },
  );

  runner.test("on a touch keyboard Enter begins a new line and the button sends", async () => {
    const id = await town.direct("nora", "u15");
    await town.say("u15", id, "two lines, please");
    const small = await town.enter(browser, "nora", { hash: id, ...phone });
    await small.sees("two lines, please");
    await field(small).tap();
    await small.page.keyboard.type("first");
    await small.page.keyboard.press("Enter");
    await small.page.keyboard.type("second");
    await holds(small, "first\nsecond");
    assert.equal(await field(small).getAttribute("enterkeyhint"), "enter");
    const size = await field(small).evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    assert.ok(size >= 16, `iOS would zoom into a field of ${size} px`);
    await small.page.getByRole("button", { name: "Send", exact: true }).tap();
    await small.sees("first\nsecond");
    await small.close();
    // With a keyboard too, the user can choose that Enter begins a new line, for good.
    const writer = await town.enter(browser, "nora", { hash: id });
    await writer.sees("first\nsecond");
    await field(writer).fill("a draft");
    await writer.page.getByRole("button", { name: "Enter sends, Shift+Enter starts a new line" }).click();
    await writer.page.getByRole("button", { name: "Ctrl+Enter sends, Enter starts a new line" }).waitFor();
    await isFocused(writer, /^textarea/, "after the choice");
    await field(writer).fill("");
    await writer.page.reload();
    await writer.sees("first\nsecond");
    await field(writer).pressSequentially("third\nfourth");
    await holds(writer, "third\nfourth");
    await field(writer).press("Control+Enter");
    await writer.messages("third\nfourth").getByTitle("Sent", { exact: true }).waitFor();
    await writer.close();
  });

  runner.test("near the limit the remaining characters are counted, and beyond it those that are too many", async () => {
    const id = await town.direct("nora", "u16");
    await town.say("u16", id, "tell me everything");
    const writer = await town.enter(browser, "nora", { hash: id });
    await writer.sees("tell me everything");
    await field(writer).fill("a".repeat(10_000));
    assert.equal(await writer.page.locator(".limit").count(), 0);
    await field(writer).fill("a".repeat(16_284));
    await writer.page.getByText("100 characters left", { exact: true }).waitFor();
    await field(writer).fill("é".repeat(9_192));
    await writer.page.getByText("1,000 characters too many", { exact: true }).waitFor();
    await field(writer).press("Enter");
    assert.equal((await field(writer).inputValue()).length, 9_192);
    await field(writer).fill("short");
    await writer.page.locator(".limit").waitFor({ state: "detached" });
    await writer.close();
  });

  runner.test("a failed message can be edited: its text is put back into the field", async () => {
    const id = await town.direct("nora", "u17");
    await town.say("u17", id, "go on");
    const refuse = (page) =>
      page.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
          const request = JSON.parse(text);
          if (!request.sendMessage) return server.send(text);
          socket.send(JSON.stringify({ reply: { id: request.id, error: { code: 250, name: "locked" } } }));
        });
      });
    const writer = await town.enter(browser, "nora", { hash: id, prepare: refuse });
    await writer.sees("go on");
    await writer.say("words that must not be lost");
    const failed = writer.messages("words that must not be lost");
    await failed.getByRole("button", { name: "Edit", exact: true }).click();
    await failed.waitFor({ state: "detached" });
    await holds(writer, "words that must not be lost");
    await isFocused(writer, /^textarea/, "after Edit");
    await writer.close();
  });

  runner.test("S2-06, S4-10 Enter or the button sends once, and Shift+Enter begins a new line", async () => {
    const id = await town.direct("nora", "u18");
    await town.say("u18", id, "write to me");
    const writer = await town.enter(browser, "nora", { hash: id });
    await writer.sees("write to me");
    await field(writer).pressSequentially("one");
    await field(writer).press("Shift+Enter");
    await field(writer).pressSequentially("two");
    await field(writer).press("Enter");
    await writer.messages("one\ntwo").getByTitle("Sent", { exact: true }).waitFor();
    await field(writer).fill("by the button");
    await writer.page.getByRole("button", { name: "Send", exact: true }).dblclick();
    await writer.messages("by the button").getByTitle("Sent", { exact: true }).waitFor();
    const { messages } = await town.call("nora", "GET", `/conversations/${id}/messages`);
    assert.deepEqual(
      messages.map(({ text }) => text),
      ["write to me", "one\ntwo", "by the button"],
    );
    await writer.close();
  });

  runner.test("the field grows with its lines until it scrolls, and is small again after sending", async () => {
    const id = await town.direct("nora", "u20");
    await town.say("u20", id, "at length, please");
    const writer = await town.enter(browser, "nora", { hash: id });
    await writer.sees("at length, please");
    const height = async (lines) => {
      await field(writer).fill(Array.from({ length: lines }, (_, index) => `line ${index}`).join("\n"));
      const scrolls = await field(writer).evaluate((element) => getComputedStyle(element).overflowY === "auto");
      return { height: (await field(writer).boundingBox()).height, scrolls };
    };
    const [one, three, twenty] = [await height(1), await height(3), await height(20)];
    assert.ok(three.height > one.height + 30, `1 line: ${one.height}, 3 lines: ${three.height}`);
    assert.ok(twenty.height > three.height && twenty.height < 200, `20 lines: ${twenty.height}`);
    assert.deepEqual([one.scrolls, three.scrolls, twenty.scrolls], [false, false, true]);
    await field(writer).press("Enter");
    const heightNow = async () => (await field(writer).boundingBox()).height;
    await until("the field is small", heightNow, equals(one.height));
    await writer.close();
  });

  runner.test("emoji are written by name, and chosen from a panel by keyboard", async () => {
    const id = await town.direct("nora", "u19");
    await town.say("u19", id, "smile");
    const writer = await town.enter(browser, "nora", { hash: id });
    await writer.sees("smile");
    const { page } = writer;
    const loaded = () =>
      page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /names-en/.test(name)).length);
    assert.equal(await loaded(), 0, "the names are not loaded before they are needed");
    await field(writer).pressSequentially("well done :tad");
    const offered = page.getByRole("listbox", { name: "Emoji" });
    await offered.getByRole("option").first().waitFor();
    await until("the names are loaded once", loaded, equals(1));
    // The emoji that are offered for the first letters are others.
    await offered.getByRole("option", { selected: true }).getByText("🎉").waitFor();
    const active = () =>
      Promise.all([
        field(writer).getAttribute("aria-activedescendant"),
        offered.getByRole("option", { selected: true }).getAttribute("id"),
      ]);
    await until("the field names the selected one", active, ([named, selected]) => named !== null && named === selected);
    await field(writer).press("Enter");
    await holds(writer, "well done 🎉 ");
    await field(writer).pressSequentially(":smile:");
    await holds(writer, "well done 🎉 😄 ");
    // Escape leaves the text as it is, and a time of day offers nothing.
    await field(writer).pressSequentially("at 10:30 :hear");
    await offered.waitFor();
    await field(writer).press("Escape");
    await offered.waitFor({ state: "detached" });
    await field(writer).fill("");
    await page.getByRole("button", { name: "Emoji", exact: true }).click();
    const panel = page.getByRole("dialog", { name: "Emoji" });
    const search = panel.getByRole("searchbox", { name: "Search emoji" });
    await search.fill("waffle");
    await panel.getByRole("button", { name: "waffle" }).waitFor();
    assert.deepEqual(await writer.accessibilityProblems(), []);
    await search.press("Enter");
    await panel.waitFor({ state: "detached" });
    await holds(writer, "🧇");
    await isFocused(writer, /^textarea/, "after the choice");
    await page.getByRole("button", { name: "Emoji", exact: true }).click();
    await panel.getByRole("tab", { name: "Recently used" }).waitFor();
    await isFocused(writer, /^input/, "after opening the panel");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await holds(writer, "🧇🧇");
    await page.getByRole("button", { name: "Emoji", exact: true }).click();
    await isFocused(writer, /^input/, "after opening the panel again");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await isFocused(writer, /^textarea/, "after Escape");
    assert.deepEqual(writer.problems, []);
    await writer.close();
  });
}
