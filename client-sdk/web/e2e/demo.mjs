import assert from "node:assert/strict";
import { UserPage } from "./harness.mjs";

/** The demo page, on which a visitor chooses a user. */
export function demo(runner, browser, server) {
  runner.test("the page lists the users of the demo by tenant, and each opens in a new tab", async () => {
    const { tenants } = await (await fetch(`${server.origin}/demo/people`)).json();
    assert.ok(tenants.length > 1, "there are several tenants");
    const visitor = await UserPage.open(browser, server, "/");
    for (const tenant of tenants) {
      const section = visitor.page.getByRole("region", { name: tenant.name.en, exact: true });
      await section.getByText(tenant.about.en).waitFor();
      assert.equal(await section.getByRole("link").count(), tenant.people.length + tenant.pages.length);
    }
    for (const { slug, name, people } of [tenants[0], tenants.at(-1)]) {
      const section = visitor.page.getByRole("region", { name: name.en, exact: true });
      const link = section.getByRole("link", { name: people[0].name });
      const [tab] = await Promise.all([visitor.context.waitForEvent("page"), link.click()]);
      await tab.getByRole("heading", { name: "Conversations", exact: true }).waitFor();
      const { searchParams } = new URL(tab.url());
      assert.equal(searchParams.get("tenant") ?? "demo", slug);
      assert.equal(searchParams.get("as"), people[0].externalId);
      await tab.getByTitle(`You are ${people[0].name}`).waitFor();
    }
    assert.deepEqual(visitor.problems, []);
    await visitor.close();
  });

  runner.test("an external id names two users in two tenants, also in one browser", async () => {
    const lea = await UserPage.open(browser, server, "/?as=lea");
    await lea.item("Sortie au musée").waitFor();
    await lea.page.goto(`${server.origin}/?tenant=demo-school&as=lea`);
    await lea.item("Tom Nguyen").waitFor();
    assert.equal(await lea.item("Sortie au musée").count(), 0);
    assert.deepEqual(lea.problems, []);
    await lea.close();
  });

  runner.test("an unknown user is disconnected and can connect again", async () => {
    const stranger = await UserPage.open(browser, server, "/?as=nobody-at-all");
    await stranger.page.getByText("You are not signed in, or your account is not known here.").waitFor();
    await stranger.page.getByRole("button", { name: "Connect again", exact: true }).waitFor();
    await stranger.close();
  });

  runner.test("the page has a security policy that allows no inline code", async () => {
    const response = await fetch(`${server.origin}/`);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(await response.text(), /<style|\sstyle=|<script>|javascript:|\son\w+=/);
  });
}
