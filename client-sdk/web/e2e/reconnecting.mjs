import assert from "node:assert/strict";
import { equals, UserPage, until } from "./harness.mjs";

/** The server is killed, and no message is lost or duplicated. */
export function reconnecting(runner, browser, server) {
  let amelie;
  let yanis;

  runner.test("messages that are written while the server is down arrive exactly once and in order", async () => {
    amelie = await UserPage.open(browser, server, "/?as=amelie");
    yanis = await UserPage.open(browser, server, "/?as=yanis");
    await amelie.startWith("Yanis Benali");
    await amelie.say("avant");
    await yanis.openConversation("Amélie Dubois-Lefèvre");
    await yanis.sees("avant");
    await server.kill();
    await amelie.say("pendant, un");
    await amelie.say("pendant, deux");
    await amelie.messages("pendant, deux").getByTitle("Sending", { exact: true }).waitFor();
    await amelie.page.getByText("Reconnecting…").waitFor();
    await server.start();
    await yanis.sees("pendant, deux");
    await amelie
      .messages("pendant, deux")
      .getByTitle(/^(Sent|Read)$/)
      .waitFor();
    await amelie.page.getByText("Reconnecting…").waitFor({ state: "detached" });
    await yanis.say("après");
    await amelie.sees("après");
    for (const userPage of [amelie, yanis]) {
      const texts = () => userPage.page.locator("causerie-message .text").allTextContents();
      await until("all messages in order", texts, equals(["avant", "pendant, un", "pendant, deux", "après"]));
    }
  });

  runner.test("messages that are written while the server is down survive a closed tab", async () => {
    await server.kill();
    await amelie.say("gardé");
    await amelie.messages("gardé").waitFor();
    // The page can't be loaded without its server, so the tab is closed and another is opened later in the same browser.
    await amelie.page.close();
    await server.start();
    amelie.page = await amelie.context.newPage();
    await amelie.page.goto(`${server.origin}/?as=amelie`);
    // After two lost connections, the next delay may be the longest.
    await yanis.sees("gardé");
    assert.equal(await yanis.messages("gardé").count(), 1);
  });

  runner.test("an offline device says so", async () => {
    await yanis.context.setOffline(true);
    await server.kill();
    await yanis.page.getByText("You’re offline. Messages will be sent when you’re back.").waitFor();
    await server.start();
    await yanis.context.setOffline(false);
    await yanis.page.getByText("You’re offline. Messages will be sent when you’re back.").waitFor({ state: "detached" });
    await yanis.say("de retour");
    await yanis
      .messages("de retour")
      .getByTitle(/^(Sent|Read)$/)
      .waitFor();
    assert.deepEqual([...amelie.problems, ...yanis.problems], []);
    await amelie.close();
    await yanis.close();
  });
}
