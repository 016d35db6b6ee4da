// The token of a user of the embedding product. The page gets it from the form that opened it (`POST open`), or from the window that opened
// or frames it. It is in no address. It is kept for the lifetime of the tab, so that the page can be loaded again.
const storageKey = "causerie.token";
/** The time between two requests to the product's window, in milliseconds. */
const requestIntervalMs = 1_000;

/** The window that opened or frames this page. */
function host(): Window | undefined {
  const opener = window.opener as Window | null;
  return opener ?? (window.parent === window ? undefined : window.parent);
}

/** `sessionStorage`; `undefined` when the browser is set to store nothing. */
function tabStorage(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/** Keeps a token for the case that the page is loaded again. */
export function remember(token: string): string {
  tabStorage()?.setItem(storageKey, token);
  return token;
}

/** The token of the form, which is removed from the page. */
function formToken(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>("meta[name=causerie-token]");
  meta?.remove();
  if (!meta?.content) return undefined;
  // The address is still that of the form. A reload would send the form again, so the address of the page replaces it.
  history.replaceState(null, "", `./${location.search}${location.hash}`);
  return meta.content;
}

/**
 * Returns the first token of this page. The token of the form has priority. Without a form, the product's window is asked, because another user
 * may have signed in to the product since the last load. If the window does not answer, the kept token is used. When there is a kept token, the
 * window has one second to answer.
 */
export async function firstToken(): Promise<string | undefined> {
  const kept = tabStorage()?.getItem(storageKey) ?? undefined;
  const token = formToken() ?? (await requestToken(kept ? 1 : undefined));
  return token === undefined ? kept : remember(token);
}

/**
 * Requests a token from the window that opened or frames this page, up to `requestsMax` times. Resolves with `undefined` when there is no such
 * window, when it does not answer, or when the server does not allow pages of its origin.
 */
export function requestToken(requestsMax = 3): Promise<string | undefined> {
  const from = host();
  if (!from) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const end = (token?: string): void => {
      removeEventListener("message", receive);
      clearInterval(asking);
      resolve(token);
    };
    const receive = async ({ source, origin, data }: MessageEvent<unknown>): Promise<void> => {
      const { causerie, token } = (data ?? {}) as { causerie?: unknown; token?: unknown };
      if (source !== from || causerie !== "token" || typeof token !== "string") return;
      if (await isAllowed(origin, token)) end(token);
    };
    addEventListener("message", receive);
    // The request has no secret, and the origin of the window is not known yet.
    const ask = (): void => from.postMessage({ causerie: "token" }, "*");
    let asked = 1;
    // The window may not listen yet, and a server learns of a newly allowed origin within a second.
    const asking = setInterval(() => (asked++ < requestsMax ? ask() : end()), requestIntervalMs);
    ask();
  });
}

/** Whether the tenant of the token allows pages of this origin. Another page could sign the visitor in as a user of its choice. */
async function isAllowed(origin: string, token: string): Promise<boolean> {
  // Pages of all sites can have the origin `null`, also where a tenant allows it for its app.
  if (origin === "null") return false;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`v1/ws?${new URLSearchParams({ origin })}`, { headers });
    return ((await answer.json()) as { originAllowed?: boolean }).originAllowed === true;
  } catch {
    return false;
  }
}

/** A name for the storage of the user's unsent messages: no two users of a server share it. */
export function storageNameOf(token: string): string {
  const part = (at: number): Record<string, unknown> => {
    const bytes = Uint8Array.from(atob(token.split(".")[at]?.replace(/-/g, "+").replace(/_/g, "/") ?? ""), (letter) =>
      letter.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  };
  // External ids are unique in a tenant only, and a key belongs to one tenant.
  return ["causerie.outbox", "token", part(0).kid, part(1).sub].map((each) => encodeURIComponent(String(each))).join("/");
}
