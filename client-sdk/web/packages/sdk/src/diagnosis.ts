// Finds out why a WebSocket could not be opened. Browsers hide the reason from pages, so the client requests the same address over
// HTTP: the server answers with a diagnosis that any origin may read (protocol/README.md).
import { CauserieError } from "./errors.js";

/** The part of `fetch` that the client uses. */
export type Fetch = (
  url: string,
  init: { cache: "no-store"; credentials: "omit" },
) => Promise<{
  json(): Promise<unknown>;
}>;

interface Diagnosis {
  service?: string;
  originAllowed?: boolean;
  ready?: boolean;
  message?: string;
}

/** An error that the client itself finds; it has no `ErrorCode` of the server, and its `code` is 0. */
export function clientError(name: string, message: string, temporary = true): CauserieError {
  return new CauserieError({ name, message, temporary });
}

/**
 * The reason why no WebSocket opens at `url`; `undefined` when no reason that can be fixed was found. `isRepeated` says that several
 * attempts have failed: only then are `unreachable` and `upgrade_refused` reported, which a restart of the server may also cause.
 */
export async function diagnose(url: string, fetch: Fetch, isRepeated: boolean): Promise<CauserieError | undefined> {
  const { origin } = globalThis.location ?? {};
  const address = url.replace(/^ws/, "http");
  try {
    const question = new URL(address);
    if (origin) question.searchParams.set("origin", origin);
    const answer = await fetch(question.href, { cache: "no-store", credentials: "omit" });
    const { service, originAllowed, ready, message = "" } = (await answer.json().catch(() => ({}))) as Diagnosis;
    if (service !== "causerie") return clientError("wrong_address", `no Causerie server at ${address}`);
    if (!originAllowed) return clientError("origin_refused", message);
    return ready && isRepeated ? clientError("upgrade_refused", message) : undefined;
  } catch {
    return isRepeated ? clientError("unreachable", `no answer from ${address}`) : undefined;
  }
}
