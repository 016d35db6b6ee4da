// Unsent texts by user and conversation. They survive a reload, and all tabs of a browser share them.

import type { Message } from "causerie";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { browserStorage } from "./browser-storage.js";

/** An edit of a message that was not saved yet. */
export interface Edit {
  readonly messageId: string;
  /** The text before the edit. */
  readonly original: string;
  readonly text: string;
}

/** The unsent texts of a user in a conversation: of a new message, and of an edit. */
export interface Draft {
  readonly text: string;
  readonly edit: Edit | undefined;
  /** When the draft last changed, in milliseconds since 1970. */
  readonly at: number;
}

/** A draft is stored after a pause in the typing of this length, in milliseconds. */
const storeDelayMs = 300;

const emptyDraft: Draft = { text: "", edit: undefined, at: 0 };

/** The drafts of one user. Without browser storage, they exist as long as the page. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #unwritten = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #prefix: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    userId: string,
    private readonly storage: Storage | undefined,
  ) {
    this.#prefix = `causerie.draft/${userId}/`;
    for (const key of Object.keys(storage ?? {})) this.#read(key, storage?.getItem(key) ?? null);
    addEventListener("storage", ({ key, newValue, storageArea }) => {
      if (storageArea !== this.storage) return;
      if (key === null) this.#drafts.clear();
      else if (!this.#read(key, newValue)) return;
      this.#notify();
    });
    addEventListener("pagehide", () => this.#write());
  }

  /** The draft of a conversation. */
  get(conversationId: string): Draft {
    return this.#drafts.get(conversationId) ?? emptyDraft;
  }

  /** Sets the text of the current edit or, when there is none, of the new message. */
  setText(conversationId: string, text: string): void {
    const { edit, text: kept } = this.get(conversationId);
    this.#set(conversationId, edit ? { text: kept, edit: { ...edit, text } } : { text, edit });
  }

  /** Starts to edit a message. The text of a new message stays. */
  startEdit(conversationId: string, message: Message): void {
    const { id, text } = message;
    this.#set(conversationId, { text: this.get(conversationId).text, edit: { messageId: id, original: text, text } });
  }

  /** Ends the edit: it was saved or cancelled. */
  endEdit(conversationId: string): void {
    this.#set(conversationId, { text: this.get(conversationId).text, edit: undefined });
  }

  /** Moves the text of a new message to another key, unless that key has a text. */
  move(from: string, to: string): void {
    const { text } = this.get(from);
    if (!text) return;
    if (!this.get(to).text) this.#set(to, { text, edit: this.get(to).edit });
    this.#set(from, emptyDraft);
  }

  /** Calls `listener` after every change, in this tab or another. Returns a function that removes the listener. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #set(conversationId: string, draft: Pick<Draft, "text" | "edit">): void {
    if (draft.text || draft.edit) this.#drafts.set(conversationId, { ...draft, at: Date.now() });
    else this.#drafts.delete(conversationId);
    this.#unwritten.add(conversationId);
    clearTimeout(this.#timer);
    // An empty draft is stored at once, so that a sent text does not reappear after a reload.
    if (draft.text || draft.edit) this.#timer = setTimeout(() => this.#write(), storeDelayMs);
    else this.#write();
    this.#notify();
  }

  #write(): void {
    for (const conversationId of this.#unwritten) {
      const draft = this.#drafts.get(conversationId);
      try {
        if (draft) this.storage?.setItem(this.#prefix + conversationId, JSON.stringify(draft));
        else this.storage?.removeItem(this.#prefix + conversationId);
      } catch {
        // The storage is full: the draft exists as long as the page.
      }
    }
    this.#unwritten.clear();
  }

  /** Reads an entry of the storage. Returns whether it is a draft of this user. */
  #read(key: string, value: string | null): boolean {
    if (!key.startsWith(this.#prefix)) return false;
    const conversationId = key.slice(this.#prefix.length);
    try {
      const draft = JSON.parse(value ?? "null") as Draft | null;
      if (draft) this.#drafts.set(conversationId, { ...emptyDraft, ...draft });
      else this.#drafts.delete(conversationId);
    } catch {
      // Another program wrote the entry.
    }
    return true;
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const byUser = new Map<string, Drafts>();

/** The drafts of a user. Returns the same object for the same user. */
export function draftsOf(userId: string): Drafts {
  let drafts = byUser.get(userId);
  if (!drafts) byUser.set(userId, (drafts = new Drafts(userId, browserStorage())));
  return drafts;
}

/** Renders a component again when drafts change. */
export class DraftsController implements ReactiveController {
  #drafts: Drafts | undefined;
  #unsubscribe: () => void = () => {};

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Returns the drafts of a user, and observes them from now on. */
  of(userId: string): Drafts {
    const drafts = draftsOf(userId);
    if (drafts !== this.#drafts) {
      this.#drafts = drafts;
      this.hostConnected();
    }
    return drafts;
  }

  hostConnected(): void {
    this.#unsubscribe();
    if (this.#drafts) this.#unsubscribe = this.#drafts.on(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#unsubscribe();
  }
}
