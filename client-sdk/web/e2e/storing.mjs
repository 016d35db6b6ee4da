// What the SDK stores in the browser: the cache of the list and the messages, and the unsent messages of several tabs.
import assert from "node:assert/strict";
import { equals, until as eventually } from "./harness.mjs";
import { bundled } from "./sdk.mjs";

/** Nothing answers here. */
const nowhere = "ws://127.0.0.1:9/v1/ws";

/** Functions for the pages of these tests. */
function helpers() {
  globalThis.until = async (what, holds) => {
    for (let wait = 0; wait < 600; wait++) {
      if (await holds()) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${what} did not happen`);
  };
  globalThis.textsOf = (client, id) => client.history(id).messages.map(({ text }) => text);
}

export function storing(runner, browser, server) {
  let context;
  let scripts;
  const url = () => `${server.origin.replace("http", "ws")}/v1/ws`;
  const token = (name) => server.token("pairs", name, name);

  async function open() {
    context ??= await browser.newContext({ bypassCSP: true });
    scripts ??= [await bundled(), await bundled("cache", "causerieCache")];
    const page = await context.newPage();
    for (const script of [...scripts, helpers]) await page.addInitScript(script);
    await page.goto(`${server.origin}/healthz`);
    return page;
  }

  runner.test(
    "a page without a connection shows what an earlier page stored, and resumes without holes or doubles",
    async () => {
      const page = await open();
      const given = { url: url(), nowhere, lea: token("storing-lea"), tom: token("storing-tom") };
      const id = await page.evaluate(async ({ url, nowhere, lea, tom }) => {
        const cache = causerieCache.indexedDbCache("lea");
        const client = new causerie.Client({ url, getToken: () => lea, cache });
        const other = new causerie.Client({ url, getToken: () => tom });
        for (const each of [client, other]) each.connect();
        await other.ready(20_000);
        const { id } = await client.startDirect({ externalId: "storing-tom" });
        await client.history(id).loadNewest();
        for (const text of ["one", "two", "three"]) client.send(id, text);
        await until("the messages", () => textsOf(client, id).length === 3);
        // Another client reads the stored state until it has the messages.
        await until("the write", async () => {
          const reader = new causerie.Client({ url: nowhere, getToken: () => lea, cache: causerieCache.indexedDbCache("lea") });
          await until("the read", () => reader.conversationsLoaded || new Promise((done) => setTimeout(() => done(true), 300)));
          return textsOf(reader, id).length === 3;
        });
        client.disconnect();
        await until("Tom's list", () => other.conversation(id));
        for (const text of ["four", "five"]) other.send(id, text);
        await until("the answers", () => other.conversation(id).lastMessage?.text === "five");
        other.disconnect();
        return id;
      }, given);

      await page.reload();
      const seen = await page.evaluate(
        async ({ url, nowhere, lea, id }) => {
          const options = { getToken: () => lea, fetch: null };
          const alone = new causerie.Client({ ...options, url: nowhere, cache: causerieCache.indexedDbCache("lea") });
          alone.connect();
          await until("the stored list", () => alone.conversationsLoaded);
          await until("no connection", () => alone.state.name === "reconnecting");
          const offline = { texts: textsOf(alone, id), me: alone.me?.externalId, state: alone.state.name };
          alone.disconnect();

          const cache = causerieCache.indexedDbCache("lea");
          const client = new causerie.Client({ ...options, url, cache });
          const reported = [];
          const errors = [];
          client.on("message", ({ message }) => reported.push(message.text));
          client.on("error", ({ message }) => errors.push(message));
          client.connect();
          await client.ready(20_000);
          await until("the missed messages", () => textsOf(client, id).length >= 5);
          const online = textsOf(client, id);
          // What would arrive twice would arrive soon.
          await new Promise((done) => setTimeout(done, 500));
          client.disconnect();
          await cache.clear();
          return { offline, online, reported, errors, databases: (await indexedDB.databases()).length };
        },
        { ...given, id },
      );
      assert.deepEqual(seen, {
        offline: { texts: ["one", "two", "three"], me: "storing-lea", state: "reconnecting" },
        online: ["one", "two", "three", "four", "five"],
        reported: ["four", "five"],
        errors: [],
        databases: 0,
      });
      await page.close();
    },
  );

  runner.test("two tabs send their unsent messages once and in the order in which they were written", async () => {
    const [first, second] = [await open(), await open()];
    const given = { url: url(), lea: token("tabs-lea"), tom: token("tabs-tom") };
    const id = await first.evaluate(async ({ url, lea, tom }) => {
      const other = new causerie.Client({ url, getToken: () => tom });
      const client = new causerie.Client({ url, getToken: () => lea });
      for (const each of [other, client]) each.connect();
      await other.ready(20_000);
      const { id } = await client.startDirect({ externalId: "tabs-tom" });
      for (const each of [other, client]) each.disconnect();
      return id;
    }, given);
    const start = ({ url, lea }) => {
      const outboxStore = causerieCache.sharedOutbox(causerie.localStorageOutbox("tabs"), "tabs");
      globalThis.client = new causerie.Client({ url, getToken: () => lea, outboxStore });
    };
    const write = (page, text) =>
      page.evaluate(
        async ({ id, text }) => {
          client.send(id, text);
          await until("the message is stored", () => Object.values(localStorage).some((row) => row.includes(`"${text}"`)));
        },
        { id, text },
      );
    for (const page of [first, second]) await page.evaluate(start, given);
    for (const [page, text] of [
      [first, "one"],
      [second, "two"],
      [first, "three"],
      [second, "four"],
    ]) {
      await write(page, text);
    }
    await Promise.all([first, second].map((page) => page.evaluate(() => client.connect())));
    const sent = (page, count) =>
      page.evaluate(
        async ({ id, count }) => {
          await client.ready(20_000);
          await until("all were sent", async () => {
            await client.history(id).loadNewest();
            return textsOf(client, id).length >= count && !client.history(id).outgoing.length;
          });
          return textsOf(client, id);
        },
        { id, count },
      );
    const written = ["one", "two", "three", "four"];
    assert.deepEqual(await sent(first, 4), written);

    // A tab that is closed before it could send leaves its messages to the other one, which is connected all the time.
    await first.evaluate(() => client.disconnect());
    await write(first, "five");
    await first.close();
    assert.deepEqual(await sent(second, 5), [...written, "five"]);
    await eventually("nothing is stored", () => second.evaluate(() => localStorage.length), equals(0));
    await context.close();
  });
}
