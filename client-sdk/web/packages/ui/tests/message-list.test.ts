// @vitest-environment happy-dom
// What a screen reader finds in the list of messages. e2e/accessibility.mjs checks the same in a browser.
import type { Client, Conversation } from "causerie";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type * as wire from "../../sdk/src/wire.gen.js";
import { settled } from "../../sdk/tests/harness/clock.js";
import { conversation, FakeServer, message } from "../../sdk/tests/harness/fake-server.js";
import { setLanguage } from "../src/i18n/index.js";
import type { MessageElement } from "../src/message.js";
import { MessageList } from "../src/message-list.js";
import type { Popup } from "../src/popup.js";

/** Observers of the layout, which this environment does not have. */
class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

beforeEach(async () => {
  vi.stubGlobal("ResizeObserver", NoObserver);
  vi.stubGlobal("IntersectionObserver", NoObserver);
  await setLanguage(["en-GB"]);
});
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

/** A list that shows three messages of Tom in a conversation with Léa. `before` is called before it is opened. */
async function open(more: wire.Conversation = {}, before: (client: Client) => void = () => {}) {
  const { client, link } = await new FakeServer().connected([conversation("c1", 3, more), conversation("c2", 0)]);
  await settled();
  before(client);
  const list = new MessageList();
  list.client = client;
  list.conversation = client.conversation("c1") as Conversation;
  document.body.append(list);
  await list.updateComplete;
  const messages = [1, 2, 3].map((seq) => message("c1", seq));
  link.reply(await link.next("getHistory"), { messagePage: { messages, version: 3 } });
  await settled();
  return { client, link, list };
}

/** The messages in the list, and what is read of each. */
async function heard(list: MessageList): Promise<string[]> {
  await settled();
  await list.updateComplete;
  const shown = [...(list.shadowRoot?.querySelectorAll<MessageElement>('[role="list"] > [role="listitem"]') ?? [])];
  await Promise.all(shown.map((each) => each.updateComplete));
  return shown.map((each) => {
    const root = each.shadowRoot?.cloneNode(true) as ShadowRoot;
    for (const hidden of root.querySelectorAll('[aria-hidden="true"], style')) hidden.remove();
    return (root.textContent ?? "").replace(/\s+/g, " ").trim();
  });
}

test("each message begins with its author, its time and, if it is an own message, its progress", async () => {
  const { client, list } = await open();
  const at = /\d\d:\d\d/.source;
  expect((await heard(list))[1]).toMatch(new RegExp(`^Tom Petit, ${at} text 2$`));
  client.send("c1", "mine");
  expect((await heard(list)).at(-1)).toMatch(new RegExp(`^You, ${at}, sending mine`));
});

test("a message of another conversation does not render the shown one again", async () => {
  const { client, link, list } = await open();
  client
    .history("c2")
    .loadNewest()
    .catch(() => {});
  link.reply(await link.next("getHistory"), { messagePage: { messages: [], version: 0 } });
  await heard(list);
  const render = vi.spyOn(list, "requestUpdate");
  link.event({ messageSent: { message: message("c2", 1, { text: "elsewhere" }) } });
  await settled();
  expect(client.history("c2").messages.map(({ text }) => text)).toEqual(["elsewhere"]);
  expect(render).not.toHaveBeenCalled();
  link.event({ messageSent: { message: message("c1", 4, { text: "here" }) } });
  await settled();
  expect(render).toHaveBeenCalled();
});

test("one message is a stop of the Tab key: the last one, or the focused one", async () => {
  const { list } = await open();
  const stops = async () => {
    await list.updateComplete;
    return [...(list.shadowRoot?.querySelectorAll("causerie-message") ?? [])].map((each) => each.getAttribute("tabindex"));
  };
  expect(await stops()).toEqual(["-1", "-1", "0"]);
  list.shadowRoot?.querySelector("causerie-message")?.dispatchEvent(new Event("focusin", { bubbles: true }));
  expect(await stops()).toEqual(["0", "-1", "-1"]);
});

test("only arrivals are announced: one message as its text, several as their number", async () => {
  const { client, link, list } = await open();
  await vi.waitFor(() => expect(customElements.get("causerie-arrivals")).toBeDefined());
  await list.updateComplete;
  const live = () =>
    list.shadowRoot?.querySelector("causerie-arrivals")?.shadowRoot?.querySelector("[role=status]")?.textContent;
  vi.useFakeTimers();
  const announced = async () => {
    await vi.advanceTimersByTimeAsync(1_100);
    return live();
  };
  client.send("c1", "mine");
  link.event({ messageSent: { message: message("c1", 4, { text: "hello" }) } });
  expect(await announced()).toBe("Tom Petit: hello");
  for (const seq of [5, 6]) link.event({ messageSent: { message: message("c1", seq) } });
  expect(await announced()).toBe("2 new messages");
  await vi.advanceTimersByTimeAsync(15_000);
  expect(live()).toBe("");
  // The list itself is no live region.
  const scroller = list.shadowRoot?.querySelector(".scroller");
  expect(scroller?.querySelectorAll("[aria-live], [role=status], [role=log]")).toHaveLength(0);
});

test("only a message that the user sends now ends the new messages, not a failed one that becomes the last", async () => {
  const { client, list } = await open({ readState: { readSeq: 2, unread: 1 } }, (early) => {
    // Empty texts fail at once.
    for (let count = 0; count < 2; count++) early.send("c1", "");
  });
  const separators = async () => {
    await heard(list);
    return [...(list.shadowRoot?.querySelectorAll("causerie-message[startsnew]") ?? [])].length;
  };
  const failed = client.history("c1").outgoing;
  expect(failed.map(({ status }) => status)).toEqual(["failed", "failed"]);
  expect(await separators()).toBe(1);
  client.discard(failed[1]?.clientId ?? "");
  expect(await separators()).toBe(1);
  client.send("c1", "mine");
  expect(await separators()).toBe(0);
});

test("the menu of a message is closed when another conversation is opened", async () => {
  const { client, link, list } = await open();
  client
    .history("c2")
    .loadNewest()
    .catch(() => {});
  link.reply(await link.next("getHistory"), { messagePage: { messages: [], version: 0 } });
  await heard(list);
  await vi.waitFor(() => expect(customElements.get("causerie-popup")).toBeDefined());
  const popup = list.shadowRoot?.querySelector("causerie-popup") as Popup;
  HTMLElement.prototype.showPopover ??= () => {};
  const anchor = list.shadowRoot?.querySelector("causerie-message") as MessageElement;
  const detail = { message: anchor.message, anchor };
  anchor.dispatchEvent(new CustomEvent("causerie-actions", { detail, bubbles: true }));
  const entries = () => popup.shadowRoot?.querySelectorAll("[role=menuitem]").length;
  await vi.waitFor(() => expect(entries()).toBeGreaterThan(0));
  list.conversation = client.conversation("c2") as Conversation;
  await vi.waitFor(() => expect(entries()).toBe(0));
});
