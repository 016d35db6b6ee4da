// The signed-in operator: an API key, and what its scopes allow.
import type { Api } from "./api.js";
import type { OwnKey } from "./types.js";

/** The views of the page, in the order of the menu. */
export const views = [
  "overview",
  "users",
  "groups",
  "import",
  "rules",
  "explain",
  "audit",
  "jobs",
  "api-keys",
  "signing-keys",
] as const;

export type ViewName = (typeof views)[number];

/** What an operator does on a page beside looking at it. */
export type Task = "edit" | "export" | "setRules" | "manageJobs" | "findRows" | "actAs";

/** A key needs one of these scopes. This list repeats what the endpoints demand; the server decides. */
const anyOf: Readonly<Record<ViewName | Task, readonly string[]>> = {
  overview: ["admin", "read"],
  users: ["provision", "read"],
  groups: ["provision", "read"],
  import: ["provision"],
  rules: ["admin", "read"],
  explain: ["admin", "read"],
  audit: ["admin", "read"],
  jobs: ["admin", "read"],
  "api-keys": ["admin"],
  "signing-keys": ["admin"],
  edit: ["provision"],
  export: ["read"],
  setRules: ["admin"],
  manageJobs: ["admin"],
  findRows: ["provision", "read"],
  actAs: ["act"],
};

export class Session {
  constructor(
    readonly api: Api,
    readonly own: OwnKey,
  ) {}

  has(...scopes: readonly string[]): boolean {
    return scopes.every((scope) => this.own.key.scopes.includes(scope));
  }

  may(what: ViewName | Task): boolean {
    return anyOf[what].some((scope) => this.has(scope));
  }

  /** The views that the key allows. */
  get views(): readonly ViewName[] {
    return views.filter((view) => this.may(view));
  }
}

const name = "causerie-admin-key";

/** The storage of this tab; `undefined` if the browser blocks it. It ends with the tab. */
function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** The key that the operator chose to keep in this tab. */
export function keptKey(): string | undefined {
  return storage()?.getItem(name) ?? undefined;
}

/** Keeps the key until the tab is closed. */
export function keepKey(key: string): void {
  storage()?.setItem(name, key);
}

export function forgetKey(): void {
  storage()?.removeItem(name);
}
