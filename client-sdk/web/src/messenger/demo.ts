// The demo of a server that runs alone: anyone may be any of its people.

/** A text in the languages of the demo. */
export type Localised = Readonly<Record<string, string>>;

/** One of the demo's people. */
export interface DemoPerson {
  readonly externalId: string;
  readonly name: string;
  /** What they are there, `pupil, class 6A`. */
  readonly about?: Localised;
}

/** People under one set of rules, apart from all others. */
export interface DemoTenant {
  readonly slug: string;
  readonly name: Localised;
  /** Its rules, in a sentence. */
  readonly about: Localised;
  readonly people: readonly DemoPerson[];
}

/** One person of one tenant: two tenants may have a `lea` each. */
export interface DemoIdentity {
  readonly tenant: string;
  readonly externalId: string;
}

/** The tenant an address without one is about. */
const defaultTenant = "demo";

/** What the demo answered with something else than success. */
export class DemoError extends Error {
  constructor(readonly status: number) {
    super(`the demo answered ${status}`);
  }
}

async function ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, init);
  if (!response.ok) throw new DemoError(response.status);
  return (await response.json()) as Answer;
}

/** Who there is. Rejects with a `DemoError` of status 404 where there is no demo. */
export async function demoTenants(): Promise<readonly DemoTenant[]> {
  return (await ask<{ tenants?: DemoTenant[] }>("demo/people")).tenants ?? [];
}

/** A token of one of them. */
export async function demoToken(identity: DemoIdentity): Promise<string> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(identity) };
  return (await ask<{ token: string }>("demo/token", init)).token;
}

/** Whom the page's address asks for: `?tenant=school&as=lea`, `?as=lea`. */
export function identityIn(parameters: URLSearchParams): DemoIdentity | undefined {
  const externalId = parameters.get("as");
  return externalId ? { tenant: parameters.get("tenant") || defaultTenant, externalId } : undefined;
}

/** The page's address as one of them; what else it says, the language, stays. */
export function addressOf({ tenant, externalId }: DemoIdentity, page: string): string {
  const address = new URL(page);
  address.hash = "";
  if (tenant === defaultTenant) address.searchParams.delete("tenant");
  else address.searchParams.set("tenant", tenant);
  address.searchParams.set("as", externalId);
  return address.href;
}

/** The name their unsent messages are kept under in this browser, of nobody else. */
export function outboxName({ tenant, externalId }: DemoIdentity): string {
  return ["causerie.outbox", tenant, externalId].map(encodeURIComponent).join("/");
}
