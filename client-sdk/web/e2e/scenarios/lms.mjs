import assert from "node:assert/strict";
import { stillBox } from "../harness.mjs";
import { DemoUser } from "./demo-user.mjs";

/** The rows of a learning platform that are checked in a browser (`server/tests/it/scenarios/rows.txt`). */
export function lms(runner, browser, server) {
  const user = (name) => new DemoUser(server, "demo-lms", name);
  const [lia, dina] = ["lia", "dina"].map(user);

  runner.test("S4-09: a click opens the chat in the right part of the page", async () => {
    const page = await lia.open(browser);
    await page.item("Dina Haddad").click();
    await page.sees("Welcome to the team!");
    const [list, chat] = [
      await stillBox(page.page.locator("causerie-conversation-list")),
      await stillBox(page.page.locator("causerie-conversation-pane")),
    ];
    assert.ok(list.x + list.width <= chat.x, "the list is on the left, the chat on the right");
    await page.close();
  });

  runner.test("S4-10: a message is written and sent once with the button", async () => {
    const page = await lia.open(browser);
    await page.openConversation("Dina Haddad");
    await page.page.getByRole("textbox", { name: "Write a message" }).fill("Thank you!");
    await page.page.getByRole("button", { name: "Send", exact: true }).click();
    await page.messages("Thank you!").getByTitle("Sent", { exact: true }).waitFor();
    const other = await dina.open(browser);
    await other.openConversation("Lia Santos");
    await other.sees("Thank you!");
    assert.equal(await other.messages("Thank you!").count(), 1);
    await Promise.all([page.close(), other.close()]);
  });

  runner.test("S4-11: the menu of a message deletes it for one user at once, and the other user keeps it", async () => {
    await dina.write("lia", "only for a moment");
    const [page, other] = [await lia.open(browser), await dina.open(browser)];
    for (const [each, title] of [
      [page, "Dina Haddad"],
      [other, "Lia Santos"],
    ]) {
      await each.openConversation(title);
      await each.sees("only for a moment");
    }
    await page.messages("only for a moment").hover();
    await page.messages("only for a moment").getByRole("button", { name: "Message actions", exact: true }).click();
    await page.page.getByRole("menuitem", { name: "Delete for me", exact: true }).click();
    await page.confirm("Delete this message?", "Delete");
    await page.messages("only for a moment").waitFor({ state: "detached" });
    assert.equal(await other.messages("only for a moment").count(), 1);
    await other.page.reload();
    await other.sees("only for a moment");
    await Promise.all([page.close(), other.close()]);
  });

  runner.test("S4-13: a whole chat is deleted after confirmation, and kept without it", async () => {
    const page = await lia.open(browser);
    await page.openConversation("Dina Haddad");
    await page.chooseAction("Delete my copy");
    await page.confirm("Delete your copy of this conversation?", "Cancel");
    await page.sees("Welcome to the team!");
    await page.chooseAction("Delete my copy");
    await page.confirm("Delete your copy of this conversation?", "Delete");
    await page.item("Dina Haddad").waitFor({ state: "detached" });
    const other = await dina.open(browser);
    await other.openConversation("Lia Santos");
    await other.sees("Welcome to the team!");
    await Promise.all([page.close(), other.close()]);
  });
}
