import assert from "node:assert/strict";
import { equals, hasFocus, stillBox, UserPage, until } from "../harness.mjs";
import { DemoUser } from "./demo-user.mjs";

/** The rows of a school that are checked in a browser (`server/tests/it/scenarios/rows.txt`). */
export function school(runner, browser, server) {
  const user = (name) => new DemoUser(server, "demo-school", name);
  const [lea, lou, tom] = ["lea", "lou", "tom"].map(user);
  const text = (userPage) => userPage.page.getByRole("textbox", { name: "Write a message" });
  const send = (userPage) => userPage.page.getByRole("button", { name: "Send", exact: true });

  runner.test("S0-04: a sent message has no control that edits it", async () => {
    const page = await lea.open(browser);
    await page.openConversation("Tom Nguyen");
    await page.say("never edited");
    await page.messages("never edited").getByTitle("Sent", { exact: true }).waitFor();
    await page.messages("never edited").hover();
    await page.messages("never edited").getByRole("button", { name: "Message actions", exact: true }).click();
    const entries = () => page.page.getByRole("menuitem").allInnerTexts();
    await until("the entries", entries, equals(["Copy", "Copy link", "Details"]));
    await page.page.keyboard.press("Escape");
    await text(page).focus();
    await page.page.keyboard.press("ArrowUp");
    assert.equal(await page.page.getByText("Editing a message").count(), 0);
    assert.deepEqual(page.problems, []);
    await page.close();
  });

  runner.test("S0-08: the page that starts a conversation offers people only, and no group", async () => {
    const page = await tom.open(browser);
    await page.compose();
    await page.option("Léa Martin").waitFor();
    await until(
      "the people",
      async () => (await page.option("").allInnerTexts()).sort(),
      equals(["Ada Lefèvre", "Inès Moreau", "Lou Bernard", "Léa Martin"].sort()),
    );
    assert.equal(await page.page.getByRole("button", { name: "New group" }).count(), 0);
    await page.recipient.fill("6e");
    await page.page.getByText("No one here matches.").waitFor();
    await page.close();
  });

  runner.test("S0-19: the icon of the product opens the list of conversations", async () => {
    await lou.write("lea", "a second conversation");
    // The page of the product has an icon that leads to the messenger.
    const address = `${server.origin}/?tenant=demo-school&as=lea`;
    const body = `<a href="${address}" aria-label="Messages"><img src="/icon.svg" width="32" height="32" alt=""></a>`;
    const prepare = (page) => page.route("**/product", (route) => route.fulfill({ contentType: "text/html", body }));
    const page = await UserPage.open(browser, server, "/product", {}, prepare);
    await page.page.getByRole("link", { name: "Messages" }).click();
    for (const name of ["Tom Nguyen", "Lou Bernard"]) await page.item(name).waitFor();
    await page.close();
  });

  runner.test("S0-20: the add button opens recipient and text, and nothing can be sent while either is empty", async () => {
    const page = await lou.open(browser);
    await page.compose();
    await text(page).waitFor();
    const isOff = async () => (await send(page).getAttribute("aria-disabled")) === "true";
    await until("off: both are empty", isOff, equals(true));
    await text(page).fill("Bonjour Ada");
    assert.equal(await isOff(), true, "no recipient");
    await text(page).press("Enter");
    await hasFocus(page.recipient);
    await page.recipient.fill("ada");
    await page.option("Ada Lefèvre").click();
    await page.page.getByRole("heading", { name: "Ada Lefèvre", level: 2 }).waitFor();
    await until("on: both are given", isOff, equals(false));
    await text(page).fill("");
    await until("off: no text", isOff, equals(true));
    assert.equal((await user("ada").call("GET", "/conversations")).body.conversations?.length ?? 0, 0, "nothing was sent");
    await page.close();
  });

  runner.test(
    "S0-27: choosing a recipient with a conversation opens that conversation, with the focus in the text field",
    async () => {
      const id = await lea.write("tom", "an earlier message");
      const page = await lea.open(browser);
      await page.startWith("Tom Nguyen");
      await page.sees("an earlier message");
      await until("the route", () => new URL(page.page.url()).hash, equals(`#${id}`));
      await hasFocus(text(page));
      await page.close();
    },
  );

  runner.test(
    "S0-22, S0-23, S0-24: the help names the three causes for a missing user, and the rules of the school",
    async () => {
      const page = await lea.open(browser);
      await page.compose();
      await page.recipient.fill("nobody of this name");
      await page.page.getByText("No one here matches.").waitFor();
      await page.page.getByText("They may be misspelt, no longer registered, or outside the people you can message.").waitFor();
      const rules = page.page.getByText("Pupils: the pupils of your class, your teachers, and the staff of your year.");
      assert.equal(await rules.isVisible(), false);
      await page.page.getByText("Who can I message?", { exact: true }).click();
      await rules.waitFor();
      await page.close();
    },
  );

  runner.test("S0-29: a click on a listed conversation shows its history", async () => {
    const page = await lea.open(browser);
    await page.item("Tom Nguyen").click();
    await page.sees("Bonjour Monsieur, je n’ai pas compris l’exercice 4.");
    await page.close();
  });

  runner.test("S0-30: the newest message is at the very bottom", async () => {
    const id = await tom.write("lou", "line 1");
    let seq = 1;
    for (let line = 2; line <= 40; line++) seq = await (line % 2 ? tom : lou).say(id, `line ${line}`);
    await lou.read(id, seq);
    const page = await lou.open(browser, { hash: id });
    await page.sees("line 40");
    await until(
      "the lines in order",
      () => page.messages(/line \d+/).evaluateAll((all) => all.map((each) => each.message.text)),
      equals(Array.from({ length: 40 }, (_, index) => `line ${index + 1}`)),
    );
    const scroller = page.page.locator("causerie-message-list .scroller");
    const left = () => scroller.evaluate((each) => each.scrollHeight - each.clientHeight - each.scrollTop);
    await until("scrolled to the end", left, (pixels) => pixels < 4);
    const [box, view] = [await stillBox(page.messages("line 40").last()), await stillBox(scroller)];
    assert.ok(box.y + box.height <= view.y + view.height + 1, "the newest message is in view");
    await page.close();
  });
}
