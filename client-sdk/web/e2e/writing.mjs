import assert from "node:assert/strict";
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
  let nora;

  runner.test("a draft survives a reload, is shown in the list, and is the same in two tabs", async () => {
    const [one, two] = [await town.direct("nora", "u11"), await town.direct("nora", "u12")];
    await town.say("u11", one, "first");
    await town.say("u12", two, "second");
    nora = await town.enter(browser, "nora", { hash: one });
    await field(nora).fill("half a thought");
    await nora.page.reload();
    await nora.sees("first");
    assert.equal(await field(nora).inputValue(), "half a thought");
    await nora.openConversation(Town.nameOf("u12"));
    assert.equal(await field(nora).inputValue(), "");
    const row = nora.page.locator("causerie-conversation-item").first();
    await row.getByText("Draft: half a thought").waitFor();
    await row.getByText(Town.nameOf("u11")).waitFor();
    // Another tab of the same browser.
    const tab = await nora.context.newPage();
    await tab.route("**/demo/token", (route) => route.fulfill({ json: { token: town.token("nora") } }));
    await tab.goto(nora.page.url().replace(/#.*/, `#${one}`));
    const other = tab.getByRole("textbox", { name: "Write a message" });
    await other.waitFor();
    assert.equal(await other.inputValue(), "half a thought");
    await other.fill("half a thought, and more");
    await row.getByText("Draft: half a thought, and more").waitFor();
    await other.press("Enter");
    await row.getByText("You: half a thought, and more").waitFor();
    await tab.close();
    await nora.openConversation(Town.nameOf("u11"));
    assert.equal(await field(nora).inputValue(), "");
  });

  runner.test("an unsaved edit survives a visit to another conversation, and a reload", async () => {
    await nora.say("a sentence with a mistke");
    const mine = nora.messages("a sentence with a mistke");
    await mine.getByRole("img", { name: "Sent" }).waitFor();
    await field(nora).press("ArrowUp");
    await nora.page.getByText("Editing a message").waitFor();
    await field(nora).fill("a sentence with a mist");
    await nora.openConversation(Town.nameOf("u12"));
    assert.equal(await nora.page.getByText("Editing a message").count(), 0);
    await nora.openConversation(Town.nameOf("u11"));
    await nora.page.getByText("Editing a message").waitFor();
    await nora.page.reload();
    await nora.page.getByText("Editing a message").waitFor();
    assert.equal(await field(nora).inputValue(), "a sentence with a mist");
    await field(nora).fill("a sentence without a mistake");
    await field(nora).press("Enter");
    await nora.messages("a sentence without a mistake").getByText("edited").waitFor();
    await nora.page.getByText("Editing a message").waitFor({ state: "detached" });
    assert.equal(await field(nora).inputValue(), "");
  });

  runner.test("marking as unread and going back on a phone keep the draft", async () => {
    await field(nora).fill("not yet sent");
    await nora.chooseAction("Mark as unread");
    await nora.openConversation(Town.nameOf("u11"));
    assert.equal(await field(nora).inputValue(), "not yet sent");
    await field(nora).fill("");
    assert.deepEqual(nora.problems, []);
    const small = await town.enter(browser, "nora", phone);
    await small.item(Town.nameOf("u12")).tap();
    await field(small).fill("on the phone");
    await small.page.getByRole("button", { name: "Back to conversations", exact: true }).tap();
    await small.item(Town.nameOf("u12")).getByText("Draft: on the phone").waitFor();
    await small.item(Town.nameOf("u12")).tap();
    assert.equal(await field(small).inputValue(), "on the phone");
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
      refuse = button === "Discard";
      await reader.page.getByRole("button", { name: button, exact: true }).click();
      await reader.page.getByRole("button", { name: button, exact: true }).waitFor({ state: "detached" });
      await isFocused(reader, /^causerie-message/, `after ${button}`);
      refuse = true;
    }
    await reader.messages("refused, then Retry").getByRole("img", { name: "Sent" }).waitFor();
    await reader.close();
  });

  runner.test("after deleting a message the focus is on a message, and after marking as unread on the row", async () => {
    for (const text of ["to be deleted", "the one after it"]) await nora.say(text);
    await nora.messages("the one after it").getByRole("img", { name: "Sent" }).waitFor();
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
}
