// @vitest-environment happy-dom
// The hooks in React 19 against a fake server.
import type { Client } from "causerie";
import { act, createElement, type ReactElement, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, expect, test } from "vitest";
import { settled } from "../../sdk/tests/harness/clock.js";
import { conversation, type FakeConnection, FakeServer, message } from "../../sdk/tests/harness/fake-server.js";
import {
  CauserieProvider,
  type HistoryValue,
  useCapabilities,
  useClient,
  useConnectionState,
  useConversation,
  useConversations,
  useHistory,
  useTyping,
  useUnread,
} from "../src/index.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const roots: Root[] = [];

afterEach(async () => {
  for (const root of roots.splice(0)) await act(async () => root.unmount());
});

/** Renders elements below a provider. `draw` renders others into the same root. */
async function shown(client: Client | undefined, ...children: ReactElement[]) {
  const page = document.createElement("div");
  const root = createRoot(page);
  roots.push(root);
  const draw = (...elements: ReactElement[]) =>
    step(() => root.render(createElement(CauserieProvider, { client }, ...elements)));
  await draw(...children);
  return { page, root, draw };
}

/** Runs something that changes what React shows, and waits until it has. */
async function step(run: () => unknown): Promise<void> {
  await act(async () => {
    await run();
    await settled();
  });
}

/** Answers the next request for the newest messages. */
async function answerHistory(link: FakeConnection, ...texts: string[]): Promise<void> {
  const request = await link.next("getHistory");
  const id = request.body.conversationId ?? "";
  const messages = texts.map((text, at) => message(id, at + 1, { text }));
  await step(() => link.reply(request, { messagePage: { messages, version: texts.length } }));
}

test("the hooks show the client, and render only when their part has changed", async () => {
  const renders = { list: 0, chat: 0, unread: 0 };
  function List() {
    renders.list++;
    const { conversations, loaded, hasMore } = useConversations();
    return createElement("p", null, `${conversations.map(({ id }) => id).join("+")} ${loaded} ${hasMore};`);
  }
  let held: HistoryValue | undefined;
  function Chat({ id }: { id: string }) {
    renders.chat++;
    const history = useHistory(id);
    held = history;
    const parts = [
      useConnectionState().name,
      history.messages.map(({ text }) => text).join("+"),
      history.outgoing.map(({ text, status }) => `${text} ${status}`).join("+"),
      useTyping(id).join("+"),
      [...useCapabilities(id)].join("+"),
    ];
    return createElement("p", null, `${parts.join("|")};`);
  }
  function Unread() {
    renders.unread++;
    return createElement("p", null, `${useUnread()} ${useUnread("c1")} ${useUnread("nowhere")}`);
  }
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1), conversation("c2")]);
  const { page } = await shown(client, createElement(List), createElement(Chat, { id: "c1" }), createElement(Unread));
  await answerHistory(link, "hello");
  expect(page.textContent).toBe("c2+c1 true false;connected|hello|||send;0 0 0");

  await step(() => link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } }));
  await step(() => held?.send("mine"));
  expect(page.textContent).toContain("connected|hello|mine sending|tom|send;");
  const { clientId = "" } = held?.outgoing[0] ?? {};
  await step(() => link.event({ messageSent: { message: message("c1", 2, { authorId: "lea", clientId, text: "mine" }) } }));
  await step(() =>
    link.event({ readStateChanged: { readState: { conversationId: "c1", readSeq: 1, unread: 1 }, totalUnread: 3 } }),
  );
  await step(() => link.event({ capabilitiesChanged: { conversationId: "c1", capabilities: [] } }));
  expect(page.textContent).toBe("c2+c1 true false;connected|hello+mine||tom|;3 1 0");

  const before = { ...renders };
  const same = held;
  await step(() => link.event({ messageSent: { message: message("c1", 2) } }));
  await step(() => link.event({ typing: { conversationId: "c2", userId: "tom", typing: true } }));
  await step(() => link.event({ memberRead: { conversationId: "c1", userId: "tom", readSeq: 0 } }));
  expect(renders).toEqual(before);
  await step(() => link.event({ memberRead: { conversationId: "c1", userId: "tom", readSeq: 1 } }));
  expect(renders).toEqual({ ...before, list: before.list + 1 });
  expect(held).toBe(same);
  expect(renders.chat).toBeLessThan(20);
});

test("pages are loaded by the functions of the hooks", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 3)]);
  let held: HistoryValue | undefined;
  function Chat() {
    held = useHistory("c1");
    return null;
  }
  await shown(client, createElement(Chat));
  const newest = await link.next("getHistory");
  await step(() => link.reply(newest, { messagePage: { messages: [message("c1", 3)], moreBefore: true, version: 3 } }));
  expect([held?.loaded, held?.moreBefore, held?.moreAfter]).toEqual([true, true, false]);
  const loading = held?.loadOlder();
  const older = await link.next("getHistory");
  expect(older.body).toEqual({ conversationId: "c1", beforeSeq: 3 });
  await step(() => link.reply(older, { messagePage: { messages: [message("c1", 1), message("c1", 2)], version: 3 } }));
  await loading;
  expect(held?.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(held?.moreBefore).toBe(false);
});

test("a conversation that is not in the list is loaded, and another id shows another conversation", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  function Chat({ id }: { id: string | undefined }) {
    const { conversation: shownNow, error } = useConversation(id);
    const history = useHistory(id);
    const texts = history.messages.map(({ text }) => text).join("+");
    return createElement("p", null, `${shownNow?.id} ${texts} ${error?.name} ${history.error?.name}`);
  }
  const { page, draw } = await shown(client, createElement(Chat, { id: "far" }));
  for (let request = 0; request < 2; request++) {
    const asked = await link.next("getConversation");
    expect(asked.body.conversationId).toBe("far");
    await step(() => link.reply(asked, { conversationFound: { conversation: conversation("far", 1) } }));
  }
  await answerHistory(link, "from far away");
  expect(page.textContent).toBe("far from far away undefined undefined");

  await draw(createElement(Chat, { id: "gone" }));
  for (let request = 0; request < 2; request++) {
    const asked = await link.next("getConversation");
    await step(() => link.refuse(asked, { code: 250, name: "not_found" }));
  }
  expect(page.textContent).toBe("undefined  not_found not_found");
  await draw(createElement(Chat, { id: undefined }));
  expect(page.textContent).toBe("undefined  undefined undefined");
  await draw(createElement(Chat, { id: "far" }));
  expect(page.textContent).toBe("far from far away undefined undefined");
});

test("messages that could not be loaded are loaded after the reconnection", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  function Chat() {
    return createElement("p", null, String(useHistory("c1").messages.length));
  }
  const { page } = await shown(client, createElement(Chat));
  await link.next("getHistory");
  await step(() => link.end());
  expect(page.textContent).toBe("0");
  let next: FakeConnection | undefined;
  await step(async () => {
    await server.clock.advance(2_000);
    next = (await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } })).link;
  });
  if (next) await answerHistory(next, "late");
  expect(page.textContent).toBe("1");
});

test("in StrictMode the provider opens one connection, and closes it when the last provider is gone", async () => {
  const server = new FakeServer();
  const client = server.client();
  function State() {
    return createElement("p", null, useConnectionState().name);
  }
  const element = createElement(
    StrictMode,
    null,
    createElement(CauserieProvider, { client }, createElement(State)),
    createElement(CauserieProvider, { client }, createElement(State)),
  );
  const page = document.createElement("div");
  const root = createRoot(page);
  roots.push(root);
  await step(() => root.render(element));
  await step(() => server.welcome());
  expect(page.textContent).toBe("connectedconnected");
  expect(server.links).toHaveLength(1);
  expect(server.tokens).toBe(1);
  await step(() => root.render(createElement(CauserieProvider, { client }, createElement(State))));
  expect(client.state.name).toBe("connected");
  expect(server.links).toHaveLength(1);
  await step(() => root.render(null));
  expect(client.state.name).toBe("disconnected");
});

test("the provider leaves a client alone that the application has connected", async () => {
  const server = new FakeServer();
  const { client } = await server.connected([]);
  const { root } = await shown(client);
  await step(() => root.unmount());
  expect(client.state.name).toBe("connected");
});

test("without a provider a hook says what is missing", async () => {
  function Lost() {
    useClient();
    return null;
  }
  const root = createRoot(document.createElement("div"), { onUncaughtError: () => {} });
  roots.push(root);
  const rendered = step(() => root.render(createElement(Lost)));
  await expect(rendered).rejects.toThrow("need a <CauserieProvider client={…}> above this component");
});
