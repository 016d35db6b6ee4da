// The demo that a server with a new, empty database offers: a visitor chooses one of its users, without a password.

/** A text by language, such as `en`. */
export type Localised = Readonly<Record<string, string>>;

/** A user of the demo. */
export interface DemoUser {
  readonly externalId: string;
  readonly name: string;
  /** The role of the user, such as `pupil, class 6A`. */
  readonly about?: Localised;
}

/** A tenant of the demo: users and the rules between them. */
export interface DemoTenant {
  readonly slug: string;
  readonly name: Localised;
  /** The rules of the tenant in a sentence. */
  readonly about: Localised;
  readonly people: readonly DemoUser[];
  /** Pages of a product that embeds the chat. */
  readonly pages: readonly DemoPage[];
}

/** A page of the demo. */
export interface DemoPage {
  /** The address, relative to that of the server. */
  readonly path: string;
  readonly title: Localised;
}

/** Names a user of the demo. External ids are unique in a tenant only. */
export interface DemoIdentity {
  readonly tenant: string;
  readonly externalId: string;
}

/** The tenant when the address names none. */
const defaultTenant = "demo";

/** The demo answered a request with an HTTP status other than success. */
export class DemoError extends Error {
  constructor(readonly status: number) {
    super(`the demo answered ${status}`);
  }
}

async function request<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, init);
  if (!response.ok) throw new DemoError(response.status);
  return (await response.json()) as Answer;
}

/**
 * Returns the tenants of the demo. Rejects with a `DemoError` of status 404 when the server has no demo, and with the error of `fetch` when
 * there is no answer.
 */
export async function demoTenants(): Promise<readonly DemoTenant[]> {
  return (await request<{ tenants?: DemoTenant[] }>("demo/people")).tenants ?? [];
}

/** Returns a new token of a user. Rejects as `demoTenants`; with status 404 for an unknown user. */
export async function demoToken(identity: DemoIdentity): Promise<string> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(identity) };
  return (await request<{ token: string }>("demo/token", init)).token;
}

/** Reads the user from the address of the page: `?tenant=school&as=lea` or `?as=lea`. */
export function identityIn(parameters: URLSearchParams): DemoIdentity | undefined {
  const externalId = parameters.get("as");
  return externalId ? { tenant: parameters.get("tenant") || defaultTenant, externalId } : undefined;
}

/** Returns the address of the page for a user. Other parameters, such as the language, stay. */
export function addressOf({ tenant, externalId }: DemoIdentity, page: string): string {
  const address = new URL(page);
  address.hash = "";
  if (tenant === defaultTenant) address.searchParams.delete("tenant");
  else address.searchParams.set("tenant", tenant);
  address.searchParams.set("as", externalId);
  return address.href;
}

/** The name of the outbox of a user in this browser; different for each user. */
export function outboxName({ tenant, externalId }: DemoIdentity): string {
  return ["causerie.outbox", tenant, externalId].map(encodeURIComponent).join("/");
}
