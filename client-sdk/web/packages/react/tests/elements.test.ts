// @vitest-environment happy-dom
// The components of the elements, in StrictMode: React mounts each of them twice.
import type { CauserieChat as ChatElement, CauserieContact as ContactElement, GetToken } from "@causerie/widget";
import { act, createElement, createRef, type ReactElement, StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hub } from "../../widget/src/hub.js";
import { CauserieChat, CauserieContact, CauserieUnread } from "../src/elements.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const server = "https://chat.example";

let unmount: () => Promise<void>;

beforeEach(() => {
  // The session is not under test: `start` would open a connection.
  vi.spyOn(hub, "start").mockRejectedValue(new Error("no session"));
});

afterEach(async () => {
  await unmount();
  vi.restoreAllMocks();
  hub.stop();
  Object.assign(hub, { strings: {}, locale: "", signedOut: false, session: undefined });
  document.body.replaceChildren();
});

/** Renders into the document. Returns a function that renders something else in its place. */
async function render(first: ReactElement): Promise<(next: ReactElement) => Promise<void>> {
  const root = createRoot(document.body.appendChild(document.createElement("main")));
  const show = (next: ReactElement): Promise<void> => act(async () => root.render(createElement(StrictMode, null, next)));
  unmount = () => act(async () => root.unmount());
  await show(first);
  return show;
}

const element = (): ChatElement => document.querySelector("causerie-chat") as ChatElement;

test("properties become attributes, and the default when they are left out", async () => {
  const ref = createRef<ChatElement>();
  const settings = { tokenUrl: "/token", locale: "fr", theme: "dark", launcher: ".messages", keepOpen: true } as const;
  const more = { position: "left 24 80", conversation: "c1", notifications: "sound", className: "corner", id: "chat" };
  const show = await render(createElement(CauserieChat, { ref, server, ...settings, ...more }));
  expect(ref.current).toBe(element());
  const attributes = Object.fromEntries([...element().attributes].map(({ name, value }) => [name, value]));
  expect(attributes).toMatchObject({ server, "token-url": "/token", locale: "fr", theme: "dark", launcher: ".messages" });
  expect(attributes).toMatchObject({ "keep-open": "", position: "left 24 80", conversation: "c1", notifications: "sound" });
  expect(attributes).toMatchObject({ class: "corner", id: "chat" });
  expect(hub.signIn).toMatchObject({ server, tokenUrl: "/token" });
  await show(createElement(CauserieChat, { ref, server }));
  const { tokenUrl, locale, theme, launcher, position, conversation, notifications, keepOpen } = element();
  expect({ tokenUrl, locale, conversation, notifications, keepOpen }).toEqual({
    tokenUrl: "",
    locale: "",
    conversation: "",
    notifications: "",
    keepOpen: false,
  });
  expect({ theme, launcher, position }).toEqual({ theme: "auto", launcher: "always", position: "right" });
  expect(element().hasAttribute("class")).toBe(false);
});

test("a new token function at each render requests no new token, and the last one is called", async () => {
  const setToken = vi.spyOn(hub, "setToken");
  const chat = (token: string): ReactElement => createElement(CauserieChat, { server, getToken: () => token });
  const show = await render(chat("first"));
  const { getToken } = element();
  await show(chat("second"));
  expect(element().getToken).toBe(getToken);
  expect(await element().getToken?.()).toBe("second");
  expect(setToken).not.toHaveBeenCalled();
  await show(createElement(CauserieChat, { server, tokenUrl: "/token" }));
  expect(element().getToken).toBeUndefined();
});

test("texts are compared by their content", async () => {
  const changed = vi.spyOn(hub, "changed");
  const chat = (launcher?: string): ReactElement =>
    createElement(CauserieChat, { server, ...(launcher && { strings: { launcher } }) });
  const show = await render(chat("Mail"));
  expect(hub.texts.launcher).toBe("Mail");
  changed.mockClear();
  await show(chat("Mail"));
  expect(changed).not.toHaveBeenCalled();
  await show(chat());
  expect(hub.texts.launcher).toBe("Messages");
});

test("each event calls the listener of the last render once, and none after the component is gone", async () => {
  const calls: unknown[][] = [];
  const listener =
    (...start: unknown[]) =>
    (detail: unknown, event: Event) =>
      void calls.push([...start, detail, event.type]);
  const chat = (name: string): ReactElement =>
    createElement(CauserieChat, {
      server,
      onReady: listener(name),
      onOpen: listener(name),
      onClose: listener(name),
      onUnread: listener(name),
      onMessage: listener(name),
      onError: listener(name),
    });
  const show = await render(chat("first"));
  hub.setUnread(2);
  await show(chat("second"));
  hub.fire("ready", { id: "lea" });
  hub.fire("message", { text: "Hello" });
  hub.fire("error", "broken");
  element().open();
  element().close();
  expect(calls).toEqual([
    ["first", 2, "causerie-unread"],
    ["second", { id: "lea" }, "causerie-ready"],
    ["second", { text: "Hello" }, "causerie-message"],
    ["second", "broken", "causerie-error"],
    ["second", null, "causerie-open"],
    ["second", null, "causerie-close"],
  ]);
  const before = element();
  await show(createElement("p"));
  before.dispatchEvent(new CustomEvent("causerie-unread", { detail: 3 }));
  expect(calls).toHaveLength(6);
});

test("a component that is mounted after the connection hears of the user and of the count", async () => {
  hub.session = { client: { me: { id: "lea" } }, stop: () => {} } as never;
  hub.unread = 4;
  const onReady = vi.fn();
  const onUnread = vi.fn();
  await render(createElement(CauserieChat, { server, onReady, onUnread }));
  expect(onReady.mock.lastCall?.[0]).toEqual({ id: "lea" });
  expect(onUnread.mock.lastCall?.[0]).toBe(4);
});

test("a contact and a badge render what the page gives them, and the contact reports a click", async () => {
  const onContact = vi.fn((_: unknown, event: Event) => event.preventDefault());
  const ref = createRef<ContactElement>();
  const contact = createElement(CauserieContact, { user: "ivo", onContact, ref, className: "wide" }, "Contact instructor");
  await render(createElement("nav", null, contact, createElement(CauserieUnread, { title: "Unread" })));
  const html = '<causerie-contact user="ivo" class="wide">Contact instructor</causerie-contact>';
  expect(document.querySelector("nav")?.innerHTML).toBe(`${html}<causerie-unread title="Unread"></causerie-unread>`);
  const detail = { user: "ivo", contact: {} };
  const event = new CustomEvent("causerie-contact", { detail, bubbles: true, composed: true, cancelable: true });
  expect(ref.current?.dispatchEvent(event)).toBe(false);
  expect(onContact).toHaveBeenCalledExactlyOnceWith(detail, event);
});

test("a browser adopts the HTML of a server, and then sets the token function and the listeners", async () => {
  const getToken: GetToken = () => "token";
  const onUnread = vi.fn();
  const page = createElement(CauserieChat, { server, theme: "dark", getToken, strings: { launcher: "Mail" }, onUnread });
  const main = document.body.appendChild(document.createElement("main"));
  main.innerHTML = renderToString(page);
  expect(main.innerHTML).toBe(`<causerie-chat server="${server}" theme="dark"></causerie-chat>`);
  const adopted = element();
  const complaint = vi.spyOn(console, "error");
  const root = await act(async () => hydrateRoot(main, page));
  unmount = () => act(async () => root.unmount());
  expect(complaint).not.toHaveBeenCalled();
  expect(element()).toBe(adopted);
  expect(await element().getToken?.()).toBe("token");
  expect(hub.texts.launcher).toBe("Mail");
  hub.setUnread(1);
  expect(onUnread.mock.lastCall?.[0]).toBe(1);
});
