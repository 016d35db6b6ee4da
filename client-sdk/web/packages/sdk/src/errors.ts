// Errors of commands. `code` and `name` are those of `ErrorCode` in protocol/proto/causerie/v1/code.proto.
import { reconnectAfter } from "./backoff.js";
import type * as wire from "./wire.gen.js";

type NameOf<T> = T extends `ERROR_CODE_${infer Name}` ? Lowercase<Name> : never;

/** Names of errors, such as `not_found`. Newer servers may send names that this type does not list. */
export type ErrorName = NameOf<wire.ErrorCode> | (string & {});

/** A command failed, or its result is unknown because no reply arrived. */
export class CauserieError extends Error {
  /**
   * The number of the `ErrorCode`. When the server closed the connection: the `CloseCode`, 4000 to 4999, or a code of RFC 6455. 0 for
   * an error that the client itself found.
   */
  declare readonly code: number;
  /** The name of the code, such as `not_found` or `revoked`. */
  declare readonly name: ErrorName;
  /** Whether the same request may succeed later. */
  declare readonly temporary: boolean;
  /** The field of the request that caused the error, such as `sendMessage.text`; empty when no field did. */
  declare readonly field: string;
  /** The least time to wait before another attempt, in milliseconds; 0 when the server named none. */
  declare readonly retryAfterMs: number;

  constructor(error: wire.Error) {
    super(error.message);
    Object.assign(this, { code: 0, name: "unspecified", temporary: false, field: "", retryAfterMs: 0, ...error });
  }
}

function temporaryError(code: number, name: string, message: string): CauserieError {
  return new CauserieError({ code, name, message, temporary: true });
}

/** No reply arrived in time. The server may have carried out the command. */
export function timedOut(): CauserieError {
  return temporaryError(102, "timeout", "no answer in time");
}

/** The connection was lost, or the client is not connected. */
export function notConnected(message = "the connection was lost"): CauserieError {
  return temporaryError(101, "unavailable", message);
}

/** The server closed the connection with a close code. `temporary` when the client reconnects by itself. */
export function closedByServer(code: number, name: string): CauserieError {
  const message = `closed by the server: ${code} ${name}`;
  return new CauserieError({ code, name, message, temporary: reconnectAfter(code) !== "never" });
}

/** Turns any thrown value into a `CauserieError`; an unknown value becomes `internal`, temporary. */
export function toError(thrown: unknown): CauserieError {
  if (thrown instanceof CauserieError) return thrown;
  return temporaryError(100, "internal", String((thrown as Error | undefined)?.message ?? thrown));
}
