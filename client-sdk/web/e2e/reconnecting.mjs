import assert from "node:assert/strict";
import { Person } from "./harness.mjs";

/** The server is killed, and nothing is lost or doubled. */
export function reconnecting(runner, browser, server) {
  let amelie;
  let yanis;

  runner.test("what is written while the server is away arrives exactly once, in order", async () => {
    amelie = await Person.open(browser, server, "/?as=amelie");
    yanis = await Person.open(browser, server, "/?as=yanis");
    await amelie.startWith("Yanis Benali");
    await amelie.say("avant");
    await yanis.openConversation("Amélie Dubois-Lefèvre");
    await yanis.sees("avant");
    await server.kill();
    await amelie.say("pendant, un");
    await amelie.say("pendant, deux");
    await amelie.messages("pendant, deux").getByRole("img", { name: "Sending" }).waitFor();
    await amelie.page.getByText("Reconnecting…").waitFor();
    await server.start();
    await yanis.sees("pendant, deux");
    await amelie
      .messages("pendant, deux")
      .getByRole("img", { name: /Sent|Read/ })
      .waitFor();
    await amelie.page.getByText("Reconnecting…").waitFor({ state: "detached" });
    await yanis.say("après");
    await amelie.sees("après");
    for (const person of [amelie, yanis]) {
      const texts = await person.page.locator("causerie-message .text").allTextContents();
      assert.deepEqual(texts, ["avant", "pendant, un", "pendant, deux", "après"]);
    }
  });

  runner.test("what is written while the server is away survives a closed tab", async () => {
    await server.kill();
    await amelie.say("gardé");
    await amelie.messages("gardé").waitFor();
    // The page can't be loaded without its server: the tab is closed, another opened later in the same browser.
    await amelie.page.close();
    await server.start();
    amelie.page = await amelie.context.newPage();
    await amelie.page.goto(`${server.origin}/?as=amelie`);
    // After two losses in a row the next attempt may be as far as the longest wait.
    await yanis.sees("gardé");
    assert.equal(await yanis.messages("gardé").count(), 1);
  });

  runner.test("a device without a network says so", async () => {
    await yanis.context.setOffline(true);
    await server.kill();
    await yanis.page.getByText("You’re offline. Messages will be sent when you’re back.").waitFor();
    await server.start();
    await yanis.context.setOffline(false);
    await yanis.page.getByText("You’re offline. Messages will be sent when you’re back.").waitFor({ state: "detached" });
    await yanis.say("de retour");
    await yanis
      .messages("de retour")
      .getByRole("img", { name: /Sent|Read/ })
      .waitFor();
    assert.deepEqual([...amelie.complaints, ...yanis.complaints], []);
    await amelie.close();
    await yanis.close();
  });
}
