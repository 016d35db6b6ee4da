// Why no socket came about. A browser tells a page nothing of a refused socket, so the same address is asked again as a page:
// the answer may be read from any origin (protocol/README.md).
import { CauserieError } from "./errors.js";

/** What is needed of `fetch`. */
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

/** The client's own finding: no `ErrorCode` of the server. */
export function finding(name: string, message: string, temporary = true): CauserieError {
  return new CauserieError({ name, message, temporary });
}

/** What keeps sockets from opening at `url`, where it can be told and mended. `isRepeated`: it was no accident. */
export async function diagnose(url: string, fetch: Fetch, isRepeated: boolean): Promise<CauserieError | undefined> {
  const { origin } = globalThis.location ?? {};
  const address = url.replace(/^ws/, "http");
  try {
    const question = new URL(address);
    if (origin) question.searchParams.set("origin", origin);
    const answer = await fetch(question.href, { cache: "no-store", credentials: "omit" });
    const { service, originAllowed, ready, message = "" } = (await answer.json().catch(() => ({}))) as Diagnosis;
    if (service !== "causerie") return finding("wrong_address", `no Causerie server at ${address}`);
    if (!originAllowed) return finding("origin_refused", message);
    return ready && isRepeated ? finding("upgrade_refused", message) : undefined;
  } catch {
    return isRepeated ? finding("unreachable", `no answer from ${address}`) : undefined;
  }
}
