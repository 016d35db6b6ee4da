import assert from "node:assert/strict";
import { equals, hasFocus, stillBox, UserPage, until } from "./harness.mjs";

/** All entries of the menu of a conversation. */
const club = `policy club
relations  block:own
deny  start,send  away    unless status(them)=active  code recipient_inactive
deny  send        closed  when state=closed           code closed
allow find,see_profile,start      everyone  when everyone
allow start_group                 groups
allow read,send                   holder    when holder
allow leave,rename                group     when holder and conversation=group
allow close                       ends      when holder and state=open
allow reopen                      resumes   when holder and state=closed
allow delete_conversation         own-copy  when holder
`;

/** Adds the tenant of these tests. */
export function addClub(server) {
  server.addTenant("club", club);
}

/** The actions that the rules of a tenant allow, and the sentences for those that they do not. */
export function rules(runner, browser, server) {
  let ada;
  let bea;
  const menu = (userPage) => userPage.page.getByRole("button", { name: "Conversation actions", exact: true });
  const entries = (userPage) => userPage.page.getByRole("menuitem");
  const choose = async (userPage, name) => {
    await menu(userPage).click();
    await entries(userPage).getByText(name, { exact: true }).click();
  };
  const confirm = (userPage, dialog, name) =>
    userPage.page.getByRole("dialog", { name: dialog }).getByRole("button", { name, exact: true }).click();

  runner.test("the menu of a conversation has the entries that its capabilities allow", async () => {
    ada = await UserPage.enter(browser, server, "club", "Ada");
    bea = await UserPage.enter(browser, server, "club", "Bea");
    await ada.startWith("Bea");
    await ada.say("Bonjour Bea");
    await bea.openConversation("Ada");
    await bea.sees("Bonjour Bea");
    // The page of a new conversation, which the first message leaves, has a menu too.
    await ada
      .messages("Bonjour Bea")
      .getByTitle(/^(Sent|Read)$/)
      .waitFor();
    await menu(ada).click();
    const texts = () => entries(ada).allInnerTexts();
    await until("the entries", texts, equals(["Mark as unread", "Close conversation", "Delete my copy"]));
    await ada.page.keyboard.press("Escape");
  });

  runner.test("the menu can be used by keyboard, and closes on a click outside", async () => {
    const focused = () => entries(ada).evaluateAll((items) => items.findIndex((item) => item.matches(":focus")));
    await menu(ada).focus();
    await ada.page.keyboard.press("Enter");
    await until("the focus is on the first entry", focused, equals(0));
    await ada.page.keyboard.press("ArrowDown");
    await until("the focus is on the second entry", focused, equals(1));
    for (let step = 0; step < 2; step++) await ada.page.keyboard.press("ArrowDown");
    await until("the focus is on the first entry again", focused, equals(0));
    await ada.page.keyboard.press("Escape");
    await entries(ada).first().waitFor({ state: "detached" });
    await hasFocus(menu(ada));
    await menu(ada).click();
    await entries(ada).first().waitFor();
    await ada.messages("Bonjour Bea").click();
    await entries(ada).first().waitFor({ state: "detached" });
    await menu(ada).click();
    await entries(ada).first().waitFor();
    await menu(ada).click();
    await entries(ada).first().waitFor({ state: "detached" });
  });

  runner.test("closing asks for confirmation, applies to both users at once, and says why they can't write", async () => {
    await choose(ada, "Close conversation");
    await confirm(ada, "Close this conversation?", "Cancel");
    await ada.page.getByRole("textbox", { name: "Write a message" }).waitFor();
    await choose(ada, "Close conversation");
    await confirm(ada, "Close this conversation?", "Close conversation");
    for (const userPage of [ada, bea]) {
      await userPage.page.getByText("This conversation is closed. Reopen it to write again.").waitFor();
      assert.equal(await userPage.page.getByRole("textbox", { name: "Write a message" }).count(), 0);
    }
    await ada.item("Bea").getByText("Closed").waitFor();
    await bea.page.getByRole("button", { name: "Reopen", exact: true }).click();
    await bea.say("de retour");
    await ada.sees("de retour");
  });

  runner.test(
    "deleting a conversation for oneself leads back to the list and does not change it for the other user",
    async () => {
      await choose(ada, "Delete my copy");
      await confirm(ada, "Delete your copy of this conversation?", "Delete");
      await ada.page.getByRole("heading", { name: "No conversations yet" }).waitFor();
      await ada.item("Bea").waitFor({ state: "detached" });
      await until("the route is that of the list", () => new URL(ada.page.url()).hash, equals(""));
      await bea.sees("Bonjour Bea");
      await bea.say("encore là ?");
      await ada.openConversation("Bea");
      await ada.sees("encore là ?");
      assert.equal(await ada.messages("Bonjour Bea").count(), 0);
    },
  );

  runner.test("a group is renamed and left", async () => {
    await ada.compose();
    await ada.page.getByRole("button", { name: "New group", exact: true }).click();
    const group = ada.page.getByRole("dialog", { name: "New group" });
    await group.getByRole("button", { name: "Create group", exact: true }).click();
    await group.getByRole("alert").getByText("Choose at least one person.").waitFor();
    await group.getByRole("option", { name: "Bea", selected: false }).click();
    await group.getByRole("button", { name: "Create group", exact: true }).click();
    await group.getByRole("alert").getByText("Give the group a name.").waitFor();
    await hasFocus(group.getByRole("textbox", { name: "Group name" }));
    await ada.page.keyboard.type("Chorale");
    await ada.page.keyboard.press("Enter");
    await ada.page.getByRole("heading", { name: "Chorale", level: 2 }).waitFor();
    await bea.openConversation("Chorale");
    await choose(ada, "Rename");
    const dialog = ada.page.getByRole("dialog", { name: "Rename this group" });
    await hasFocus(dialog.getByRole("textbox", { name: "Group name" }));
    await until(
      "it can't be confirmed",
      () => dialog.getByRole("button", { name: "Rename", exact: true }).isDisabled(),
      Boolean,
    );
    await ada.page.keyboard.type("Grand chœur");
    await ada.page.keyboard.press("Enter");
    await bea.page.getByRole("heading", { name: "Grand chœur", level: 2 }).waitFor();
    await choose(bea, "Leave group");
    await confirm(bea, "Leave this group?", "Leave group");
    await bea.page.getByRole("heading", { name: "Choose a conversation" }).waitFor();
    await ada.page.locator("causerie-chat-header").getByText("1 member").waitFor();
  });

  runner.test("at 360 pixels the list is shown after deleting", async () => {
    const small = await UserPage.enter(browser, server, "club", "Cleo", {
      viewport: { width: 360, height: 720 },
      hasTouch: true,
    });
    await small.startWith("Bea");
    await small.say("Bonjour");
    await menu(small).click();
    const box = await stillBox(entries(small).last());
    assert.ok(box.x >= 0 && box.x + box.width <= 360, "the menu fits the screen");
    await entries(small).getByText("Delete my copy", { exact: true }).click();
    await confirm(small, "Delete your copy of this conversation?", "Delete");
    await small.page.getByRole("heading", { name: "Conversations", exact: true }).waitFor();
    await small.page.goBack();
    await small.page.getByRole("heading", { name: "Conversations", exact: true }).waitFor();
    await small.close();
  });

  runner.test("a change of the rules removes the menu and the text field at once, and says so", async () => {
    await ada.openConversation("Bea");
    server.setRules("club", "policy club\nrelations block:own\nallow read holder when holder\n");
    await ada.page.getByText("You can’t message Bea right now.").waitFor();
    await menu(ada).click();
    await until("the only entry", () => entries(ada).allInnerTexts(), equals(["Mark as unread"]));
    await ada.page.keyboard.press("Escape");
    await ada.page.getByRole("button", { name: "New conversation", exact: true }).first().waitFor({ state: "detached" });
    assert.deepEqual([...ada.problems, ...bea.problems], []);
    await ada.close();
    await bea.close();
  });
}
