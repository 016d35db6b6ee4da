// What goes wrong, in the server's words: `code` and `name` are those of `ErrorCode` in protocol/proto.
import { returnAfter } from "./backoff.js";
import type * as wire from "./wire.gen.js";

type NameOf<T> = T extends `ERROR_CODE_${infer Name}` ? Lowercase<Name> : never;

/** The names of refusals, `not_found`; newer servers may say others. */
export type ErrorName = NameOf<wire.ErrorCode> | (string & {});

/** A command that was not carried out, or whose fate is not known. */
export class CauserieError extends Error {
  /** The number of the `ErrorCode`; where the server closed the connection for good, it may be that of a `CloseCode`, 4500 to 4999. */
  readonly code: number;
  /** Its name, `not_found`, `revoked`. */
  override readonly name: ErrorName;
  /** The same request may succeed later. */
  readonly temporary: boolean;
  /** Which field of the request is to blame, `sendMessage.text`; empty where none is. */
  readonly field: string;
  /** Wait at least this long before trying again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(error: wire.Error) {
    super(error.message ?? "");
    this.code = error.code ?? 0;
    this.name = error.name ?? "unspecified";
    this.temporary = error.temporary ?? false;
    this.field = error.field ?? "";
    this.retryAfterMs = error.retryAfterMs ?? 0;
  }
}

function temporaryError(code: number, name: string, message: string): CauserieError {
  return new CauserieError({ code, name, message, temporary: true });
}

/** No answer came in time; whether the command was done is not known. */
export function timedOut(): CauserieError {
  return temporaryError(102, "timeout", "no answer came in time");
}

/** The connection was lost, or there is none. */
export function notConnected(message = "the connection was lost"): CauserieError {
  return temporaryError(101, "unavailable", message);
}

/** The server closed the connection; `temporary` where the client comes back by itself. */
export function closedByServer(code: number, name: string): CauserieError {
  const message = `the server closed the connection: ${code} ${name}`;
  return new CauserieError({ code, name, message, temporary: returnAfter(code) !== "never" });
}

/** Anything thrown, as one of ours. */
export function asError(thrown: unknown): CauserieError {
  if (thrown instanceof CauserieError) return thrown;
  return temporaryError(100, "internal", thrown instanceof Error ? thrown.message : String(thrown));
}
