import assert from "node:assert/strict";
import { equals, until } from "../harness.mjs";
import { DemoUser } from "./demo-user.mjs";

/** The rows of a community that are checked in a browser (`server/tests/it/scenarios/rows.txt`). */
export function community(runner, browser, server) {
  const user = (name) => new DemoUser(server, "demo-community", name);
  const [mia, noe, pam] = ["mia", "noe", "pam"].map(user);
  const text = (userPage) => userPage.page.getByRole("textbox", { name: "Write a message" });
  const badge = (userPage, name) => userPage.item(name).locator(".badge");

  runner.test("S2-02: “New conversation” opens the choice of members", async () => {
    const page = await mia.open(browser);
    await page.page.getByRole("button", { name: "New conversation", exact: true }).first().click();
    await page.recipient.waitFor();
    await page.option("Noé Blanchard").waitFor();
    await page.close();
  });

  runner.test("S2-07: a conversation without messages shows good practice", async () => {
    const page = await mia.open(browser);
    await page.startWith("Noé Blanchard");
    await page.page.getByText("Introduce yourself, be clear, and ask a question.").waitFor();
    await page.close();
    const french = await mia.open(browser, { locale: "fr-FR" });
    await french.page.getByRole("button", { name: "Nouvelle conversation", exact: true }).first().click();
    await french.option("Noé Blanchard").click();
    await french.page.getByText("Présentez-vous, soyez clair et posez une question.").waitFor();
    await french.close();
  });

  runner.test("S2-06: the button and Enter send a text once, and Shift+Enter begins a line", async () => {
    const page = await mia.open(browser);
    await page.startWith("Noé Blanchard");
    await text(page).fill("by the button");
    await page.page.getByRole("button", { name: "Send", exact: true }).dblclick();
    await page.messages("by the button").getByTitle("Sent", { exact: true }).waitFor();
    await text(page).pressSequentially("two");
    await page.page.keyboard.press("Shift+Enter");
    await text(page).pressSequentially("lines");
    await page.page.keyboard.press("Enter");
    await page.messages("two\nlines").getByTitle("Sent", { exact: true }).waitFor();
    const other = await noe.open(browser);
    await other.openConversation("Mia Rossi");
    await other.sees("two\nlines");
    assert.equal(await other.messages("by the button").count(), 1);
    assert.equal(await other.messages("two").count(), 1);
    await Promise.all([page.close(), other.close()]);
  });

  runner.test("S2-12: a dot marks a conversation with unread messages, until it is opened", async () => {
    const page = await mia.open(browser);
    await noe.write("mia", "unread for now");
    await badge(page, "Noé Blanchard").waitFor();
    await page.settled();
    const colours = await badge(page, "Noé Blanchard").evaluate((dot) => {
      const probe = document.createElement("i");
      probe.style.color = "var(--accent)";
      dot.append(probe);
      const accent = getComputedStyle(probe).color;
      probe.remove();
      return [getComputedStyle(dot).backgroundColor, accent];
    });
    assert.equal(colours[0], colours[1]);
    await page.openConversation("Noé Blanchard");
    await badge(page, "Noé Blanchard").waitFor({ state: "detached" });
    await page.close();
  });

  runner.test("S2-13: a row shows the date of the last message", async () => {
    const page = await mia.open(browser);
    const time = page.item("Noé Blanchard").locator("time");
    await time.waitFor();
    const age = Date.now() - new Date(await time.getAttribute("datetime")).getTime();
    assert.ok(age >= -60_000 && age < 3_600_000, `${age} ms ago`);
    assert.match(await time.innerText(), /^\d{1,2}:\d{2}|Yesterday$/);
    await page.close();
  });

  runner.test("S2-15: own messages are on the right, those of the other user on the left", async () => {
    const page = await mia.open(browser);
    await page.openConversation("Noé Blanchard");
    const bubble = (words) => page.messages(words).last().locator(".bubble").boundingBox();
    await page.sees("unread for now");
    const middleOf = (box) => (box ? box.x + box.width / 2 : Number.NaN);
    const middles = async () => {
      const list = await page.page.locator("causerie-message-list").boundingBox();
      return [await bubble("unread for now"), list, await bubble("by the button")].map(middleOf);
    };
    await until("the sides", middles, ([other, middle, own]) => other < middle && middle < own);
    await page.close();
  });

  runner.test("S2-23: conversations with unread messages stand out", async () => {
    const id = await noe.write("mia", "stands out");
    const page = await mia.open(browser);
    await page.item("Noé Blanchard").getByText("stands out").waitFor();
    const weight = () =>
      page
        .item("Noé Blanchard")
        .locator(".name")
        .evaluate((name) => getComputedStyle(name).fontWeight);
    await until("the row stands out", weight, equals("700"));
    const { body } = await mia.call("GET", `/conversations/${id}`);
    await mia.read(id, body.conversation.lastSeq);
    await until("the row is as the others", weight, (now) => now === "500");
    await page.close();
  });

  runner.test("S2-19: “⋯” and “Delete” ask for confirmation", async () => {
    const page = await mia.open(browser);
    await page.openConversation("Pam Fournier");
    await page.chooseAction("Delete my copy");
    await page.confirm("Delete your copy of this conversation?", "Cancel");
    await page.sees("Your photos from the mountains are wonderful!");
    await page.chooseAction("Delete my copy");
    await page.confirm("Delete your copy of this conversation?", "Delete");
    await page.item("Pam Fournier").waitFor({ state: "detached" });
    await page.close();
  });

  runner.test("S2-20: the user is warned that a deletion is final, and it is", async () => {
    const id = await pam.write("mia", "to be deleted for good");
    const page = await mia.open(browser, { hash: id });
    await page.sees("to be deleted for good");
    await page.chooseAction("Delete my copy");
    await page.page.getByRole("dialog").getByText("All its messages disappear for you, for good.").waitFor();
    await page.confirm("Delete your copy of this conversation?", "Delete");
    await page.item("Pam Fournier").waitFor({ state: "detached" });
    const { status, body } = await mia.call("GET", `/conversations/${id}/messages`);
    assert.ok(status === 404 || (body.messages ?? []).length === 0, "nothing is left to read");
    await page.page.goto(`${server.origin}/?tenant=demo-community&as=mia#${id}`);
    await page.page.reload();
    await until(
      "no message",
      () => page.messages("to be deleted for good").count(),
      (count) => count === 0,
    );
    assert.equal((await pam.call("GET", `/conversations/${id}/messages`)).status, 200, "the other user keeps it");
    await page.close();
  });
}
