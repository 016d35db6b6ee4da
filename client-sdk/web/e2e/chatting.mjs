import assert from "node:assert/strict";
import { equals, onlyMatches, UserPage, until } from "./harness.mjs";

/** Two users chat in one conversation. */
export function chatting(runner, browser, server) {
  let lea;
  let tom;

  runner.test("two users start a conversation and chat in both directions", async () => {
    lea = await UserPage.open(browser, server, "/?as=lea");
    tom = await UserPage.open(browser, server, "/?as=tom");
    // The conversation of the demo is read first, so that the counts below belong to this test.
    await tom.page.locator("causerie-conversation-item").getByText("1 unread message").waitFor({ state: "attached" });
    await tom.page.locator("causerie-conversation-item").first().click();
    await tom.page.waitForFunction(() => document.title === "Sortie au musée · Causerie");
    await lea.startWith("Tom Nguyen");
    await lea.say("Bonjour Tom !");
    await tom.item("Léa Martin").getByText("Bonjour Tom !").waitFor();
    await tom.openConversation("Léa Martin");
    await tom.sees("Bonjour Tom !");
    await tom.say("Salut Léa\nça va ?");
    await lea.sees("Salut Léa");
    assert.equal(await lea.messages("Bonjour Tom !").count(), 1);
    assert.equal(await lea.messages("Bonjour Tom !").getAttribute("own"), "");
    assert.equal(await lea.messages("Salut Léa").getAttribute("own"), null);
  });

  runner.test("a message that was seen is shown as read to its author", async () => {
    await lea.messages("Bonjour Tom !").getByTitle("Read", { exact: true }).waitFor();
  });

  runner.test("presence shows in the header", async () => {
    await lea.page.locator("causerie-chat-header").getByText("Online").waitFor();
  });

  runner.test("typing is shown in the chat and in the list while the other user types, and ends with the message", async () => {
    const field = tom.page.getByRole("textbox", { name: "Write a message" });
    await field.pressSequentially("je réfléchis");
    const typing = lea.page.locator("causerie-message-list .typing", { hasText: "Tom Nguyen is typing…" });
    const inList = lea.item("Tom Nguyen").locator(".typing", { hasText: "typing…" });
    await typing.waitFor();
    await inList.waitFor();
    await field.press("Enter");
    await lea.sees("je réfléchis");
    await typing.waitFor({ state: "hidden" });
    await inList.waitFor({ state: "hidden" });
  });

  runner.test("an edit is shown to the other user", async () => {
    const field = lea.page.getByRole("textbox", { name: "Write a message" });
    await lea.say("rendez-vous à midi");
    await tom.sees("rendez-vous à midi");
    await lea.messages("rendez-vous à midi").hover();
    await lea.messages("rendez-vous à midi").getByRole("button", { name: "Message actions", exact: true }).click();
    await lea.page.getByRole("menuitem", { name: "Edit" }).click();
    await lea.page.getByText("Editing a message").waitFor();
    await until("the text is in the field", () => field.inputValue(), equals("rendez-vous à midi"));
    await lea.say("rendez-vous à 13 h");
    await tom.messages("rendez-vous à 13 h").getByText("edited", { exact: true }).waitFor();
    assert.equal(await tom.messages("rendez-vous à midi").count(), 0);
    // The other user may see the edit before the author has the reply.
    await lea.page.getByText("Editing a message").waitFor({ state: "detached" });
    await until("the field is empty", () => field.inputValue(), equals(""));
  });

  runner.test("a deleted message leaves a tombstone for both users", async () => {
    await lea.say("oups");
    await tom.sees("oups");
    await lea.messages("oups").hover();
    await lea.messages("oups").getByRole("button", { name: "Message actions", exact: true }).click();
    await lea.page.getByRole("menuitem", { name: "Delete" }).click();
    await lea.page
      .getByRole("dialog", { name: "Delete this message?" })
      .getByRole("button", { name: "Delete", exact: true })
      .click();
    await tom.sees("Message deleted");
    await lea.sees("Message deleted");
    assert.equal(await tom.messages("oups").count(), 0);
  });

  runner.test("unread messages are counted in the list and the title until they are read", async () => {
    await tom.page.goto(`${server.origin}/?as=tom`);
    await tom.page.locator("causerie-conversation-item").first().waitFor();
    await lea.say("un");
    await lea.say("deux");
    await lea.say("trois");
    const item = tom.item("Léa Martin");
    await item.getByText("3 unread messages").waitFor({ state: "attached" });
    await tom.page.waitForFunction(() => document.title === "(3) Causerie");
    await item.click();
    await tom.sees("trois");
    await tom.page.locator(".new", { hasText: "New messages" }).waitFor();
    await item.getByText("3 unread messages").waitFor({ state: "detached" });
    await tom.page.waitForFunction(() => document.title === "Léa Martin · Causerie");
  });

  runner.test("a page that is not active marks nothing as read", async () => {
    await tom.page.evaluate(() => {
      Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
    });
    await lea.say("tu es là ?");
    await tom.sees("tu es là ?");
    const item = tom.item("Léa Martin");
    await item.getByText("1 unread message").waitFor({ state: "attached" });
    await tom.page.evaluate(() => {
      delete document.hasFocus;
      dispatchEvent(new Event("focus"));
    });
    await item.getByText("1 unread message").waitFor({ state: "detached" });
  });

  runner.test("a conversation can be marked as unread", async () => {
    await tom.chooseAction("Mark as unread");
    const item = tom.item("Léa Martin");
    await item.getByText("Marked as unread").waitFor({ state: "attached" });
    await item.click();
    await item.getByText("Marked as unread").waitFor({ state: "detached" });
  });

  runner.test("markup in a text is shown as text, and only web addresses are links", async () => {
    await lea.say('<img src=x onerror="alert(1)"> https://example.org/page javascript:alert(1)');
    await tom.sees("<img src=x");
    const message = tom.messages("<img src=x");
    assert.deepEqual(await message.locator("a").evaluateAll((links) => links.map((link) => link.href)), [
      "https://example.org/page",
    ]);
    assert.equal(await message.locator("img").count(), 0);
  });

  runner.test("older messages are loaded while the user scrolls up, and a button scrolls back", async () => {
    for (let index = 1; index <= 70; index++) await tom.say(`ligne ${index}`);
    await lea.sees("ligne 70");
    await lea.page.reload();
    await lea.sees("ligne 70");
    assert.equal(await lea.messages("Bonjour Tom !").count(), 0);
    await lea.scrollUpTo(lea.messages("Bonjour Tom !"));
    await lea.sees("Bonjour Tom !");
    await lea.page.getByRole("button", { name: "Jump to the latest message" }).click();
    await lea.page.waitForFunction(() => {
      const find = (root, name) => root.querySelector(name)?.shadowRoot;
      const list = find(find(find(document, "causerie-messenger"), "causerie-conversation-pane"), "causerie-message-list");
      const element = list.querySelector(".scroller");
      return element.scrollHeight - element.clientHeight - element.scrollTop < 4;
    });
  });

  runner.test("a group is created, and its messages are shown to all members with the name of the author", async () => {
    const { page } = lea;
    await lea.compose();
    await page.getByRole("button", { name: "New group", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "New group" });
    for (const name of ["Tom Nguyen", "Chloé Petit"]) {
      await dialog.getByRole("combobox", { name: "People" }).fill(name);
      await onlyMatches(dialog.getByRole("option"), name);
      await dialog.getByRole("option", { name, selected: false }).click();
    }
    await dialog.getByRole("textbox", { name: "Group name" }).fill("Sortie scolaire");
    await page.getByRole("button", { name: "Create group", exact: true }).click();
    await page.getByRole("heading", { name: "Sortie scolaire", level: 2 }).waitFor();
    await page.locator("causerie-chat-header").getByText("3 members").waitFor();
    await tom.openConversation("Sortie scolaire");
    await tom.say("Qui vient ?");
    await lea.sees("Qui vient ?");
    await lea.messages("Qui vient ?").getByText("Tom Nguyen", { exact: true }).waitFor();
  });

  runner.test("a user can write notes", async () => {
    await lea.compose();
    await lea.page.getByRole("button", { name: "Note to self" }).click();
    await lea.page.getByRole("heading", { name: "Note to self", level: 2 }).waitFor();
    await lea.say("acheter du pain");
    await lea.sees("acheter du pain");
  });

  runner.test("the pages have no error and no violation of the security policy", async () => {
    assert.deepEqual([...lea.problems, ...tom.problems], []);
    await lea.close();
    await tom.close();
  });
}
