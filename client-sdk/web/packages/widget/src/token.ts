// Tokens: where they come from, and which user they name.
import { CauserieError } from "causerie";
import type { SignIn } from "./hub.js";

/** The answers of a back end that say that the visitor is not signed in. */
const signedOutStatuses = new Set([401, 403]);

/** Returns a token. Rejects with an `unauthenticated` error, which is not temporary, when the back end says that the user is not signed in. */
export async function requestToken({ tokenUrl, getToken }: SignIn): Promise<string> {
  if (getToken) return requireToken(await getToken(), "getToken");
  const url = tokenUrl ?? "";
  const answer = await fetch(url, { credentials: "include" });
  if (signedOutStatuses.has(answer.status)) {
    throw new CauserieError({
      code: 200,
      name: "unauthenticated",
      message: `${url} answered ${answer.status}: no user is signed in`,
    });
  }
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const text = await answer.text();
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  return requireToken(isJson ? (JSON.parse(text) as { token?: unknown })?.token : text.trim(), url);
}

function requireToken(token: unknown, source: string): string {
  if (typeof token === "string" && token) return token;
  throw new Error(`${source} returned no token: a text, or JSON with a field \`token\`, is expected`);
}

/**
 * Names the user and the key of a token, such as `acme-1/lea`; empty for a token that can't be read. Only used to notice that the
 * user has changed: the server checks the token.
 */
export function subjectOf(token: string): string {
  try {
    const [head = "", claims = ""] = token.split(".", 2).map((part) => {
      const bytes = Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes)) as { kid?: unknown; sub?: unknown };
    });
    const { kid } = head as { kid?: unknown };
    const { sub } = claims as { sub?: unknown };
    return typeof sub === "string" ? [kid, sub].map((part) => encodeURIComponent(String(part))).join("/") : "";
  } catch {
    return "";
  }
}
