import type { BackoffBounds } from "./backoff.js";
import type { Cache } from "./cache-host.js";
import type { Fetch } from "./diagnosis.js";
import type { OutboxStore } from "./outbox-store.js";
import { requireType } from "./validate.js";

/** The part of a WebSocket that the client uses. The WebSocket of browsers and that of the package `ws` have it. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown } & never) => void) | null;
  onclose: ((event: { code: number; reason: string } & never) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** The constructor of a WebSocket. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** The source of time; tests replace it. */
export interface Clock {
  /** Milliseconds since 1970, by the clock of the device, which may be wrong and may jump. */
  now(): number;
  /** Milliseconds since an arbitrary moment. Monotonic. */
  elapsed(): number;
  /** Calls `run` once after `delayMs`. Returns a function that cancels the call. */
  after(delayMs: number, run: () => void): () => void;
}

/** Dispatches `online` and `offline` events; `window` in browsers. */
export interface NetworkEventTarget {
  addEventListener(type: "online" | "offline", listener: () => void): void;
  removeEventListener(type: "online" | "offline", listener: () => void): void;
}

/** Options of a `Client`. */
export interface ClientOptions {
  /** The address of the server's WebSocket endpoint, such as `wss://chat.example.org/v1/ws`. */
  url: string;
  /**
   * Requests a token from the back end of the embedding product. Called before the first connection, when the token has expired or was
   * refused, and 60 s before its expiry; at most once in 30 s. When it rejects with a `CauserieError` that is not `temporary`, the client
   * closes; after any other error it is called again.
   */
  getToken: () => Promise<string> | string;
  /** Name and version of the program, for the server's logs. Default: `causerie-web`. */
  client?: { name: string; version: string };
  /** Bounds of the delay between attempts to connect. Default: 500 to 20,000 ms. */
  backoff?: Partial<BackoffBounds>;
  /** Time to wait for a connection, and then for the reply to a command. Default: 10,000 ms. */
  commandTimeoutMs?: number;
  /** Time to wait for the server to accept a connection. Default: 10,000 ms. */
  connectTimeoutMs?: number;
  /** Stores unsent messages, so that they survive a reload. Each user needs their own store. Default: memory only. */
  outboxStore?: OutboxStore;
  /**
   * Keeps the list and the loaded messages over restarts: `indexedDbCache` from `causerie/cache`. Each client needs a cache of its own, and
   * each user another name. Default: none.
   */
  cache?: Cache;
  /** The WebSocket constructor. Default: that of the environment. */
  webSocket?: SocketConstructor;
  /** Used to find out why a connection fails; `null` turns this off. Default: `fetch` of the environment. */
  fetch?: Fetch | null;
  /** Default: the clock of the system. */
  clock?: Clock;
  /** Returns 0 to 1, for the jitter of delays. Default: `Math.random`. */
  random?: () => number;
  /** Makes the client ids of messages. Default: `randomUuid`. */
  uuid?: () => string;
  /** Source of `online` and `offline` events; `null` for none. Default: `window`. */
  networkEventTarget?: NetworkEventTarget | null;
  /** Whether the device is online. Default: `navigator.onLine`. */
  isOnline?: () => boolean;
}

/** Options with all defaults filled in. */
export interface Settings {
  url: string;
  getToken: () => Promise<string> | string;
  client: { name: string; version: string };
  backoff: BackoffBounds;
  commandTimeoutMs: number;
  connectTimeoutMs: number;
  outboxStore?: OutboxStore;
  cache?: Cache;
  webSocket: SocketConstructor;
  fetch: Fetch | null;
  clock: Clock;
  random: () => number;
  uuid: () => string;
  networkEventTarget: NetworkEventTarget | null;
  isOnline: () => boolean;
}

const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A random UUID of version 4. Browsers offer `crypto.randomUUID` only to pages with TLS, so it is not used. */
export function randomUuid(): string {
  const digit = (template: string): string => {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // 0 becomes any digit, 8 becomes 8 to b.
    return (+template ^ (byte & (15 >> (+template / 4)))).toString(16);
  };
  return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, digit);
}

/** The version of this SDK, which is sent to the server. */
export const sdkVersion = "0.1.0";

/** Fills in the defaults. Throws a `TypeError` when a required option is missing or there is no WebSocket. */
export function settingsFrom(options: ClientOptions): Settings {
  requireType("options", options, "object");
  requireType("options.url", options.url, "string");
  requireType("options.getToken", options.getToken, "function");
  const webSocket = options.webSocket ?? (globalThis.WebSocket as unknown as SocketConstructor | undefined);
  if (!webSocket) throw new TypeError("`webSocket` must be given");
  const scope = globalThis as unknown as Partial<NetworkEventTarget>;
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as ClientOptions;
  return {
    client: { name: "causerie-web", version: sdkVersion },
    commandTimeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    // Wrapped, because browsers require `fetch` to be called without another `this`.
    fetch: (url, init) => fetch(url, init),
    clock: systemClock,
    random: Math.random,
    uuid: randomUuid,
    networkEventTarget: scope.addEventListener ? (scope as NetworkEventTarget) : null,
    isOnline: () => globalThis.navigator?.onLine !== false,
    ...given,
    backoff: { minMs: 500, maxMs: 20_000, ...options.backoff },
    webSocket,
  };
}
