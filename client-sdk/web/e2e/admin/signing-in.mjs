// Keys: wrong, revoked, under-scoped, kept.
import assert from "node:assert/strict";
import { equals, until } from "../harness.mjs";
import { makeKey, Operator, revokeKey } from "./college.mjs";

export function signingIn(runner, browser, server) {
  runner.test("admin: a wrong, a revoked and a right key", async () => {
    const operator = await Operator.open(browser, server);
    const { page } = operator;
    await page.getByLabel("API key", { exact: true }).fill("lea");
    await page.keyboard.press("Enter");
    await page.getByText("Enter an API key. It begins with sk_.").waitFor();
    await operator.signIn(`sk_${"A".repeat(43)}`);
    await page.getByText("The server does not accept this API key.").waitFor();
    const revoked = makeKey(server, "read", "void key");
    revokeKey(server, "void key");
    await operator.signIn(revoked);
    await page.getByText("The server does not accept this API key.").waitFor();
    await operator.signIn(makeKey(server, "admin,read"));
    await operator.heading("Overview");
    await operator.close();
  });

  runner.test("admin: the key stays out of addresses and storage, and in the tab only by choice", async () => {
    const key = makeKey(server, "read", "kept");
    const operator = await Operator.open(browser, server, "#users");
    const { page } = operator;
    const kept = () =>
      page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
    const addresses = [];
    page.on("request", (request) => addresses.push(request.url()));
    await operator.signIn(key);
    await operator.heading("Users");
    assert.ok(!(await kept()).includes(key));
    await page.reload();
    await page.getByLabel("Keep the key until this tab is closed").check();
    await operator.signIn(key);
    await operator.heading("Users");
    await page.reload();
    await operator.heading("Users");
    const [local] = JSON.parse(await kept());
    assert.deepEqual(local, {});
    assert.ok(addresses.length > 5 && !addresses.some((address) => address.includes("sk_")));
    await operator.button("Sign out").click();
    await page.getByLabel("API key", { exact: true }).waitFor();
    assert.ok(!(await kept()).includes(key));
    await operator.close();
  });

  runner.test("admin: a key sees only what its scopes allow", async () => {
    const hasMenu = (operator, ...views) =>
      until("the menu", () => operator.page.locator("aside nav a").allInnerTexts(), equals(views));
    const reader = await Operator.enter(browser, server, "read", "#users/lea");
    await reader.page.getByText("As the rules say").waitFor();
    await hasMenu(reader, "Overview", "Users", "Groups", "Rules", "May they write?", "Audit log", "Jobs");
    assert.equal(await reader.button("Save").count(), 0);
    assert.equal(await reader.button("Erase user").count(), 0);
    await reader.show("Rules");
    const readonly = () => reader.page.getByLabel("Text of the rules").getAttribute("readonly");
    await until("the rules can't be edited", readonly, equals(""));
    assert.equal(await reader.button("Compare and apply…").count(), 0);
    await reader.page.goto(`${server.origin}/admin/#api-keys`);
    await reader.heading("Not allowed for this key");
    await reader.close();

    const provider = await Operator.enter(browser, server, "provision");
    await provider.heading("Users");
    await hasMenu(provider, "Users", "Groups", "Import");
    await provider.close();
    const actor = await Operator.enter(browser, server, "act");
    await actor.heading("This key can’t be used here");
    await hasMenu(actor);
    await actor.close();
  });

  runner.test("admin: a key that is revoked meanwhile ends the session with the reason", async () => {
    const operator = await Operator.enter(browser, server, "admin,read", "#users", { keyName: "ends soon" });
    revokeKey(server, "ends soon");
    // Another request of the page may have ended the session already, and the menu with it.
    await operator.page.evaluate(() => {
      location.hash = "#jobs";
    });
    await operator.page.getByRole("alert").getByText("The server does not accept this API key.").waitFor();
    await operator.signIn(makeKey(server, "admin"));
    await operator.heading("Jobs");
    await operator.close();
  });

  runner.test("admin: the page makes no markup from text, and no other site frames it", async () => {
    const operator = await Operator.enter(browser, server, "read");
    const refused = await operator.page.evaluate(() => {
      try {
        document.createElement("div").innerHTML = "<b>markup</b>";
      } catch (error) {
        return error.name;
      }
    });
    assert.equal(refused, "TypeError");
    await operator.view.close();
  });
}
