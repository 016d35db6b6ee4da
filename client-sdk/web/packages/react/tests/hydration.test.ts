// @vitest-environment happy-dom
import { act, createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { expect, test } from "vitest";
import { settled } from "../../sdk/tests/harness/clock.js";
import { conversation, FakeServer, message } from "../../sdk/tests/harness/fake-server.js";
import { Chat } from "./harness/chat.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

test("a browser adopts the HTML of a server without a mismatch, and then shows what the client has", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  const loading = client.history("c1").loadNewest();
  link.reply(await link.next("getHistory"), { messagePage: { messages: [message("c1", 1)], version: 1 } });
  await loading;
  const page = document.createElement("div");
  page.innerHTML = "<p>disconnected 0 0 0 0</p>";
  const adopted = page.firstChild;
  const mismatches: unknown[] = [];
  const root = await act(async () => {
    const onRecoverableError = (error: unknown) => mismatches.push(error);
    const hydrated = hydrateRoot(page, createElement(Chat, { client }), { onRecoverableError });
    await settled();
    return hydrated;
  });
  expect(mismatches).toEqual([]);
  expect(page.firstChild).toBe(adopted);
  expect(page.textContent).toBe("connected 1 1 0 1");
  await act(async () => root.unmount());
});
