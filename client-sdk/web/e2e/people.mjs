import assert from "node:assert/strict";
import { Person } from "./harness.mjs";

/** The door: the demo's people, each in a tab of their own. */
export function people(runner, browser, server) {
  runner.test("the page lists the demo's people, and each opens in a tab of their own", async () => {
    const visitor = await Person.open(browser, server, "/");
    const [tab] = await Promise.all([
      visitor.context.waitForEvent("page"),
      visitor.page.getByRole("link", { name: "Léa Martin" }).click(),
    ]);
    await tab.getByRole("heading", { name: "Conversations" }).waitFor();
    assert.equal(new URL(tab.url()).searchParams.get("as"), "lea");
    await tab.locator("causerie-conversation-item").first().waitFor();
    assert.deepEqual(visitor.complaints, []);
    await visitor.close();
  });

  runner.test("somebody the demo does not know is told so, and can try again", async () => {
    const stranger = await Person.open(browser, server, "/?as=nobody-at-all");
    await stranger.page.getByText("You were disconnected.").waitFor();
    assert.equal(await stranger.page.getByRole("button", { name: "Connect again" }).isVisible(), true);
    await stranger.close();
  });

  runner.test("the page is served with a policy that allows nothing inline", async () => {
    const response = await fetch(`${server.origin}/`);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(await response.text(), /<style|\sstyle=|<script>|javascript:|\son\w+=/);
  });
}
