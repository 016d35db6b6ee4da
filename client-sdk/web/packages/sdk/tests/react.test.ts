// @vitest-environment happy-dom
// React 19 reads the client by `useSyncExternalStore`, which loops for ever when a snapshot is a new object each time.
import { act, createElement, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { expect, test } from "vitest";
import type { Client, ClientEvents } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, message } from "./harness/fake-server.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

/** A value of the client, kept up to date by one of its events. */
function useClient<Value>(client: Client, event: keyof ClientEvents, read: () => Value): Value {
  return useSyncExternalStore((changed) => client.on(event, changed), read);
}

let renders = 0;

function Chat({ client }: { client: Client }) {
  renders++;
  const history = client.history("c1");
  const state = useClient(client, "state", () => client.state);
  const conversations = useClient(client, "conversations", () => client.conversations);
  const messages = useClient(client, "history", () => history.messages);
  const outgoing = useClient(client, "history", () => history.outgoing);
  const typing = useClient(client, "typing", () => client.typing("c1"));
  const held = useClient(client, "history", () => client.conversation("c1"));
  const nothing = useClient(client, "history", () => client.history("nowhere").messages);
  const unread = useClient(client, "unread", () => client.totalUnread);
  const parts = [
    state.name,
    `${conversations.length} of ${held?.memberCount}`,
    messages.map(({ text }) => text).join("+"),
    outgoing.map(({ text, status }) => `${text} ${status}`).join("+"),
    typing.join("+"),
    nothing.length + unread,
  ];
  return createElement("p", null, parts.join(" | "));
}

test("a component of React 19 shows the client and renders only when something changed", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  const page = document.createElement("div");
  const root = createRoot(page);
  await act(async () => root.render(createElement(Chat, { client })));
  expect(page.textContent).toBe("connected | 1 of 2 |  |  |  | 0");

  const step = async (run: () => unknown): Promise<void> => {
    await act(async () => {
      await run();
      await settled();
    });
  };
  await step(async () => {
    const loading = client.history("c1").loadNewest();
    link.reply(await link.next("getHistory"), { messagePage: { messages: [message("c1", 1)], version: 1 } });
    await loading;
  });
  await step(() => client.send("c1", "mine"));
  await step(() => link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } }));
  expect(page.textContent).toBe("connected | 1 of 2 | text 1 | mine sending | tom | 0");
  const { clientId } = client.history("c1").outgoing[0] ?? {};
  await step(() => link.event({ messageSent: { message: message("c1", 2, { authorId: "lea", clientId: clientId ?? "" }) } }));
  expect(page.textContent).toBe("connected | 1 of 2 | text 1+text 2 |  | tom | 0");

  const drawn = renders;
  await step(() => link.event({ messageSent: { message: message("c1", 2) } }));
  await step(() => link.event({ readStateChanged: { readState: { conversationId: "c1" }, totalUnread: 0 } }));
  expect(renders).toBe(drawn);
  expect(renders).toBeLessThan(20);
  await step(() => link.end());
  expect(page.textContent).toContain("reconnecting");
  await act(async () => root.unmount());
});
