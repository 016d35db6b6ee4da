import assert from "node:assert/strict";
import { UserPage, until } from "./harness.mjs";
import { announced, focus, listen, reading } from "./screen-reader.mjs";
import { Town } from "./town.mjs";

const named = (role, name) => (node) => node.role === role && (name === undefined || node.name === name);

/** What a simulated screen reader says in the main tasks, word by word. */
export function spoken(runner, browser, server, town) {
  // A user of no other suite: the list has the conversations of this suite only.
  const tim = "u139";
  const peer = Town.nameOf("u60");
  /** Reads until the last reading is the expected one, and reports the last one otherwise. */
  const says = async (page, starts, expected) => {
    let last = [];
    try {
      await until(
        "spoken",
        async () => (last = await reading(page, starts)),
        (now) => JSON.stringify(now) === JSON.stringify(expected),
      );
    } catch {
      assert.deepEqual(last, expected);
    }
  };

  runner.test(
    "a screen reader says the list: of each row the name, the unread messages, the preview and the time",
    async () => {
      const id = await town.direct(tim, "u60");
      await town.say(tim, id, "how are you?");
      await town.say("u60", id, "fine, thank you");
      await town.say("u60", id, "and you?");
      const group = await town.group(tim, "Choir", ["u60", "u5"]);
      await town.say(tim, group, "we sing on Monday");
      const user = await town.enter(browser, tim);
      const { page } = user;
      await user.item("Choir").waitFor();
      await says(page, named("complementary"), [
        "complementary",
        `button You are ${Town.nameOf(tim)}. Settings (closed) (opens menu)`,
        "heading 1 Conversations",
        "button New conversation",
        "searchbox Search conversations and people",
        "list Conversations",
        "listitem",
        "button Choir You: we sing on Monday TIME",
        "listitem",
        "button Resident 60 2 unread messages and you? TIME",
      ]);
      await user.close();
    },
  );

  runner.test(
    "a screen reader says a conversation: its header, each message with its author and time, and the text field",
    async () => {
      const id = await town.direct(tim, "u60");
      const user = await town.enter(browser, tim);
      const { page } = user;
      // Opened from the list by the keyboard: the field takes the focus.
      await user.item(peer).getByRole("button").focus();
      assert.equal(await focus(page), "button Resident 60 2 unread messages and you? TIME");
      await page.keyboard.press("Enter");
      await user.sees("and you?");
      await until(
        "the field has the focus",
        () => focus(page),
        (now) => now === "textbox Write a message",
      );
      assert.equal(await page.evaluate(() => location.hash), `#${id}`);
      const menu = "button Message actions (closed) (opens menu)";
      await says(page, named("main"), [
        "main",
        "heading 2 Resident 60",
        "button Resident 60 (closed)",
        "Offline",
        "button Conversation actions (closed) (opens menu)",
        "group Messages with Resident 60",
        "list",
        "listitem",
        "heading 3 Today",
        "You, TIME, read how are you?",
        menu,
        "listitem",
        "New messages Resident 60, TIME fine, thank you",
        menu,
        "listitem",
        "Resident 60, TIME and you?",
        menu,
        "form",
        "textbox Write a message",
        "button Emoji (closed) (opens dialog)",
        "button Send (disabled)",
      ]);
      await user.close();
    },
  );

  runner.test("a screen reader says the field, the message that is sent and the answer that arrives", async () => {
    const id = await town.direct(tim, "u60");
    const user = await town.enter(browser, tim, { hash: id });
    const { page } = user;
    await user.sees("and you?");
    await until(
      "the field has the focus",
      () => focus(page),
      (now) => now === "textbox Write a message",
    );
    await listen(page);
    await page.keyboard.type("well");
    assert.equal(await focus(page), "textbox Write a message “well”");
    const hint = "button Enter sends, Shift+Enter starts a new line (Use Enter for new lines)";
    await says(page, named("form"), [
      "form",
      "textbox Write a message “well”",
      "button Emoji (closed) (opens dialog)",
      "button Send",
      hint,
    ]);
    await page.keyboard.press("Enter");
    await user.messages("well").getByTitle("Sent", { exact: true }).waitFor();
    assert.equal(await focus(page), "textbox Write a message");
    await town.say("u60", id, "good to hear");
    await until(
      "the answer is announced, and nothing else",
      () => announced(page),
      (all) => all.join() === `${peer}: good to hear`,
    );
    await user.close();
  });

  runner.test("a screen reader says the focused message and its menu", async () => {
    const id = await town.direct(tim, "u50");
    await town.say("u50", id, "hello");
    await town.say("u50", id, "how are you?");
    await town.say(tim, id, "well");
    const user = await town.enter(browser, tim, { hash: id });
    const { page } = user;
    await user.sees("well");
    await until(
      "the field has the focus",
      () => focus(page),
      (now) => now === "textbox Write a message",
    );
    await page.keyboard.press("Shift+Tab");
    await until(
      "the menu button",
      () => focus(page),
      (now) => now === "button Message actions (closed) (opens menu)",
    );
    await page.keyboard.press("Shift+Tab");
    await until(
      "the last message",
      () => focus(page),
      (now) => now === "listitem You, TIME, sent well Message actions",
    );
    await page.keyboard.press("ArrowUp");
    await until(
      "the message before",
      () => focus(page),
      (now) => now === `listitem ${Town.nameOf("u50")}, TIME how are you? Message actions`,
    );
    await page.keyboard.press("ArrowDown");
    await until(
      "the last message",
      () => focus(page),
      (now) => now === "listitem You, TIME, sent well Message actions",
    );
    await page.keyboard.press("Enter");
    await until(
      "the first entry",
      () => focus(page),
      (now) => now === "menuitem Copy",
    );
    const entries = ["Copy", "Copy link", "Details", "Edit", "Delete"].map((name) => `menuitem ${name}`);
    await says(page, named("menu"), ["menu Message actions", ...entries]);
    await page.keyboard.press("Escape");
    await until(
      "the message again",
      () => focus(page),
      (now) => now === "listitem You, TIME, sent well Message actions",
    );
    await user.close();
  });

  runner.test("a screen reader says the search of a new conversation and its results", async () => {
    const user = await town.enter(browser, tim);
    const { page } = user;
    await user.compose();
    await until(
      "the field has the focus",
      () => focus(page),
      (now) => now === "combobox To",
    );
    await user.recipient.fill("resident 60");
    await user.option(peer).waitFor();
    await says(page, named("main"), [
      "main",
      "heading 2 New conversation",
      "combobox To “resident 60”",
      "status",
      "1 person found",
      "listbox People",
      "option Resident 60 (selected)",
      "form",
      "textbox Write a message",
      "button Emoji (closed) (opens dialog)",
      "button Send (disabled)",
    ]);
    await user.close();
  });

  runner.test("a screen reader says why the user can't write", async () => {
    // Gina and Hugo are users of this test only.
    const hugo = await UserPage.enter(browser, server, "team", "Hugo");
    const user = await UserPage.enter(browser, server, "team", "Gina");
    const { page } = user;
    await user.startWith("Hugo");
    await user.say("that is all");
    await user.messages("that is all").getByTitle("Sent", { exact: true }).waitFor();
    await hugo.close();
    await page.getByRole("heading", { name: "Hugo", level: 2 }).getByRole("button").click();
    await page.locator("causerie-details-pane").getByRole("button", { name: "Block", exact: true }).click();
    await user.confirm("Block Hugo?", "Block");
    await page.getByText("You can’t message Hugo right now.").waitFor();
    await says(page, named("main"), [
      "main",
      "heading 2 Hugo",
      "button Hugo (open)",
      "Last seen WHEN",
      "button Conversation actions (closed) (opens menu)",
      "group Messages with Hugo",
      "list",
      "listitem",
      "heading 3 Today",
      "You, TIME, sent that is all",
      "button Message actions (closed) (opens menu)",
      "You can’t message Hugo right now.",
    ]);
    await user.close();
  });

  runner.test("a screen reader says the members of a group", async () => {
    const group = await town.group(tim, "Board", ["u60", "u5"]);
    const user = await town.enter(browser, tim, { hash: `${group}/details` });
    await user.page.locator("causerie-member-list").getByText(peer).waitFor();
    await user.page.locator("causerie-member-list").getByText("Resident 5", { exact: true }).waitFor();
    await says(user.page, named("region", "Details"), [
      "region Details",
      "heading 2 Details",
      "button Close",
      "heading 3 Board",
      "3 members",
      "button Add people",
      "list",
      "listitem",
      "button Mark as unread",
      "listitem",
      "button Rename",
      "listitem",
      "button Leave group",
      "region 3 members",
      "heading 3 3 members",
      "list",
      "listitem",
      "button Resident 5",
      "button Remove Resident 5",
      "listitem",
      "button Resident 60",
      "button Remove Resident 60",
      "listitem",
      "You Owner",
    ]);
    await user.close();
  });
}
