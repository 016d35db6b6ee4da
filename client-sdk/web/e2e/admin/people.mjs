// Users, groups and imports.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { equals, until } from "../harness.mjs";
import { Operator } from "./college.mjs";

export function people(runner, browser, server) {
  runner.test("admin: users are searched and paged, and the search is in the address", async () => {
    const operator = await Operator.enter(browser, server, "provision,read", "#users");
    const { page } = operator;
    await operator.row("Léa Martin").waitFor();
    await page.getByText("Page 1").waitFor();
    await operator.button("Next").click();
    await page.getByText("Page 2").waitFor();
    await operator.button("Previous").click();
    await page.getByText("Page 1").waitFor();
    await page.getByLabel("Search by name or id").fill("lea mar");
    await until(
      "one row",
      () => page.locator("tbody tr").count(),
      (count) => count === 1,
    );
    await until(
      "the address",
      () => page.url(),
      (address) => address.endsWith("#users?q=lea+mar"),
    );
    await page.getByLabel("Search by name or id").fill("nobody of this name");
    await page.getByText("Nothing matches “nobody of this name”").waitFor();
    await page.getByLabel("Search by name or id").fill("zoe");
    await operator.row("Deactivated").waitFor();
    await operator.close();
  });

  runner.test("admin: a user is changed, and the server’s error stands at its field", async () => {
    const operator = await Operator.enter(browser, server, "provision,read,admin", "#users/tom");
    const { page } = operator;
    await operator.heading("Tom Nguyen");
    await page.getByLabel("Roles").fill("captain");
    await operator.button("Save").click();
    await page.getByRole("alert").getByText("captain").waitFor();
    await until("the field is wrong", () => page.getByLabel("Roles").getAttribute("aria-invalid"), equals("true"));
    await page.getByLabel("Roles").fill("principal");
    await page.getByLabel("May write to them").selectOption("contacts");
    await page.getByLabel("Name", { exact: true }).fill("Tom N.");
    await operator.button("Save").click();
    await operator.told("Saved.");
    await operator.heading("Tom N.");
    await page.reload();
    await operator.signIn(operator.key);
    await operator.heading("Tom N.");
    await until("who may write", () => page.getByLabel("May write to them").inputValue(), equals("contacts"));
    await until("the roles", () => page.getByLabel("Roles").inputValue(), equals("principal"));

    await page.getByText("Add to a group").click();
    await page.getByRole("combobox", { name: "Group" }).fill("sixieme b");
    await page.getByRole("option", { name: "Sixième B" }).click();
    await page.getByLabel("Role", { exact: true }).fill("pupil");
    await operator.button("Add").click();
    await operator.row("6b").waitFor();
    await operator.button("Remove pupil 6b").click();
    await operator.row("6b").waitFor({ state: "detached" });
    await operator.close();
  });

  runner.test("admin: a user is added, exported and erased after its id was typed", async () => {
    const operator = await Operator.enter(browser, server, "provision,read", "#users");
    const { page } = operator;
    await operator.button("Add user").click();
    await page.getByRole("dialog").getByLabel("Id").fill("new one");
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("New One");
    await operator.button("Add").click();
    await operator.heading("New One");
    await until(
      "the address",
      () => page.url(),
      (address) => address.endsWith("#users/new%20one"),
    );
    const [download] = await Promise.all([page.waitForEvent("download"), operator.button("Export data").click()]);
    assert.equal(download.suggestedFilename(), "new_one.ndjson");
    const [first] = readFileSync(await download.path(), "utf8").split("\n");
    assert.equal(JSON.parse(first).name, "New One");

    await operator.button("Erase user").click();
    const dialog = page.getByRole("dialog", { name: "Erase New One?" });
    await until("it can't be confirmed", () => dialog.getByRole("button", { name: "Erase user" }).isDisabled(), Boolean);
    await dialog.getByRole("textbox").fill("new one");
    await dialog.getByText("Also erase the texts").click();
    await dialog.getByRole("button", { name: "Erase user" }).click();
    await operator.heading("Users");
    await operator.told("The user was erased.");
    await page.goto(`${server.origin}/admin/#users/new%20one`);
    await page.getByText("this tenant has no user of this id").waitFor();
    await operator.close();
  });

  runner.test("admin: a group is found, changed, and lists its members", async () => {
    const operator = await Operator.enter(browser, server, "provision,read", "#groups");
    const { page } = operator;
    await page.getByLabel("Search by name or id").fill("sixieme a");
    await page.getByRole("link", { name: "Sixième A" }).click();
    await operator.heading("Sixième A");
    await operator.row("teacher").waitFor();
    await page.getByLabel("Kind").fill("choir");
    await operator.button("Save").click();
    await page.getByRole("alert").getByText("choir").waitFor();
    await page.getByLabel("Kind").fill("class");
    await page.getByLabel("Messages reach").selectOption("people");
    await operator.button("Save").click();
    await operator.told("Saved.");
    await operator.row("ada").getByRole("link").click();
    await operator.heading("Ada Lefèvre");
    await operator.close();
  });

  runner.test("admin: an import is tried first, and refused rows are named by line and field", async () => {
    const operator = await Operator.enter(browser, server, "provision", "#import");
    const { page } = operator;
    const rows = [
      { type: "user", id: "imp1", name: "Imported One" },
      { type: "user", id: "imp2", status: "asleep" },
      { type: "membership", user: "nobody", group: "6a", role: "pupil" },
      { type: "membership", user: "imp1", group: "6a", role: "pupil" },
    ];
    const buffer = Buffer.from(`${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
    await page.locator('input[type="file"]').setInputFiles({ name: "rows.ndjson", mimeType: "application/x-ndjson", buffer });
    await until("it is to be tried first", () => operator.button("Import").isDisabled(), Boolean);
    await operator.button("Try").click();
    await operator.page.getByRole("heading", { name: "Result of the trial" }).waitFor();
    const places = [
      ["2", "status"],
      ["3", "user"],
    ];
    const cells = await until(
      "the refused rows",
      () => page.locator("tbody tr").evaluateAll((found) => found.map((row) => [...row.cells].map((cell) => cell.innerText))),
      (found) => equals(places)(found.map(([line, field]) => [line, field])),
    );
    assert.ok(cells[0][2].includes("asleep") && cells[0][2].includes('"id":"imp2"'), cells[0][2]);
    await page.getByText("2 rows were refused.").waitFor();
    await operator.button("Import").click();
    await operator.page.getByRole("heading", { name: "Result of the import" }).waitFor();
    await operator.show("Users");
    await page.getByLabel("Search by name or id").fill("imported");
    await operator.row("imp1").waitFor();
    assert.equal(await operator.row("imp2").count(), 0);

    await operator.show("Import");
    const table = Buffer.from('id;name\nimp3;"Imported Three"\nimp4\n');
    await page.locator('input[type="file"]').setInputFiles({ name: "users.csv", mimeType: "text/csv", buffer: table });
    await page.getByLabel("Each row is").selectOption("user");
    await operator.button("Try").click();
    await operator.row("The line has 1 cell, and there are 2 columns.").waitFor();
    await operator.button("Import").click();
    await operator.page.getByRole("heading", { name: "Result of the import" }).waitFor();
    await operator.show("Users");
    await page.getByLabel("Search by name or id").fill("imp3");
    await operator.row("Imported Three").waitFor();

    let release;
    const released = new Promise((resolve) => {
      release = resolve;
    });
    await page.route("**/v1/import?**", async (route) => {
      await released;
      await route.continue();
    });
    await operator.show("Import");
    await page.locator('input[type="file"]').setInputFiles({ name: "rows.ndjson", mimeType: "application/x-ndjson", buffer });
    await operator.button("Try").click();
    await page.getByRole("progressbar").waitFor();
    await operator.show("Groups");
    await operator.show("Import");
    await page.getByRole("progressbar").waitFor();
    release();
    await page.getByRole("heading", { name: "Result of the trial" }).waitFor();

    await page.getByText("Or paste rows").click();
    await page.getByLabel("Or paste rows").fill("not json");
    await operator.button("Try").click();
    await operator.row("not json").waitFor();
    await operator.close();
  });
}
