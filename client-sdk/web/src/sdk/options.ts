import type { BackoffBounds } from "./backoff.js";
import type { Fetch } from "./diagnosis.js";
import type { OutboxStore } from "./outbox-store.js";
import { requireType } from "./validate.js";

/** What the client needs of a WebSocket; the browser's own fits, so does that of the `ws` package. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown } & never) => void) | null;
  onclose: ((event: { code: number; reason: string } & never) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** Makes sockets. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** Time, replaceable in tests. */
export interface Clock {
  /** Milliseconds since 1970, by the device: it may be wrong, and jump. */
  now(): number;
  /** Milliseconds since any moment. Never jumps. */
  elapsed(): number;
  /** Calls `run` once after `delayMs`; returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Tells `online` and `offline`; `window` in browsers. */
export interface NetworkEventTarget {
  addEventListener(type: "online" | "offline", listener: () => void): void;
  removeEventListener(type: "online" | "offline", listener: () => void): void;
}

/** How to reach a server, and as whom. */
export interface ClientOptions {
  /** `wss://chat.example.org/v1/ws`. */
  url: string;
  /**
   * Asks the embedding product's back end for a token. Called at first, when a token ran out or was refused, and some 60 s before it
   * runs out; at most once in 30 s, whatever happens.
   */
  getToken: () => Promise<string> | string;
  /** Which program speaks, for the server's logs. */
  client?: { name: string; version: string };
  /** Waiting time between attempts; 500 to 20,000 ms. */
  backoff?: Partial<BackoffBounds>;
  /** A command without an answer fails after this long; 10,000 ms. */
  commandTimeoutMs?: number;
  /** A connection that is not welcomed after this long is given up; 10,000 ms. */
  connectTimeoutMs?: number;
  /** Keeps unsent messages over a reload; memory only where absent. One store per person. */
  outboxStore?: OutboxStore;
  /** The environment's, where absent. */
  webSocket?: SocketConstructor;
  /** Asks the server why no socket came about; `null` not to ask. */
  fetch?: Fetch | null;
  clock?: Clock;
  /** 0 to 1, for jitter. */
  random?: () => number;
  /** Makes a UUID for each message. */
  uuid?: () => string;
  /** `null` to hear nothing of the network. */
  networkEventTarget?: NetworkEventTarget | null;
  /** Whether the device has a network, as far as it knows. */
  isOnline?: () => boolean;
}

/** Options with everything filled in. */
export interface Settings {
  url: string;
  getToken: () => Promise<string> | string;
  client: { name: string; version: string };
  backoff: BackoffBounds;
  commandTimeoutMs: number;
  connectTimeoutMs: number;
  outboxStore?: OutboxStore;
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

/** A random UUID. `crypto.randomUUID` is missing on pages served without TLS, so it is not used. */
export function randomUuid(): string {
  const digit = (template: string): string => {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // 0 becomes any digit, 8 becomes 8 to b.
    return (+template ^ (byte & (15 >> (+template / 4)))).toString(16);
  };
  return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, digit);
}

/** The client's own version, told to the server. */
export const sdkVersion = "0.1.0";

/** Fills in the defaults. Throws where an option is missing. */
export function settingsFrom(options: ClientOptions): Settings {
  requireType("options", options, "object");
  requireType("options.url", options.url, "string");
  requireType("options.getToken", options.getToken, "function");
  const webSocket = options.webSocket ?? (globalThis.WebSocket as unknown as SocketConstructor | undefined);
  if (!webSocket) throw new TypeError("`webSocket` must be given, from the package `ws`");
  const scope = globalThis as unknown as Partial<NetworkEventTarget>;
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as ClientOptions;
  return {
    client: { name: "causerie-web", version: sdkVersion },
    commandTimeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    // Wrapped: `fetch` must be called as the environment's own.
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
