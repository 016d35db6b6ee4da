import assert from "node:assert/strict";
import { until } from "./harness.mjs";

/** Devices that go offline, and connections that die without a close. */
export function network(runner, browser, _server, town) {
  const banner = (person, text) => person.page.locator("causerie-connection-banner").getByText(text);
  const offline = "You’re offline. Messages will be sent when you’re back.";
  /** A page whose sockets can be made to drop everything, as half-open connections do. */
  const enter = async (options) => {
    const wire = { dead: false, hellos: 0 };
    const prepare = (page) =>
      page.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        // A dead connection stays dead.
        let dead = false;
        const pass = (send) => (frame) => {
          dead ||= wire.dead;
          if (!dead) send(frame);
        };
        const toServer = pass((frame) => server.send(frame));
        socket.onMessage((frame) => {
          if (JSON.parse(frame).hello) wire.hellos++;
          toServer(frame);
        });
        server.onMessage(pass((frame) => socket.send(frame)));
        socket.onClose(() => server.close());
      });
    return { wire, person: await town.enter(browser, "nora", { ...options, prepare }) };
  };
  let id;

  runner.test(
    "an offline device says so at once, a waiting message says why, and all messages are sent when it is online",
    async () => {
      id = await town.direct("nora", "u31");
      const { wire, person } = await enter({ hash: id });
      await person.say("online");
      await person.messages("online").getByTitle("Sent", { exact: true }).waitFor();
      assert.equal(await banner(person, offline).count(), 0);
      wire.dead = true;
      const went = Date.now();
      await person.context.setOffline(true);
      await banner(person, offline).waitFor();
      // Earlier than two heartbeat intervals.
      assert.ok(Date.now() - went < 25_000);
      await person.say("written offline");
      await person.messages("written offline").getByText("Waiting for connection").waitFor();
      // The connection counts as lost; the sentence stays.
      await person.page.getByRole("button", { name: "Try now", exact: true }).waitFor();
      await banner(person, offline).waitFor();
      wire.dead = false;
      await person.context.setOffline(false);
      await person.messages("written offline").getByTitle("Sent", { exact: true }).waitFor();
      await banner(person, offline).waitFor({ state: "detached" });
      assert.equal(await person.messages("written offline").getByText("Waiting for connection").count(), 0);
      assert.equal(await person.messages("written offline").count(), 1);
      await person.close();
    },
  );

  runner.test("a dead connection is detected by the first message, and the user can reconnect at once", async () => {
    const { wire, person } = await enter({ hash: id });
    await person.sees("written offline");
    wire.dead = true;
    await person.say("into the void");
    const said = Date.now();
    await banner(person, "Reconnecting…").waitFor();
    const tookMs = Date.now() - said;
    assert.ok(tookMs < 40_000, `found after ${tookMs} ms`);
    // The attempt to reconnect hangs too; the client does not wait for it.
    await until(
      "a second attempt",
      () => wire.hellos,
      (hellos) => hellos > 1,
    );
    wire.dead = false;
    await person.page.getByRole("button", { name: "Try now", exact: true }).click();
    await person.messages("into the void").getByTitle("Sent", { exact: true }).waitFor({ timeout: 7_000 });
    await banner(person, "Reconnecting…").waitFor({ state: "detached" });
    assert.equal(await person.messages("into the void").count(), 1);
    await person.close();
  });

  runner.test("a device that is wrongly offline shows no banner after the server has answered", async () => {
    const { person } = await enter({ hash: id });
    await person.sees("into the void");
    await person.page.evaluate(() => {
      Object.defineProperty(navigator, "onLine", { value: false });
      dispatchEvent(new Event("offline"));
    });
    await banner(person, offline).waitFor({ state: "detached" });
    await person.say("still here");
    await person.messages("still here").getByTitle("Sent", { exact: true }).waitFor();
    await person.close();
  });
}
