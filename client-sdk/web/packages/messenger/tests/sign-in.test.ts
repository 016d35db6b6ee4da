// @vitest-environment happy-dom
// The token of the page: from the form, from the product's window, or from before a reload. And what happens when its user changes.
import type { Client } from "causerie";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { firstToken } from "../src/handover.js";
import { signInWith } from "../src/sign-in.js";

const part = (fields: object): string => btoa(JSON.stringify(fields)).replace(/=+$/, "");
const tokenOf = (sub: string, exp = 1, kid = "k1"): string => `${part({ kid })}.${part({ sub, exp })}.signature`;

/** The connection that the page has opened last. */
let socket: FakeSocket | undefined;
class FakeSocket {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly requests: { id?: number; [command: string]: unknown }[] = [];

  constructor() {
    socket = this;
    setTimeout(() => this.onopen?.());
  }

  send(text: string): void {
    this.requests.push(JSON.parse(text));
  }

  close(): void {}

  /** Replies to the last request of a command. */
  reply(command: string, result: object): void {
    const request = this.requests.findLast((each) => command in each);
    this.onmessage?.({ data: JSON.stringify({ reply: { id: request?.id, ...result } }) });
  }
}

/** The product's window, which answers with `token` after `delayMs`; it does not answer without a token. */
const product = {
  token: undefined as string | undefined,
  delayMs: 0,
  postMessage(): void {
    const { token } = product;
    if (token === undefined) return;
    const data = { causerie: "token", token };
    const event = Object.assign(new Event("message"), { source: product, origin: "https://product.test", data });
    setTimeout(() => dispatchEvent(event), product.delayMs);
  },
};

let clients: Client[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async () => ({ json: async () => ({ originAllowed: true }) }));
  Object.assign(window, { opener: product });
  Object.assign(product, { token: undefined, delayMs: 0 });
  sessionStorage.clear();
  localStorage.clear();
});
afterEach(() => {
  for (const client of clients) client.disconnect();
  clients = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Resolves with the result of a promise while the time passes. */
async function soon<Value>(promise: Promise<Value>): Promise<Value> {
  await vi.advanceTimersByTimeAsync(5_000);
  return promise;
}

function connect(token: string): Client {
  const client = signInWith(token);
  clients.push(client);
  client.connect();
  return client;
}

/** The tokens in the `hello` of the last connection. */
const helloTokens = (): unknown[] =>
  (socket?.requests ?? []).flatMap(({ hello }) => (hello as { token?: string })?.token ?? []);

test("a page that is loaded again takes the token of the product's window, not the kept one", async () => {
  product.token = tokenOf("anna");
  expect(await soon(firstToken())).toBe(tokenOf("anna"));
  product.token = tokenOf("bert");
  expect(await soon(firstToken())).toBe(tokenOf("bert"));
  product.token = undefined;
  expect(await soon(firstToken())).toBe(tokenOf("bert"));
});

test("a form's token is taken before that of the window, and removed from the page", async () => {
  product.token = tokenOf("anna");
  document.head.insertAdjacentHTML("beforeend", `<meta name="causerie-token" content="${tokenOf("form")}">`);
  expect(await soon(firstToken())).toBe(tokenOf("form"));
  expect(document.querySelector("meta[name=causerie-token]")).toBeNull();
});

test("unsent messages of a user are not sent with the token of another user who signs in before the first welcome", async () => {
  const before = connect(tokenOf("anna"));
  await vi.advanceTimersByTimeAsync(100);
  before.send("c1", "private words of Anna");
  await vi.advanceTimersByTimeAsync(1_000);
  before.disconnect();
  expect(Object.values(localStorage).join()).toContain("private words of Anna");
  // The page is loaded again with the kept token, which has expired; the window answers for another user.
  product.token = tokenOf("bert");
  const client = connect(tokenOf("anna"));
  await vi.advanceTimersByTimeAsync(100);
  socket?.reply("hello", { error: { code: 201, name: "token_expired" } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.state).toMatchObject({ name: "closed", reason: { name: "unauthenticated" } });
  expect(helloTokens()).toEqual([tokenOf("anna")]);
});

test("a new token of the same user continues the session, and is kept", async () => {
  product.token = tokenOf("anna", 2);
  connect(tokenOf("anna"));
  await vi.advanceTimersByTimeAsync(100);
  socket?.reply("hello", { error: { code: 201, name: "token_expired" } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(helloTokens()).toEqual([tokenOf("anna", 2)]);
  expect(Object.values(sessionStorage)).toContain(tokenOf("anna", 2));
});

test("after the welcome the server and the client decide about a token of another key, and it is not kept", async () => {
  product.token = tokenOf("anna", 2, "k2");
  connect(tokenOf("anna"));
  await vi.advanceTimersByTimeAsync(100);
  socket?.reply("hello", { welcome: { me: { id: "id-of-anna" }, tokenTtlMs: 120_000, heartbeatMs: 3_600_000 } });
  socket?.reply("listConversations", { conversationPage: {} });
  await vi.advanceTimersByTimeAsync(62_000);
  expect(socket?.requests.findLast((each) => "refreshToken" in each)).toMatchObject({
    refreshToken: { token: tokenOf("anna", 2, "k2") },
  });
  expect(Object.values(sessionStorage)).not.toContain(tokenOf("anna", 2, "k2"));
});
