// Requests to the server with the operator's API key. The key is sent in a header and is never part of an address.
import { ApiError, errorOf } from "./errors.js";
import { strings } from "./i18n/index.js";

/** A value of a query; `undefined` and empty texts are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export class Api {
  /** Called when the server does not accept the key any more. */
  onKeyRefused: (error: ApiError) => void = () => undefined;

  constructor(private readonly key: string) {}

  /** The absolute address of a path below `/v1/`. The page lies at `admin/` beside it, also below a proxy's path. */
  address(path: string, query: Query = {}): string {
    const url = new URL(`../v1/${path}`, document.baseURI);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  /** The headers of each request. `user`: the user in whose name the request is made. */
  headers(user?: string): Record<string, string> {
    // A header holds bytes; the server reads them as UTF-8.
    const bytes = user === undefined ? [] : [...new TextEncoder().encode(user)];
    const actsFor = user === undefined ? {} : { "causerie-user": String.fromCharCode(...bytes) };
    return { authorization: `Bearer ${this.key}`, "accept-language": strings.locale, ...actsFor };
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#json<T>("GET", this.address(path, query), undefined, signal);
  }

  /** Like `get`, in the name of a user. The key needs the scope `act`. */
  async getAs<T>(user: string, path: string, query: Query, signal: AbortSignal): Promise<T> {
    const response = await this.#fetch("GET", this.address(path, query), { headers: this.headers(user), signal });
    return (await response.json()) as T;
  }

  send<T = void>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    return this.#json<T>(method, this.address(path), body, signal);
  }

  /** Reads a whole answer as a file. */
  async download(path: string): Promise<Blob> {
    const response = await this.#fetch("GET", this.address(path));
    return await response.blob();
  }

  /** Imports a few rows; the first refused row is an error. The import view sends files. */
  async import(rows: readonly object[]): Promise<void> {
    const body = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const headers = { ...this.headers(), "content-type": "application/x-ndjson" };
    const response = await this.#fetch("POST", this.address("import"), { headers, body });
    for (const line of (await response.text()).split("\n").filter(Boolean)) {
      const { result, field, message, summary } = JSON.parse(line);
      if (result === "refused") throw new ApiError(400, "invalid", message, field);
      if (summary?.stopped) throw new ApiError(503, "unavailable", summary.stopped);
    }
  }

  async #json<T>(method: string, address: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await this.#fetch(method, address, {
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { ...this.headers(), "content-type": "application/json" },
      }),
      ...(signal && { signal }),
    });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async #fetch(method: string, address: string, options: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(address, { method, headers: this.headers(), credentials: "omit", cache: "no-store", ...options });
    } catch (thrown) {
      if (options.signal?.aborted) throw thrown;
      throw new ApiError(0, "unreachable", String(thrown));
    }
    if (response.ok) return response;
    const error = errorOf(response.status, await response.text().catch(() => ""));
    if (error.status === 401) this.onKeyRefused(error);
    throw error;
  }
}
