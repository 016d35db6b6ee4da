// The demo of a server that runs alone: anyone may be any of its people.

/** One of the demo's people. */
export interface DemoPerson {
  readonly externalId: string;
  readonly name: string;
}

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
export async function demoPeople(): Promise<readonly DemoPerson[]> {
  return (await ask<{ people?: DemoPerson[] }>("/demo/people")).people ?? [];
}

/** A token of one of them. */
export async function demoToken(externalId: string): Promise<string> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ externalId }) };
  return (await ask<{ token: string }>("/demo/token", init)).token;
}
