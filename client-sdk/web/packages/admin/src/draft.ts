// Stores the rules and cases that the operator edits until the page is closed, so that the operator can open another view and come back.

/** Edited rules and cases. */
export interface Draft {
  /** The version of the rules that the operator began with. */
  readonly version: number;
  /** The rules of that version. */
  readonly stored: string;
  /** The edited rules. */
  readonly text: string;
  /** The edited cases. */
  readonly cases: string;
}

let draft: Draft | undefined;

/** Returns the stored draft; `undefined` when there is none. */
export function currentDraft(): Draft | undefined {
  return draft;
}

/** Stores a draft; `undefined` removes the stored draft. */
export function keepDraft(next: Draft | undefined): void {
  draft = next;
}

/** Whether the draft has rules that differ from the stored rules, and that closing the page would lose. */
export function isDirty(): boolean {
  return draft !== undefined && draft.text !== draft.stored;
}
