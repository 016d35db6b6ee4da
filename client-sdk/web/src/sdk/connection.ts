// One connection after another: connect, say hello, stay, come back. What the frames mean is the client's business.
import { fullJitter, later, returnAfter } from "./backoff.js";
import { diagnose, finding } from "./diagnosis.js";
import { asError, type CauserieError, closedByServer, notConnected, timedOut } from "./errors.js";
import { Heartbeat, patienceMs } from "./heartbeat.js";
import type { Settings, SocketLike } from "./options.js";
import { type Answers, type CommandBody, type CommandName, Requests } from "./requests.js";
import { kept } from "./stable.js";
import { askEveryMs, Tokens } from "./tokens.js";
import { tooLarge, utf8Length, validate } from "./validate.js";
import type * as wire from "./wire.gen.js";

/** Where the connection stands. */
export type ConnectionState =
  /** Not asked to connect, or asked to stop. */
  | { readonly name: "disconnected" }
  /** The first attempt is under way. */
  | { readonly name: "connecting" }
  | { readonly name: "connected" }
  /**
   * An attempt failed or the connection was lost; the client keeps trying. `waitingForNetwork`: the device itself is offline.
   * `reason`: what somebody has to mend before an attempt can succeed, where that could be found out.
   */
  | { readonly name: "reconnecting"; readonly waitingForNetwork: boolean; readonly reason?: CauserieError | undefined }
  /** The server does not want this client back as it is; `connect` tries again with a fresh token. Calls reject with `reason`. */
  | { readonly name: "closed"; readonly reason: CauserieError };

/** Who listens to a connection. */
export interface ConnectionListener {
  /** What is still held, presented with the next hello. */
  held(): wire.Resume | undefined;
  /** What the server accepts, as it told last. */
  limits(): wire.Limits;
  welcomed(welcome: wire.Welcome): void;
  event(event: wire.Event): void;
  /** The server closed the connection over a frame. Returns whether the client may come back without that frame. */
  suspect(error: CauserieError): boolean;
  state(state: ConnectionState): void;
  /** There is reason to doubt the connection, or no more. */
  doubt(inDoubt: boolean): void;
  error(error: CauserieError): void;
}

/** A connection that lasted this long was a good one: the next loss starts again with short waits. */
const stableMs = 5_000;
/** Until `Welcome` tells. */
const defaultHeartbeatMs = 30_000;
const subprotocol = "causerie.v1.json";
const tokenExpired = 4003;
const unauthenticated = 4502;
/** In an error, where 4003 is in a close frame. */
const tokenExpiredError = 201;
const unauthenticatedError = 200;

/** Holds at most one socket and decides when there is another. */
export class Connection {
  #state: ConnectionState = { name: "disconnected" };
  #socket: SocketLike | undefined;
  #requests: Requests | undefined;
  #heartbeat: Heartbeat | undefined;
  /** Counts attempts: an answer to an older one is not heard. */
  #attempt = 0;
  /** Attempts in a row that came to nothing. */
  #failures = 0;
  #connectedAt = 0;
  /** The socket of this attempt came about. */
  #opened = false;
  /** What keeps sockets from opening. */
  #obstacle: CauserieError | undefined;
  /** Why the last attempt came to nothing, where that is known at once. */
  #failure: CauserieError | undefined;
  #refreshing = false;
  #refusedOnce = false;
  #goingAwayMs: number | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelWelcome: () => void = () => {};
  /** Told when connected, or given up. */
  readonly #waiting = new Set<() => void>();
  readonly #tokens: Tokens;

  readonly #settings: Settings;
  readonly #listener: ConnectionListener;

  constructor(settings: Settings, listener: ConnectionListener) {
    this.#settings = settings;
    this.#listener = listener;
    const isWanted = (): boolean => this.#wanted || this.#state.name === "connected";
    this.#tokens = new Tokens(settings.clock, settings.getToken, isWanted);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Starts. While it waits to come back, tries at once; harmless when connected. */
  connect(): void {
    const { name } = this.#state;
    if (name === "reconnecting") return this.#again();
    if (name !== "disconnected" && name !== "closed") return;
    if (name === "closed") this.#tokens.drop();
    this.#failures = 0;
    this.#refusedOnce = false;
    this.#settings.networkEventTarget?.addEventListener("online", this.#online);
    this.#settings.networkEventTarget?.addEventListener("offline", this.#offline);
    this.#enter({ name: "connecting" });
    void this.#open();
  }

  /** Stops, and stays away until `connect`. */
  disconnect(): void {
    this.#leave({ name: "disconnected" });
  }

  /** Resolves when connected; rejects when stopped, refused or late. */
  connected(timeoutMs: number): Promise<void> {
    if (this.#state.name === "connected") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(settle);
        cancel();
        if (this.#state.name === "connected") resolve();
        else reject(this.#absence(this.#state));
      };
      const cancel = this.#settings.clock.after(timeoutMs, settle);
      if (this.#wanted) this.#waiting.add(settle);
      else settle();
    });
  }

  /** Sends a command and waits for its answer, and before that for a connection. */
  async call<Name extends CommandName>(name: Name, body: CommandBody<Name>): Promise<Answers[Name]> {
    const refusal = validate(name, body, this.#listener.limits());
    if (refusal) throw refusal;
    // A copy: the caller may change its lists while the command waits for a connection.
    const copy = JSON.parse(JSON.stringify(body)) as CommandBody<Name>;
    await this.connected(this.#settings.commandTimeoutMs);
    const requests = this.#requests;
    if (!requests) throw this.#absence(this.#state);
    const { clock, commandTimeoutMs } = this.#settings;
    const cancelDoubt = clock.after(patienceMs, () => requests === this.#requests && this.#heartbeat?.probe());
    return requests.call(name, copy, commandTimeoutMs).finally(cancelDoubt);
  }

  /** Sends a command that wants no reply, if there is a connection. */
  notify<Name extends CommandName>(name: Name, body: CommandBody<Name>): void {
    if (this.#state.name === "connected") this.#requests?.notify(name, body);
  }

  async #open(): Promise<void> {
    this.#cancelRetry = undefined;
    const attempt = ++this.#attempt;
    let token: string;
    try {
      token = await this.#tokens.current();
    } catch (thrown) {
      if (attempt !== this.#attempt || !this.#wanted) return;
      const error = asError(thrown);
      this.#listener.error(error);
      this.#failure = error;
      if (error.temporary) return this.#retry(1006);
      return this.#leave({ name: "closed", reason: error });
    }
    // Stopped, or started anew, while the token was fetched.
    if (attempt !== this.#attempt || !this.#wanted) return;
    const { clock, webSocket, url, client, connectTimeoutMs } = this.#settings;
    let socket: SocketLike;
    try {
      socket = new webSocket(url, [subprotocol]);
    } catch (thrown) {
      // Not an address, or one without TLS on a page with it: it is the same at every attempt.
      return this.#leave({ name: "closed", reason: finding("invalid_url", `\`${url}\`: ${asError(thrown).message}`, false) });
    }
    const requests = new Requests(clock, (request) => {
      const frame = JSON.stringify(request);
      const { frameBytesMax = 64 * 1024 } = this.#listener.limits();
      // The server would close the connection over it, and again on every repetition.
      if (utf8Length(frame) > frameBytesMax) throw tooLarge(Object.keys(request).at(-1) ?? "", frameBytesMax);
      if (socket.readyState === 1) socket.send(frame);
    });
    this.#socket = socket;
    this.#requests = requests;
    this.#opened = false;
    this.#cancelWelcome = clock.after(connectTimeoutMs, () => this.#lost());
    socket.onopen = () => {
      this.#opened = true;
      const resume = this.#listener.held();
      requests.call("hello", { token, client, ...(resume && { resume }) }, connectTimeoutMs).then(
        (welcome) => this.#welcomed(welcome),
        (error: CauserieError) => {
          if (socket === this.#socket) this.#refused(error);
        },
      );
    };
    socket.onmessage = ({ data }) => this.#frame(data);
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    // `close` follows every error and says more.
    socket.onerror = () => {};
  }

  #frame(data: unknown): void {
    this.#heartbeat?.heard();
    let frame: wire.ServerFrame;
    try {
      frame = JSON.parse(String(data));
    } catch (thrown) {
      return this.#listener.error(asError(thrown));
    }
    if (frame.reply) return this.#requests?.settle(frame.reply);
    const { event } = frame;
    if (!event) return;
    if (event.goingAway) this.#goingAwayMs = event.goingAway.reconnectAfterMs ?? 0;
    else if (event.tokenExpiring) void this.#refreshToken();
    else this.#listener.event(event);
  }

  #welcomed(welcome: wire.Welcome): void {
    this.#cancelWelcome();
    this.#refusedOnce = false;
    this.#obstacle = undefined;
    this.#connectedAt = this.#settings.clock.elapsed();
    this.#tokens.lives(welcome, () => void this.#refreshToken());
    this.#heartbeat = new Heartbeat(
      this.#settings.clock,
      welcome.heartbeatMs || defaultHeartbeatMs,
      () => void this.#requests?.call("ping", {}, this.#settings.commandTimeoutMs).catch(() => {}),
      () => this.#lost(),
      (inDoubt) => this.#listener.doubt(inDoubt),
    );
    this.#listener.welcomed(welcome);
    this.#enter({ name: "connected" });
  }

  #refused(error: CauserieError): void {
    // A fresh token may help.
    if (error.code === unauthenticatedError || error.code === tokenExpiredError) return this.#retryWithFreshToken(error);
    if (error.temporary) return this.#lost(1006, "", error);
    this.#listener.error(error);
    this.#leave({ name: "closed", reason: error });
  }

  /**
   * A refused token is replaced once; a product that signs tokens the server does not take would else be asked for ever. One that is
   * fresh and can't be trusted is no better the next time.
   */
  #retryWithFreshToken(reason: CauserieError): void {
    this.#tokens.drop();
    const isHopeless = reason.code !== tokenExpiredError && this.#tokens.waitMs > 0;
    if (this.#refusedOnce || isHopeless) return this.#leave({ name: "closed", reason });
    this.#refusedOnce = true;
    // There may be a while until the next token is asked for.
    this.#listener.error(reason);
    this.#drop();
    this.#enterReconnecting(reason);
    void this.#open();
  }

  #lost(code = 1006, name = "", failure?: CauserieError): void {
    const reason = closedByServer(code, name);
    const isConnected = this.#state.name === "connected";
    this.#failure = failure ?? (code === 1006 ? undefined : reason);
    if (code === unauthenticated) return this.#retryWithFreshToken(reason);
    if (code === tokenExpired) this.#tokens.drop();
    // Codes below `unauthenticated` blame a frame, the others the user.
    const isSuspect = !reason.temporary && code < unauthenticated && isConnected && this.#listener.suspect(reason);
    if (!reason.temporary && !isSuspect) return this.#leave({ name: "closed", reason });
    if (isConnected && this.#settings.clock.elapsed() - this.#connectedAt >= stableMs) this.#failures = 0;
    if (!this.#opened) void this.#diagnose(this.#attempt, this.#failures + 1);
    this.#drop();
    this.#retry(isSuspect ? 1006 : code);
  }

  /** Asks why no socket came about: at first, and at every fourth failure in a row. */
  async #diagnose(attempt: number, failures: number): Promise<void> {
    const { url, fetch, isOnline } = this.#settings;
    if (!fetch || !isOnline() || (failures > 1 && failures % 4)) return;
    const found = await diagnose(url, fetch, failures > 1);
    // Connected, stopped or on another attempt meanwhile.
    if (this.#state.name !== "reconnecting" || this.#opened || attempt + 1 < this.#attempt) return;
    if (found && found.message !== this.#obstacle?.message) this.#listener.error(found);
    this.#obstacle = found;
    this.#enter({ ...this.#state, reason: found });
  }

  #retry(code: number): void {
    const { backoff, random, clock } = this.#settings;
    let delayMs = fullJitter(this.#failures++, backoff, random);
    if (returnAfter(code) === "later") delayMs = later(backoff, random);
    // The server spreads its clients over time itself.
    if (this.#goingAwayMs !== undefined) delayMs = this.#goingAwayMs;
    this.#goingAwayMs = undefined;
    this.#enterReconnecting(this.#obstacle);
    this.#cancelRetry = clock.after(delayMs, () => void this.#open());
  }

  /** The network is back: try at once, or make sure that the connection still lives. */
  readonly #online = (): void => {
    if (this.#state.name === "reconnecting") this.#again();
    else this.#heartbeat?.probe();
  };

  /** Tries now. An attempt that is under way may hang on the network of before: it is given up. */
  #again(): void {
    this.#failures = 0;
    this.#drop();
    this.#enterReconnecting(this.#obstacle);
    void this.#open();
  }

  /** Devices err: a connection is kept until it proves dead, and attempts go on. */
  readonly #offline = (): void => {
    if (this.#state.name === "reconnecting") this.#enter({ ...this.#state, waitingForNetwork: true });
    else this.#heartbeat?.probe();
  };

  async #refreshToken(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const again = (): void => void this.#refreshToken();
    try {
      const token = await this.#tokens.fresh();
      this.#tokens.lives(await this.call("refreshToken", { token }), again);
    } catch (thrown) {
      // The token still lives a while; once it ran out the server closes with 4003, which asks again.
      if (this.#state.name !== "connected") return;
      this.#listener.error(asError(thrown));
      this.#tokens.later(askEveryMs, again);
    } finally {
      this.#refreshing = false;
    }
  }

  get #wanted(): boolean {
    return this.#state.name === "connecting" || this.#state.name === "reconnecting";
  }

  /** Lets go of the socket; what it still says is not heard, and what it was asked fails with `reason`. */
  #drop(reason = notConnected()): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#cancelWelcome();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#tokens.stop();
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const requests = this.#requests;
    this.#requests = undefined;
    requests?.abandon(reason);
  }

  /** Why nothing is answered in a state without a connection. */
  #absence(state: ConnectionState): CauserieError {
    if (state.name === "disconnected") return notConnected("not connected: call `connect()`");
    const { reason, waitingForNetwork } = state as { reason?: CauserieError; waitingForNetwork?: boolean };
    return reason ?? (waitingForNetwork ? notConnected("the device is offline") : (this.#failure ?? timedOut()));
  }

  #leave(state: ConnectionState): void {
    this.#drop(this.#absence(state));
    this.#settings.networkEventTarget?.removeEventListener("online", this.#online);
    this.#settings.networkEventTarget?.removeEventListener("offline", this.#offline);
    this.#enter(state);
  }

  #enterReconnecting(reason: CauserieError | undefined): void {
    this.#enter({ name: "reconnecting", waitingForNetwork: !this.#settings.isOnline(), reason });
  }

  #enter(state: ConnectionState): void {
    const held = this.#state;
    this.#state = kept(held, state);
    if (this.#state !== held) this.#listener.state(state);
    if (!this.#wanted) for (const settle of [...this.#waiting]) settle();
  }
}
