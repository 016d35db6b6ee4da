// The rules and cases that the operator edits. They are kept while the page is open, so that another view can be looked at meanwhile.

export interface Draft {
  /** The version of the rules that the operator began with. */
  readonly version: number;
  /** The rules of that version. */
  readonly stored: string;
  readonly text: string;
  readonly cases: string;
}

let draft: Draft | undefined;

export function currentDraft(): Draft | undefined {
  return draft;
}

export function keepDraft(next: Draft | undefined): void {
  draft = next;
}

/** Whether closing the page would lose rules. */
export function isDirty(): boolean {
  return draft !== undefined && draft.text !== draft.stored;
}
