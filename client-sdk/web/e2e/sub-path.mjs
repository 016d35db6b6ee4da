import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { UserPage } from "./harness.mjs";

const prefix = "/chat";

/** A proxy that serves another server under `/chat/`, and nothing else. */
async function proxyTo(origin) {
  const { hostname, port } = new URL(origin);
  const inner = (path) => (path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined);
  const proxy = createServer((asked, answer) => {
    const path = inner(asked.url);
    if (path === undefined) return answer.writeHead(404).end();
    const passed = request({ hostname, port, path, method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  proxy.on("upgrade", (asked, browser, head) => {
    const path = inner(asked.url);
    if (path === undefined) return browser.destroy();
    const server = connect(Number(port), hostname, () => {
      const lines = [`GET ${path} HTTP/1.1`];
      for (let at = 0; at < asked.rawHeaders.length; at += 2) {
        lines.push(`${asked.rawHeaders[at]}: ${asked.rawHeaders[at + 1]}`);
      }
      server.write(`${lines.join("\r\n")}\r\n\r\n`);
      server.write(head);
      server.pipe(browser).pipe(server);
    });
    for (const end of [server, browser]) end.on("error", () => [server, browser].map((other) => other.destroy()));
  });
  await new Promise((listening) => proxy.listen(0, "127.0.0.1", listening));
  return { origin: `http://127.0.0.1:${proxy.address().port}`, close: () => proxy.closeAllConnections() ?? proxy.close() };
}

/** The server is at a path of a larger site. */
export function subPath(runner, browser, server) {
  runner.test("the page works at a path of another site", async () => {
    const proxy = await proxyTo(server.origin);
    try {
      const chooser = await UserPage.open(browser, proxy, `${prefix}/`);
      await chooser.page
        .getByRole("link", { name: /Amélie/ })
        .first()
        .waitFor();
      const amelie = await UserPage.open(browser, proxy, `${prefix}/?as=amelie`);
      await amelie.startWith("Idriss Traoré");
      await amelie.say("from below");
      await amelie
        .messages("from below")
        .getByTitle(/^(Sent|Read)$/)
        .waitFor();
      assert.deepEqual([...chooser.problems, ...amelie.problems], []);
      await chooser.close();
      await amelie.close();
    } finally {
      proxy.close();
    }
  });
}
