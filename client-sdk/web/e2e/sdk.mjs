import assert from "node:assert/strict";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pairs = 15;

/** The SDK as a script that sets `causerie`, or another of its entry points. */
export async function bundled(entry = "index", name = "causerie") {
  const lib = { entry: `packages/sdk/src/${entry}.ts`, formats: ["iife"], name };
  const options = { root, configFile: false, logLevel: "silent", build: { write: false, target: "es2022", lib } };
  const [{ output }] = await build(options);
  return `${output[0].code}; globalThis.${name} = ${name};`;
}

export function addPairs(server) {
  server.addTenant("pairs");
}

/** The SDK in a browser, without the messenger, against the real server. */
export function sdk(runner, browser, server) {
  let context;
  let page;
  const tokens = new Map();
  const tokenOf = (name) => {
    if (!tokens.has(name)) tokens.set(name, server.token("pairs", name, name));
    return tokens.get(name);
  };

  /** A page that contains only the SDK. */
  async function open(address, prepare = () => {}) {
    const opened = await context.newPage();
    await opened.addInitScript(await bundled());
    await opened.addInitScript(prepare);
    await opened.goto(address);
    return opened;
  }

  const url = () => `${server.origin.replace("http", "ws")}/v1/ws`;

  runner.test("the SDK reports each message of a new conversation once, on every device", async () => {
    context = await browser.newContext({ bypassCSP: true });
    page = await open(`${server.origin}/healthz`);
    const userPairs = Array.from({ length: pairs }, (_, index) => [`listener-${index}`, `writer-${index}`]);
    const signed = userPairs.map((pair) => pair.map(tokenOf));
    const reported = await page.evaluate(
      async ({ url, userPairs, signed }) => {
        const connected = async (token) => {
          const client = new causerie.Client({ url, getToken: () => token });
          const texts = [];
          client.on("message", ({ message }) => texts.push(message.text));
          client.connect();
          await client.ready(20_000);
          return { client, texts };
        };
        const until = async (holds) => {
          for (let wait = 0; wait < 200 && !holds(); wait++) await new Promise((done) => setTimeout(done, 50));
        };
        const meet = async ([listener], [listens, writes], index) => {
          const ends = await Promise.all([connected(listens), connected(listens), connected(writes)]);
          const writer = ends[2].client;
          const first = index % 2 ? { clientId: causerie.randomUuid(), text: "first" } : undefined;
          const { id } = await writer.startDirect({ externalId: listener }, first);
          for (let at = 0; at < 3; at++) {
            writer.send(id, `m${at}`);
            if (index % 3) await new Promise((done) => setTimeout(done, 30));
          }
          await until(() => ends.every(({ texts }) => texts.includes("m2")));
          // Duplicates would arrive soon.
          await new Promise((done) => setTimeout(done, 300));
          for (const { client } of ends) client.disconnect();
          return ends.map(({ texts }) => texts);
        };
        return Promise.all(userPairs.map((pair, index) => meet(pair, signed[index], index)));
      },
      { url: url(), userPairs, signed },
    );
    for (const [index, ends] of reported.entries()) {
      const texts = [...(index % 2 ? ["first"] : []), "m0", "m1", "m2"];
      assert.deepEqual(ends, [texts, texts, texts], `pair ${index}`);
    }
  });

  runner.test("messages that the server refuses fail one by one, also after a reload", async () => {
    const run = (token) => async () => {
      const outgoing = await page.evaluate(
        async ({ url, token }) => {
          const client = new causerie.Client({ url, getToken: () => token, outboxStore: causerie.localStorageOutbox("lea") });
          const errors = [];
          client.on("error", ({ name }) => errors.push(name));
          client.connect();
          await client.ready(20_000);
          const { id } = await client.startNoteToSelf();
          const restored = client.history(id).outgoing.length;
          if (!restored) for (const text of ["cut \ud83d", "x".repeat(70_000), "a\u0092b"]) client.send(id, text);
          const { clientId } = client.send(id, "a\u000bb\u0085c");
          const arrived = () => client.history(id).outgoing.every((each) => each.clientId !== clientId);
          for (let wait = 0; wait < 200 && !arrived(); wait++) await new Promise((done) => setTimeout(done, 50));
          const text = client.conversation(id).lastMessage?.text;
          const edit = await client.edit(id, client.conversation(id).lastMessage.id, "\udc00").catch(({ field }) => field);
          const failed = client.history(id).outgoing.map(({ status, error }) => `${status} ${error?.name} ${error?.field}`);
          const result = { failed, text, edit, errors, state: client.state.name };
          client.disconnect();
          return result;
        },
        { url: url(), token },
      );
      assert.deepEqual(outgoing, {
        failed: ["invalid", "too_large", "invalid"].map((name) => `failed ${name} sendMessage.text`),
        text: "a\nb\nc",
        edit: "editMessage.text",
        errors: [],
        state: "connected",
      });
    };
    const again = run(tokenOf("lea"));
    await again();
    await page.reload();
    await again();
  });

  runner.test("a device whose clock is 61 minutes ahead requests one token", async () => {
    const ahead = await open(`${server.origin}/healthz`, () => {
      const now = Date.now;
      Date.now = () => now() + 61 * 60_000;
    });
    const asked = await ahead.evaluate(
      async ({ url, token }) => {
        let count = 0;
        const client = new causerie.Client({ url, getToken: () => (++count ? token : "") });
        client.connect();
        await client.ready(20_000);
        await new Promise((done) => setTimeout(done, 3_000));
        const { name } = client.state;
        client.disconnect();
        return `${count} ${name}`;
      },
      { url: url(), token: tokenOf("lea") },
    );
    assert.equal(asked, "1 connected");
    await ahead.close();
  });

  runner.test("a refused origin, a wrong path and a missing server are distinguished", async () => {
    const other = createServer((_, answer) => answer.end("another site"));
    await new Promise((listening) => other.listen(0, "127.0.0.1", listening));
    const elsewhere = `http://127.0.0.1:${other.address().port}`;
    try {
      const foreign = await open(elsewhere);
      const reasonAt = (at, address) =>
        at.evaluate(
          async ({ url, token }) => {
            const client = new causerie.Client({ url, getToken: () => token, backoff: { minMs: 50, maxMs: 100 } });
            const reported = new Promise((resolve) => client.on("error", ({ name, message }) => resolve({ name, message })));
            client.connect();
            const reason = await Promise.race([reported, client.ready(20_000).then(() => ({ name: "connected" }))]);
            const { state } = client;
            client.disconnect();
            return { ...reason, state: state.name, same: state.name === "connected" || state.reason?.name === reason.name };
          },
          { url: address, token: tokenOf("lea") },
        );
      const refused = await reasonAt(foreign, url());
      assert.equal(refused.name, "origin_refused", JSON.stringify(refused));
      assert.match(refused.message, new RegExp(elsewhere));
      const wrong = url().replace("/v1/ws", "/v1/socket");
      for (const at of [page, foreign]) assert.equal((await reasonAt(at, wrong)).name, "wrong_address");
      // A page can't read the answer of another site, so nothing seems to answer.
      assert.equal((await reasonAt(page, elsewhere.replace("http", "ws"))).name, "unreachable");
      assert.equal((await reasonAt(page, "ws://127.0.0.1:9/v1/ws")).name, "unreachable");
      assert.equal((await reasonAt(page, url())).name, "connected");
    } finally {
      other.close();
      await context.close();
    }
  });
}
