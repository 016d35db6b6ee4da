import assert from "node:assert/strict";
import { equals, hasFocus, until } from "./harness.mjs";

/** Contact buttons in the pages of a product. */
export function widgetContacts(runner, stageOf) {
  const button = (page, user) => page.locator(`causerie-contact[user="${user}"] button`);
  const shown = (page, user) => button(page, user).isVisible();
  const field = (page) => page.getByRole("textbox", { name: "Write a message" });
  const becomes = (page, user, visible) =>
    until(
      `${user}: ${visible}`,
      () => shown(page, user),
      (now) => now === visible,
    );
  const person = (user, label = "") =>
    `<p><img alt="photo of ${user}" src="data:,"> <causerie-contact user="${user}">${label}</causerie-contact></p>`;
  const conversations = async (tenant, user) =>
    (await stageOf().call(tenant, user, "GET", "/conversations")).conversations ?? [];

  runner.test("S4-15: the button of a course opens the chat with the instructor, and nothing is sent", async () => {
    const stage = stageOf();
    const lia = await stage.visit("lia", `<h1>Course</h1>${person("ivo", "Contact instructor")}${stage.script()}`, {
      tenant: "lms",
    });
    const { page } = lia;
    await page.getByRole("button", { name: "Contact instructor Ivo" }).click();
    await page.getByRole("dialog").getByRole("heading", { name: "Ivo", level: 2 }).waitFor();
    await hasFocus(field(page));
    assert.deepEqual(await conversations("lms", "ivo"), []);
    await lia.say("Is the exercise due this week?");
    await lia.sees("Is the exercise due this week?");
    await until(
      "there is one conversation",
      () => conversations("lms", "ivo"),
      (list) => list.length === 1,
    );
    // From now on the button opens that conversation.
    await page.keyboard.press("Escape");
    await button(page, "ivo").click();
    await lia.sees("Is the exercise due this week?");
    assert.equal((await conversations("lms", "ivo")).length, 1);
    assert.deepEqual(lia.problems, []);
    await lia.close();
  });

  runner.test("S4-17: off: the photo stays and the contact option goes, in open pages", async () => {
    const stage = stageOf();
    const lia = await stage.visit("lia", `${person("ivo")}${stage.script()}`, { tenant: "lms" });
    const { page } = lia;
    await becomes(page, "ivo", true);
    for (const [value, visible] of [
      ["off", false],
      ["on", true],
    ]) {
      await stage.change("lms", { type: "setting", name: "messaging", value });
      await becomes(page, "ivo", visible);
      await page.getByAltText("photo of ivo").waitFor();
    }
    assert.deepEqual(lia.problems, []);
    await lia.close();
  });

  runner.test("S4-25: no instructor on the course: no link; several: one link each", async () => {
    const stage = stageOf();
    const lia = await stage.visit("lia", `${["ivo", "ida", "nobody"].map((user) => person(user)).join("")}${stage.script()}`, {
      tenant: "lms",
    });
    const { page } = lia;
    const instructor = (user, deleted) => ({
      type: "membership",
      user,
      group: "course",
      role: "instructor",
      ...(deleted && { deleted }),
    });
    await becomes(page, "ivo", true);
    assert.equal(await shown(page, "ida"), false);
    await stage.change("lms", instructor("ida"));
    await becomes(page, "ida", true);
    assert.equal(await shown(page, "ivo"), true);
    await stage.change("lms", instructor("ida", true), instructor("ivo", true));
    for (const user of ["ida", "ivo"]) await becomes(page, user, false);
    assert.equal(await shown(page, "nobody"), false);
    await stage.change("lms", instructor("ivo"));
    await becomes(page, "ivo", true);
    await lia.close();
  });

  runner.test("S4-05: a learner without a course finds nothing that starts a conversation, until there is one", async () => {
    const stage = stageOf();
    const leo = await stage.visit("leo", `${person("ivo")}${stage.script()}`, { tenant: "lms" });
    const { page } = leo;
    const start = page.getByRole("dialog").getByRole("button", { name: "New conversation", exact: true });
    await page.getByRole("button", { name: "Messages", exact: true }).click();
    await page.getByRole("heading", { name: "No conversations yet" }).first().waitFor();
    assert.equal(await start.count(), 0);
    assert.equal(await shown(page, "ivo"), false);
    await stage.change("lms", { type: "membership", user: "leo", group: "course", role: "learner" });
    await start.first().waitFor();
    await becomes(page, "ivo", true);
    assert.deepEqual(leo.problems, []);
    await leo.close();
  });

  runner.test("S2-01: the contact button of a profile opens a new conversation, which the first message creates", async () => {
    const stage = stageOf();
    const mia = await stage.visit(
      "mia",
      `<h1>Pam</h1>${["pam", "kim", "mia"].map((user) => person(user)).join("")}${stage.script()}`,
      {
        tenant: "community",
      },
    );
    const { page } = mia;
    await button(page, "pam").click();
    await field(page).waitFor();
    assert.deepEqual(await conversations("community", "pam"), []);
    await mia.say("Which trail was that?");
    await until(
      "there is one conversation",
      () => conversations("community", "pam"),
      (list) => list.length === 1,
    );
    assert.equal(await shown(page, "kim"), false, "wants no messages");
    assert.equal(await shown(page, "mia"), false, "the user's own profile");
    assert.deepEqual(mia.problems, []);
    await mia.close();
  });

  runner.test("where two users must agree first, the button asks, waits, and becomes the contact button", async () => {
    const stage = stageOf();
    const dora = await stage.visit("dora", `${person("ada")}${stage.script()}`, { tenant: "medical" });
    const ada = await stage.visit("ada", `${person("dora")}${stage.script()}`, { tenant: "medical", path: "/ada" });
    await dora.page.getByRole("button", { name: "Ask to connect Ada" }).click();
    await dora.page.getByRole("button", { name: "Request sent Ada" }).waitFor();
    await ada.page.getByRole("button", { name: "Accept request Dora" }).click();
    for (const [{ page }, name] of [
      [dora, "Ada"],
      [ada, "Dora"],
    ])
      await page.getByRole("button", { name: `Message ${name}` }).waitFor();
    await dora.page.getByRole("button", { name: "Message Ada" }).press("Enter");
    await dora.say("Thank you for accepting");
    await ada.page.getByRole("button", { name: "Messages, 1 unread" }).waitFor();
    assert.deepEqual([...dora.problems, ...ada.problems], []);
    await dora.close();
    await ada.close();
  });

  runner.test("a page without a panel hears which user is to be contacted, and all buttons share one question", async () => {
    const stage = stageOf();
    stage.host.scripts.set(
      "/listen.js",
      'addEventListener("causerie-contact", ({ detail }) => { window.contacted = detail.user; });',
    );
    const asked = [];
    const prepare = async (page) =>
      void page.on("websocket", (socket) =>
        socket.on("framesent", ({ payload }) => String(payload).includes("watchContacts") && asked.push(String(payload))),
      );
    const users = Array.from({ length: 30 }, (_, index) => person(`u${index + 1}`)).join("");
    const nora = await stage.visit("nora", `<script src="/listen.js"></script>${users}${stage.script('data-chat="none"')}`, {
      prepare,
    });
    await button(nora.page, "u30").click();
    await until("the page hears the user", () => nora.page.evaluate(() => window.contacted), equals("u30"));
    assert.equal(await nora.page.locator("causerie-chat").count(), 0);
    await until(
      "a question",
      () => asked,
      ({ length }) => length > 0,
    );
    assert.equal(asked.length, 1, asked.join("\n"));
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });
}
