// Opens a connection, sends `Hello`, and opens a new connection when the connection is lost. The listener applies the frames.
import { fullJitter, lateDelay, reconnectAfter } from "./backoff.js";
import { clientError, diagnose } from "./diagnosis.js";
import { type CauserieError, closedByServer, notConnected, timedOut, toError } from "./errors.js";
import { Heartbeat, probeTimeoutMs } from "./heartbeat.js";
import type { Settings, SocketLike } from "./options.js";
import { type CommandBody, type CommandName, type ReplyBodies, Requests } from "./requests.js";
import { reuseIfEqual } from "./reuse.js";
import { Tokens, tokenIntervalMs } from "./tokens.js";
import { tooLarge, utf8Length, validate } from "./validate.js";
import type * as wire from "./wire.gen.js";

/** The state of the connection of a client. */
export type ConnectionState =
  /** `connect` was not called yet, or `disconnect` was called after it. */
  | { readonly name: "disconnected" }
  /** The first attempt to connect is being made. */
  | { readonly name: "connecting" }
  | { readonly name: "connected" }
  /**
   * An attempt failed or the connection was lost; the client tries again. `waitingForNetwork`: the device is offline. `reason`: a
   * problem that has to be fixed before an attempt can succeed, if the client has found one.
   */
  | { readonly name: "reconnecting"; readonly waitingForNetwork: boolean; readonly reason?: CauserieError | undefined }
  /**
   * The client makes no further attempt, because an attempt with the same token and address would fail too, or because the token belongs to
   * another user. The application must create another `Client` for another user. Commands reject with `reason`.
   */
  | { readonly name: "closed"; readonly reason: CauserieError };

/** The parts of the client that the driver uses. */
export interface DriverListener {
  /** The position to resume from, sent with `Hello`. Never rejects. */
  position(): Promise<wire.Resume | undefined>;
  /** The first page of the list, which is requested together with `hello` when there is no position to resume from. */
  expectPage(page: Promise<wire.ConversationPage>): void;
  /** The limits of the last `Welcome`. */
  limits(): wire.Limits;
  /** The server has accepted a connection. */
  welcomed(welcome: wire.Welcome): void;
  /** The server has sent an event, except `goingAway` and `tokenExpiring`, which the driver handles. */
  event(event: wire.Event): void;
  /** The server closed the connection because of a frame. Returns whether the client may reconnect without repeating that frame. */
  suspect(error: CauserieError): boolean;
  /** The state has changed. */
  state(state: ConnectionState): void;
  /** The client began (`true`) or stopped (`false`) to wait for the reply to a ping. */
  probing(isProbing: boolean): void;
  /** The connection, a token or a frame of the server caused an error. */
  error(error: CauserieError): void;
}

/** After a connection that lasted this long, in milliseconds, the backoff starts from its shortest delay. */
const stableMs = 5_000;
/** The heartbeat interval when `Welcome` has none, in milliseconds. */
const defaultHeartbeatMs = 30_000;
const subprotocol = "causerie.v1.json";
/** Codes with which the server closes a connection. */
const tokenExpired = 4003;
const unauthenticated = 4502;
/** Codes of errors in replies, with the same meanings as the close codes. */
const tokenExpiredError = 201;
const unauthenticatedError = 200;

/** Owns the socket, of which there is at most one at a time, and decides when to open the next socket. */
export class Driver {
  #state: ConnectionState = { name: "disconnected" };
  #socket: SocketLike | undefined;
  #requests: Requests | undefined;
  #heartbeat: Heartbeat | undefined;
  /** Number of attempts; results of an earlier attempt are ignored. */
  #attempt = 0;
  /** Number of failed attempts since the last stable connection. */
  #failures = 0;
  #connectedAt = 0;
  /** The user of the first connection. The state and the unsent messages of the client belong to this user. */
  #userId: string | undefined;
  /** Whether the socket of this attempt has opened. */
  #hasOpened = false;
  /** The reason for which sockets do not open; `undefined` while the client has not found it. */
  #diagnosis: CauserieError | undefined;
  /** The error of the last attempt, if it had one. */
  #failure: CauserieError | undefined;
  #refreshing = false;
  #tokenRefused = false;
  #goingAwayMs: number | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelWelcome: () => void = () => {};
  /** Called when the client is connected, or has stopped. */
  readonly #waiters = new Set<() => void>();
  readonly #tokens: Tokens;

  readonly #settings: Settings;
  readonly #listener: DriverListener;

  constructor(settings: Settings, listener: DriverListener) {
    this.#settings = settings;
    this.#listener = listener;
    const isRunning = (): boolean => this.#isConnecting || this.#state.name === "connected";
    this.#tokens = new Tokens(settings.clock, settings.getToken, isRunning);
  }

  /** The current state. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects. While the client waits to reconnect, connects at once. Does nothing when connected. */
  connect(): void {
    const { name } = this.#state;
    if (name === "reconnecting") return this.#retryNow();
    if (name !== "disconnected" && name !== "closed") return;
    if (name === "closed") this.#tokens.drop();
    this.#failures = 0;
    this.#tokenRefused = false;
    this.#listen("addEventListener");
    this.#setState({ name: "connecting" });
    void this.#open();
  }

  /** Closes the connection. The client stays disconnected until `connect`. */
  disconnect(): void {
    this.#stop({ name: "disconnected" });
  }

  /** Resolves when connected. Rejects with the reason when the client stops, or is not connected after `timeoutMs`. */
  connected(timeoutMs: number): Promise<void> {
    if (this.#state.name === "connected") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiters.delete(settle);
        cancel();
        if (this.#state.name === "connected") resolve();
        else reject(this.#disconnectReason(this.#state));
      };
      const cancel = this.#settings.clock.after(timeoutMs, settle);
      if (this.#isConnecting) this.#waiters.add(settle);
      else settle();
    });
  }

  /**
   * Waits for a connection, sends a command and waits for its reply, each for `commandTimeoutMs` at most.
   *
   * Rejects with a `TypeError` for a missing value or a value of a wrong type, otherwise with a `CauserieError`: `invalid` or
   * `too_large` before anything is sent, the error of the server, `timeout`, or the reason why there is no connection.
   */
  async call<Name extends CommandName>(name: Name, body: CommandBody<Name>): Promise<ReplyBodies[Name]> {
    const refusal = validate(name, body, this.#listener.limits());
    if (refusal) throw refusal;
    // A copy, because the caller may change its lists while the command waits for a connection.
    const copy = JSON.parse(JSON.stringify(body)) as CommandBody<Name>;
    await this.connected(this.#settings.commandTimeoutMs);
    const requests = this.#requests;
    if (!requests) throw this.#disconnectReason(this.#state);
    return this.#request(requests, name, copy, this.#settings.commandTimeoutMs);
  }

  /** Sends a command. When its reply is late, the client checks the connection. */
  #request<Name extends CommandName>(
    requests: Requests,
    name: Name,
    body: CommandBody<Name>,
    timeoutMs: number,
  ): Promise<ReplyBodies[Name]> {
    const probe = (): unknown => requests === this.#requests && this.#heartbeat?.probe();
    return requests.call(name, body, timeoutMs).finally(this.#settings.clock.after(probeTimeoutMs, probe));
  }

  /** Sends a command that has no reply. Does nothing when not connected. */
  notify<Name extends CommandName>(name: Name, body: CommandBody<Name>): void {
    if (this.#state.name === "connected") this.#requests?.notify(name, body);
  }

  async #open(): Promise<void> {
    const attempt = ++this.#attempt;
    let token: string;
    try {
      token = await this.#tokens.current();
    } catch (thrown) {
      if (attempt !== this.#attempt || !this.#isConnecting) return;
      const error = toError(thrown);
      this.#listener.error(error);
      this.#failure = error;
      if (error.temporary) return this.#retry(1006);
      return this.#stop({ name: "closed", reason: error });
    }
    // The client was stopped or started again while the token was requested.
    if (attempt !== this.#attempt || !this.#isConnecting) return;
    const { clock, webSocket, url, client, connectTimeoutMs } = this.#settings;
    let socket: SocketLike;
    try {
      socket = new webSocket(url, [subprotocol]);
    } catch (thrown) {
      // The address is invalid, or uses no TLS although the page uses TLS. Every attempt would fail.
      return this.#stop({
        name: "closed",
        reason: clientError("invalid_url", `\`${url}\`: ${toError(thrown).message}`, false),
      });
    }
    const requests = new Requests(clock, (request) => {
      const frame = JSON.stringify(request);
      const { frameBytesMax = 64 * 1024 } = this.#listener.limits();
      // The server would close the connection because of this frame, also when it is repeated.
      if (utf8Length(frame) > frameBytesMax) throw tooLarge(Object.keys(request).at(-1) ?? "", frameBytesMax);
      if (socket.readyState === 1) socket.send(frame);
    });
    this.#socket = socket;
    this.#requests = requests;
    this.#hasOpened = false;
    this.#cancelWelcome = clock.after(connectTimeoutMs, () => this.#lost());
    socket.onopen = async () => {
      this.#hasOpened = true;
      const resume = await this.#listener.position();
      requests.call("hello", { token, client, ...(resume && { resume }) }, connectTimeoutMs).then(
        (welcome) => this.#welcomed(welcome),
        (error: CauserieError) => {
          if (socket === this.#socket) this.#refused(error);
        },
      );
      // Without a wait for the welcome, which saves a round trip.
      if (!resume) this.#listener.expectPage(this.#request(requests, "listConversations", {}, 2 * connectTimeoutMs));
    };
    socket.onmessage = ({ data }) => this.#frame(data);
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    // A `close` event follows every error and has a code.
    socket.onerror = () => {};
  }

  #frame(data: unknown): void {
    this.#heartbeat?.received();
    let frame: wire.ServerFrame;
    try {
      frame = JSON.parse(String(data));
    } catch (thrown) {
      return this.#listener.error(toError(thrown));
    }
    if (frame.reply) return this.#requests?.settle(frame.reply);
    const { event } = frame;
    if (!event) return;
    if (event.goingAway) this.#goingAwayMs = event.goingAway.reconnectAfterMs ?? 0;
    else if (event.tokenExpiring) void this.#refreshToken();
    else this.#listener.event(event);
  }

  #welcomed(welcome: wire.Welcome): void {
    this.#userId ??= welcome.me?.id;
    if (this.#userId !== welcome.me?.id) return this.#refused(clientError("unauthenticated", "the user has changed", false));
    this.#cancelWelcome();
    this.#tokenRefused = false;
    this.#diagnosis = undefined;
    this.#connectedAt = this.#settings.clock.elapsed();
    this.#tokens.setExpiry(welcome, () => void this.#refreshToken());
    this.#heartbeat = new Heartbeat(
      this.#settings.clock,
      welcome.heartbeatMs || defaultHeartbeatMs,
      () => void this.#requests?.call("ping", {}, this.#settings.commandTimeoutMs).catch(() => {}),
      () => this.#lost(),
      (isProbing) => this.#listener.probing(isProbing),
    );
    this.#listener.welcomed(welcome);
    this.#setState({ name: "connected" });
  }

  #refused(error: CauserieError): void {
    // A new token may be accepted.
    if (error.code === unauthenticatedError || error.code === tokenExpiredError) return this.#retryWithFreshToken(error);
    if (error.temporary) return this.#lost(1006, "", error);
    this.#listener.error(error);
    this.#stop({ name: "closed", reason: error });
  }

  /**
   * Requests a new token in place of a refused token, and connects with it. Gives up when the new token is refused too, so that the client
   * does not request tokens without end from a back end that signs invalid tokens. Also gives up when the refused token was requested
   * less than 30 s ago and was refused for another reason than its expiry.
   */
  #retryWithFreshToken(reason: CauserieError): void {
    this.#tokens.drop();
    const isHopeless = reason.code !== tokenExpiredError && this.#tokens.waitMs > 0;
    if (this.#tokenRefused || isHopeless) return this.#stop({ name: "closed", reason });
    this.#tokenRefused = true;
    // Reported now, because the next token may be requested only later.
    this.#listener.error(reason);
    this.#closeSocket();
    this.#setReconnecting(reason);
    void this.#open();
  }

  #lost(code = 1006, name = "", failure?: CauserieError): void {
    const reason = closedByServer(code, name);
    const isConnected = this.#state.name === "connected";
    this.#failure = failure ?? (code === 1006 ? undefined : reason);
    if (code === unauthenticated) return this.#retryWithFreshToken(reason);
    if (code === tokenExpired) this.#tokens.drop();
    // Permanent close codes below `unauthenticated` mean that a frame was wrong. The other permanent close codes concern the user.
    const isSuspect = !reason.temporary && code < unauthenticated && isConnected && this.#listener.suspect(reason);
    if (!reason.temporary && !isSuspect) return this.#stop({ name: "closed", reason });
    if (isConnected && this.#settings.clock.elapsed() - this.#connectedAt >= stableMs) this.#failures = 0;
    if (!this.#hasOpened) void this.#diagnose(this.#attempt, this.#failures + 1);
    this.#closeSocket();
    this.#retry(isSuspect ? 1006 : code);
  }

  /** Finds out why the socket did not open: after the first failed attempt, and then after every fourth failed attempt. */
  async #diagnose(attempt: number, failures: number): Promise<void> {
    const { url, fetch, isOnline } = this.#settings;
    if (!fetch || !isOnline() || (failures > 1 && failures % 4)) return;
    const diagnosis = await diagnose(url, fetch, failures > 1);
    // Meanwhile the client was stopped, has connected, or is two attempts further.
    if (this.#state.name !== "reconnecting" || this.#hasOpened || attempt + 1 < this.#attempt) return;
    if (diagnosis && diagnosis.message !== this.#diagnosis?.message) this.#listener.error(diagnosis);
    this.#diagnosis = diagnosis;
    this.#setState({ ...this.#state, reason: diagnosis });
  }

  #retry(code: number): void {
    const { backoff, random, clock } = this.#settings;
    let delayMs = fullJitter(this.#failures++, backoff, random);
    if (reconnectAfter(code) === "later") delayMs = lateDelay(backoff, random);
    // The server sent `goingAway` before it shut down, with a delay for this client.
    if (this.#goingAwayMs !== undefined) delayMs = this.#goingAwayMs;
    this.#goingAwayMs = undefined;
    this.#setReconnecting(this.#diagnosis);
    this.#cancelRetry = clock.after(delayMs, () => void this.#open());
  }

  /** The device is online: connect at once, or check the connection. */
  readonly #online = (): void => {
    if (this.#state.name === "reconnecting") this.#retryNow();
    else this.#heartbeat?.probe();
  };

  #listen(method: "addEventListener" | "removeEventListener"): void {
    this.#settings.networkEventTarget?.[method]("online", this.#online);
    this.#settings.networkEventTarget?.[method]("offline", this.#offline);
  }

  /** Connects now. Abandons an attempt that is being made: it may hang on the previous network. */
  #retryNow(): void {
    this.#failures = 0;
    this.#closeSocket();
    this.#setReconnecting(this.#diagnosis);
    void this.#open();
  }

  /** The device reports that it is offline. The report may be wrong, so the client checks the connection and continues its attempts. */
  readonly #offline = (): void => {
    if (this.#state.name === "reconnecting") this.#setState({ ...this.#state, waitingForNetwork: true });
    else this.#heartbeat?.probe();
  };

  async #refreshToken(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const refresh = (): void => void this.#refreshToken();
    try {
      const token = await this.#tokens.fresh();
      this.#tokens.setExpiry(await this.call("refreshToken", { token }), refresh);
    } catch (thrown) {
      // The current token is still valid. After its expiry the server closes with 4003, and the client requests a token again.
      if (this.#state.name !== "connected") return;
      this.#listener.error(toError(thrown));
      this.#tokens.refreshAfter(tokenIntervalMs, refresh);
    } finally {
      this.#refreshing = false;
    }
  }

  get #isConnecting(): boolean {
    return this.#state.name === "connecting" || this.#state.name === "reconnecting";
  }

  /** Closes the socket, ignores its further events, and rejects its pending commands with `reason`. */
  #closeSocket(reason = notConnected()): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#cancelWelcome();
    this.#cancelRetry?.();
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

  /** The error with which commands reject in a state without a connection. */
  #disconnectReason(state: ConnectionState): CauserieError {
    if (state.name === "disconnected") return notConnected("not connected: call `connect()`");
    const { reason, waitingForNetwork } = state as { reason?: CauserieError; waitingForNetwork?: boolean };
    return reason ?? (waitingForNetwork ? notConnected("the device is offline") : (this.#failure ?? timedOut()));
  }

  /** Closes the socket, ends all attempts to connect, and sets the state. */
  #stop(state: ConnectionState): void {
    this.#closeSocket(this.#disconnectReason(state));
    this.#listen("removeEventListener");
    this.#setState(state);
  }

  #setReconnecting(reason: CauserieError | undefined): void {
    this.#setState({ name: "reconnecting", waitingForNetwork: !this.#settings.isOnline(), reason });
  }

  #setState(state: ConnectionState): void {
    const before = this.#state;
    this.#state = reuseIfEqual(before, state);
    if (this.#state !== before) this.#listener.state(state);
    if (!this.#isConnecting) for (const settle of this.#waiters) settle();
  }
}
