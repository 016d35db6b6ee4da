// The audit, jobs, keys, figures, and a server that is away.
import assert from "node:assert/strict";
import { equals, until } from "../harness.mjs";
import { holds, Operator } from "./college.mjs";

export function operation(runner, browser, server) {
  runner.test("admin: the audit log is filtered, paged, and leads to the user", async () => {
    const operator = await Operator.enter(browser, server, "read,provision", "#audit");
    const { page } = operator;
    await operator.row("rules set").first().waitFor();
    const actions = page.getByLabel("Action", { exact: true });
    await until(
      "the actions",
      () => actions.locator("option").count(),
      (count) => count > 30,
    );
    const described = (await (await fetch(`${server.origin}/v1/openapi.json`)).json()).paths["/v1/audit"].get.parameters;
    const expected = described.find(({ name }) => name === "action").schema.enum;
    const values = () => actions.locator("option").evaluateAll((options) => options.map(({ value }) => value));
    await until("the actions of the description", values, equals(["", ...expected]));
    await actions.selectOption("user.put");
    await operator.row("user changed").first().waitFor();
    await until(
      "only these",
      () => operator.row("rules set").count(),
      (count) => count === 0,
    );
    await page.getByLabel("About").fill("user:tom");
    await page.keyboard.press("Enter");
    await until(
      "of Tom",
      () => page.locator("tbody tr").count(),
      (count) => count === 1,
    );
    await operator.row("user changed").getByText("Details").click();
    await page.getByText("fields:").waitFor();
    await page.getByRole("link", { name: "tom", exact: true }).click();
    await operator.heading("Tom N.");
    await page.goBack();
    await operator.heading("Audit log");
    await until("the filter is back", () => page.getByLabel("About").inputValue(), equals("user:tom"));
    await operator.button("Clear filters").click();
    await operator.row("rules set").first().waitFor();
    await page.getByLabel("From day").fill("2099-01-01");
    await page.getByText("No line matches these filters").waitFor();
    await operator.close();
  });

  runner.test("admin: a failed job is retried", async () => {
    const operator = await Operator.enter(browser, server, "admin", "#overview");
    const { page } = operator;
    await page.getByRole("link", { name: /^1\s*failed job/ }).click();
    await operator.heading("Jobs");
    const row = operator.row("the disk is full");
    await row.waitFor();
    await row.getByRole("button", { name: "Retry" }).click();
    await operator.told("The job runs again.");
    await row.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Done", exact: true }).click();
    await until(
      "the job is done",
      () => operator.row("Erase the texts of a user").count(),
      (count) => count > 0,
    );
    await operator.close();
  });

  runner.test("admin: the overview counts users, groups and connections", async () => {
    const operator = await Operator.enter(browser, server, "read");
    const tile = (text) => operator.page.locator(".tile", { hasText: text });
    await tile("groups").getByText("2", { exact: true }).waitFor();
    await tile("users online").getByText("0", { exact: true }).waitFor();
    await operator.page.getByText("16 KiB").waitFor();
    await operator.close();
  });

  runner.test("admin: an API key is made, shown once and revoked; revoking the own key ends the session", async () => {
    const operator = await Operator.enter(browser, server, "admin,read", "#api-keys", { keyName: "of this session" });
    const { page } = operator;
    await operator.button("Make an API key").click();
    await operator.button("Make key").click();
    await page.getByRole("dialog").getByRole("alert").first().waitFor();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("for the portal");
    await operator.button("Make key").click();
    await page.getByText("a key needs at least one scope").waitFor();
    await until("not a scope of this key", () => page.getByRole("checkbox", { name: /^provision/ }).isDisabled(), Boolean);
    await page.getByRole("checkbox", { name: /^read/ }).check();
    await operator.button("Make key").click();
    const secret = page.getByRole("textbox", { name: "Your new API key" });
    const isKey = (value) => /^sk_[\w-]{43}$/.test(value);
    const made = await until("the key is shown", () => secret.inputValue(), isKey);
    const check = await fetch(`${server.origin}/v1/key`, { headers: { authorization: `Bearer ${made}` } });
    assert.deepEqual((await check.json()).key.scopes, ["read"]);
    await until("the key is in the page", () => holds(page, made), Boolean);
    await operator.button("I have stored it").click();
    const row = operator.row("for the portal");
    await row.waitFor();
    await until("the key is gone", () => holds(page, made), equals(false));
    await row.getByRole("button", { name: "Revoke: for the portal" }).click();
    await page.getByRole("dialog", { name: "Revoke for the portal?" }).getByRole("button", { name: "Revoke" }).click();
    await operator.row("for the portal").getByText("Revoked").waitFor();

    await operator.button("Revoke: of this session").click();
    await page.getByRole("dialog").getByText("You are signed in with this key").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByLabel("API key", { exact: true }).waitFor();
    await operator.close();
  });

  runner.test("admin: a signing key is added, shown once and revoked", async () => {
    const operator = await Operator.enter(browser, server, "admin,act,provision", "#signing-keys");
    const { page } = operator;
    await operator.button("Add a signing key").click();
    await page.getByLabel("Algorithm").selectOption("EdDSA");
    await page.getByLabel("Public key").fill("no key");
    await operator.button("Add").click();
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await until("the field is wrong", () => page.getByLabel("Public key").getAttribute("aria-invalid"), equals("true"));
    await page.getByLabel("Algorithm").selectOption("HS256");
    await page.getByLabel("Key id (kid)").fill("college:2");
    await operator.button("Add").click();
    await page.getByRole("textbox", { name: "Secret of college:2" }).waitFor();
    await operator.button("I have stored it").click();
    await operator.button("Revoke: college:2").click();
    const dialog = page.getByRole("dialog", { name: "Revoke college:2?" });
    await dialog.getByRole("textbox").fill("college:2");
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await operator.row("college:2").getByText("Revoked").first().waitFor();
    await operator.close();

    const under = await Operator.enter(browser, server, "admin", "#signing-keys");
    await under.page.getByText("needs the scopes act and provision").waitFor();
    assert.equal(await under.button("Add a signing key").count(), 0);
    await under.close();
  });

  runner.test("admin: when the server is away or fails, the view says so and tries again", async () => {
    const operator = await Operator.enter(browser, server, "admin,read,provision", "#users");
    const { page } = operator;
    await operator.row("Léa Martin").waitFor();
    await operator.show("Groups");
    await operator.row("6a").waitFor();
    await server.kill();
    try {
      await page.getByRole("link", { name: "Users", exact: true }).click();
      await page.getByText("The server can’t be reached.").waitFor();
      // The file of this view was not loaded before.
      await page.getByRole("link", { name: "Jobs", exact: true }).click();
      await page.getByText("The server can’t be reached.").waitFor();
    } finally {
      await server.start();
    }
    await page.getByRole("link", { name: "Users", exact: true }).click();
    await operator.row("Léa Martin").waitFor();
    await page.route("**/v1/audit?**", (route) => route.fulfill({ status: 502, body: "<html>bad gateway</html>" }));
    await operator.show("Audit log");
    await page.getByText("The server can’t answer at the moment.").waitFor();
    await page.unroute("**/v1/audit?**");
    await operator.button("Try again").click();
    await operator.row("rules set").first().waitFor();
    assert.deepEqual(operator.problems, []);
    await operator.view.close();
  });
}
