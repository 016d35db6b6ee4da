import assert from "node:assert/strict";
import { equals, hasFocus, onlyMatches, stillBox, until } from "./harness.mjs";
import { announced, listen } from "./screen-reader.mjs";
import { Town } from "./town.mjs";

/** The page that starts a conversation, and the dialog that starts a group. */
export function compose(runner, browser, _server, town) {
  let nora;
  const active = () =>
    nora.recipient.evaluate((field) => {
      const id = field.getAttribute("aria-activedescendant");
      return id ? (field.getRootNode().getElementById(id)?.querySelector(".name")?.textContent ?? "") : "";
    });
  const text = () => nora.page.getByRole("textbox", { name: "Write a message" });

  runner.test("a recipient is chosen by keyboard, and the text that was typed before goes along", async () => {
    nora = await town.enter(browser, "nora");
    await nora.compose();
    await hasFocus(nora.recipient);
    await text().fill("typed before the recipient");
    await nora.recipient.focus();
    await nora.page.keyboard.type("resident 10");
    await until("the first user is active", active, (name) => name === Town.nameOf("u10"));
    await nora.page.keyboard.press("ArrowDown");
    await until("the next user is active", active, (name) => name === Town.nameOf("u100"));
    await nora.page.keyboard.press("Enter");
    await nora.page.getByRole("heading", { name: Town.nameOf("u100"), level: 2 }).waitFor();
    await until("the text came along", () => text().inputValue(), equals("typed before the recipient"));
    assert.match(new URL(nora.page.url()).hash, /^#to\//);
    // Back leads to the list, not to the page for the recipient.
    await nora.page.goBack();
    await until(
      "the list",
      () => new URL(nora.page.url()).hash,
      (hash) => hash === "",
    );
  });

  runner.test(
    "Enter before the answer of the directory takes a user of the answer, not of the users shown before",
    async () => {
      await nora.compose();
      await nora.option("").first().waitFor();
      await nora.recipient.focus();
      await nora.page.keyboard.insertText("brandt");
      await nora.page.keyboard.press("Enter");
      await nora.page.getByRole("heading", { name: "Olga Brandt", level: 2 }).waitFor();
    },
  );

  runner.test("a screen reader hears how many people were found, not their names", async () => {
    await nora.compose();
    await nora.option("").first().waitFor();
    await listen(nora.page);
    await nora.recipient.fill("lindqvist");
    await nora.page.getByText("No one here matches.").waitFor();
    await nora.recipient.fill("olga");
    const status = nora.page.locator("causerie-user-picker").first().getByRole("status");
    await until(
      "the number is said",
      () => status.first().textContent(),
      (said) => said === "1 person found",
    );
    const said = await until(
      "the number is announced",
      () => announced(nora.page),
      (all) => all.at(-1) === "1 person found",
    );
    assert.deepEqual(
      said.filter((each) => !/^\d+ (person|people) found$/.test(each)),
      [],
    );
    assert.deepEqual(await nora.accessibilityProblems(), []);
  });

  runner.test("the directory is loaded page by page", async () => {
    await nora.recipient.fill("");
    const before = await until(
      "the first page",
      () => nora.option("").count(),
      (count) => count >= 50,
    );
    await nora.option("").last().scrollIntoViewIfNeeded();
    await until(
      "the next page",
      () => nora.option("").count(),
      (count) => count > before,
    );
  });

  runner.test(
    "the dialog for a group has all people, then the name; it keeps its place while the user types, and closes by a click outside",
    async () => {
      const { page } = nora;
      await page.getByRole("button", { name: "New group", exact: true }).click();
      const dialog = page.getByRole("dialog", { name: "New group" });
      const field = dialog.getByRole("combobox", { name: "People" });
      await hasFocus(field);
      const [people, name] = [await stillBox(field), await stillBox(dialog.getByRole("textbox", { name: "Group name" }))];
      assert.ok(people.y < name.y, "the people come before the name");
      const options = () => dialog.getByRole("option").count();
      const first = await until("the first page", options, (count) => count >= 50);
      await dialog.getByRole("option").last().scrollIntoViewIfNeeded();
      await until("the next page", options, (count) => count > first);
      const before = await stillBox(dialog);
      await field.fill("zzzz");
      await dialog.getByText("No one here matches.").waitFor();
      assert.deepEqual(await stillBox(dialog), before);
      await field.fill("olga");
      await onlyMatches(dialog.getByRole("option"), "Olga Brandt");
      await dialog.getByRole("option", { name: "Olga Brandt" }).click();
      await until("the search is ready for the next person", () => field.inputValue(), equals(""));
      await dialog.getByRole("button", { name: "Remove Olga Brandt" }).waitFor();
      await field.press("Backspace");
      await dialog.getByRole("button", { name: "Remove Olga Brandt" }).waitFor({ state: "detached" });
      await page.mouse.click(5, 5);
      await dialog.waitFor({ state: "hidden" });
      assert.deepEqual(nora.problems, []);
      await nora.close();
    },
  );
}
