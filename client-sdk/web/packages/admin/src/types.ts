// The answers of the management API that the page uses. `/v1/openapi.json` of a running server describes them.

export interface OwnKey {
  readonly key: ApiKey;
  readonly tenant: { readonly slug: string; readonly name: string };
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
}

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly createdAt: string;
  readonly revokedAt?: string;
}

export type Status = "active" | "invited" | "deactivated" | "removed";
export type WritableBy = "rules" | "contacts" | "nobody";

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly avatar: string;
  readonly locale: string;
  readonly status: Status;
  readonly roles: readonly string[];
  readonly writable_by: WritableBy;
}

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly kind?: string;
  readonly parent: string;
  readonly state: "active" | "concluded" | "archived";
  readonly delivers: "both" | "people" | "group" | "none";
}

export interface MembershipRow {
  readonly user: string;
  readonly group: string;
  readonly role: string;
  readonly from?: string;
  readonly until?: string;
}

export interface RowPage<T> {
  readonly rows: readonly T[];
  readonly nextCursor?: string;
}

export interface Line {
  readonly line: number;
  readonly message: string;
}

export interface Policy {
  readonly version: number;
  readonly name: string;
  readonly preset: boolean;
  readonly createdAt?: string;
  readonly createdBy: string;
  readonly createdByName?: string;
  readonly restores?: number;
  readonly text: string;
}

export type PolicyVersion = Omit<Policy, "text">;

export interface PolicyPreset {
  readonly name: string;
  readonly text: string;
  readonly cases: string;
}

export interface PolicyChecked {
  readonly valid: boolean;
  readonly problems: readonly Line[];
  readonly name?: string;
  readonly rules?: number;
  readonly neverAllowed?: readonly string[];
  readonly warnings?: readonly Line[];
}

export interface PolicyTested {
  readonly cases: number;
  readonly failures: readonly Line[];
  readonly problems: readonly Line[];
}

export interface PolicyChanged {
  readonly version?: number;
  readonly changed: boolean;
}

export interface Explanation {
  readonly allowed: boolean;
  readonly sentence: string;
  readonly rule?: string;
  readonly witness?: string;
  readonly code?: string;
  readonly publicCode?: string;
  readonly rules: readonly ExplainedRule[];
  readonly policy: string;
  readonly policyVersion: number;
}

export interface ExplainedRule {
  readonly rule: string;
  readonly line: number;
  readonly effect: "deny" | "allow" | "otherwise";
  readonly matches: boolean;
  readonly why: string;
}

export interface Comparison {
  readonly users: number;
  readonly compared: number;
  readonly actions: readonly ActionDifference[];
  readonly frozen: Conversations;
  readonly thawed: Conversations;
  readonly hidden: Conversations;
  readonly shown: Conversations;
  readonly conversationsCompared: number;
  readonly conversationsLeftOut: boolean;
  readonly warnings: readonly string[];
}

export interface ActionDifference {
  readonly action: string;
  readonly title: string;
  readonly gaining: number;
  readonly losing: number;
  readonly situations: readonly Situation[];
}

export interface Situation {
  readonly title: string;
  readonly counts: "pairs" | "users";
  readonly supposed: boolean;
  readonly before: number;
  readonly gained: number;
  readonly lost: number;
  readonly gainedExamples: readonly Example[];
  readonly lostExamples: readonly Example[];
}

export interface Example {
  readonly from: string;
  readonly to: string;
  readonly fromId: string;
  readonly toId: string;
}

export interface Conversations {
  readonly count: number;
  readonly examples: readonly Example[];
}

export interface AuditEntry {
  readonly at: string;
  readonly actor: string;
  readonly actorName?: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: "done" | "refused";
  readonly rule: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: "waiting" | "running" | "done" | "dead";
  readonly attempts: number;
  readonly createdAt: string;
  readonly dueAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly lastError?: string;
}

export interface Figures {
  readonly users: Readonly<Record<Status, number>>;
  readonly groups: number;
  readonly online: { readonly users: number; readonly connections: number };
  readonly jobs: { readonly waiting: number; readonly running: number; readonly dead: number };
  readonly limits: Readonly<Record<Limit, number>>;
}

export type Limit =
  | "messageBytesMax"
  | "sendsPerSecond"
  | "sendsBurst"
  | "searchesPerSecond"
  | "framesPerSecond"
  | "connectionsPerUserMax"
  | "importBytesMax"
  | "exportBytesMax"
  | "auditKeepDays";
