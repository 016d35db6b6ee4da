import assert from "node:assert/strict";
import { Person } from "./harness.mjs";

/** The server comes back with an earlier backup while pages hold what came later. */
export function restoring(runner, browser, server) {
  runner.test("after a restore a page shows what was restored, and what it had not sent yet", async () => {
    const amelie = await Person.open(browser, server, "/?as=amelie");
    const yanis = await Person.open(browser, server, "/?as=yanis");
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
    // After two losses in a row the next attempt may be as far as the longest wait.
    await yanis.sees("pas encore envoyé");
    await yanis.say("après");
    await amelie.sees("après");
    await yanis.messages("perdu").first().waitFor({ state: "detached" });
    for (const person of [amelie, yanis]) {
      assert.deepEqual(await texts(person), [...before, "pas encore envoyé", "après"]);
    }
    assert.deepEqual([...amelie.complaints, ...yanis.complaints], []);
    await amelie.close();
    await yanis.close();
  });
}

function texts(person) {
  return person.page.locator("causerie-message .text").allTextContents();
}
