import assert from "node:assert/strict";
import { equals, UserPage, until } from "./harness.mjs";

/** The server is restored from a backup while pages show later messages. */
export function restoring(runner, browser, server) {
  runner.test("after a restore a page shows the restored messages and its unsent messages", async () => {
    const amelie = await UserPage.open(browser, server, "/?as=amelie");
    const yanis = await UserPage.open(browser, server, "/?as=yanis");
    await amelie.startWith("Yanis Benali");
    await amelie.say("gardé");
    await yanis.openConversation("Amélie Dubois-Lefèvre");
    await yanis.sees("gardé");
    const before = await texts(yanis);
    const backup = server.file("backup");
    server.command("backup", backup);
    await amelie.say("perdu, un");
    await amelie.say("perdu, deux");
    await yanis.sees("perdu, deux");
    await server.kill();
    await amelie.say("pas encore envoyé");
    await amelie.page.getByText("Reconnecting…").waitFor();
    server.command("restore", "--replace", backup);
    await server.start();
    // After two lost connections, the next delay may be the longest.
    await yanis.sees("pas encore envoyé");
    await yanis.say("après");
    await amelie.sees("après");
    await yanis.messages("perdu").first().waitFor({ state: "detached" });
    for (const userPage of [amelie, yanis]) {
      await until("the restored messages", () => texts(userPage), equals([...before, "pas encore envoyé", "après"]));
    }
    assert.deepEqual([...amelie.problems, ...yanis.problems], []);
    await amelie.close();
    await yanis.close();
  });
}

function texts(userPage) {
  return userPage.page.locator("causerie-message .text").allTextContents();
}
