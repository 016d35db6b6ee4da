// What was written and not sent, by user and conversation: it outlives the field, the page and the tab, and all tabs have the same.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Message } from "../sdk/index.js";
import { browserStorage } from "./browser-storage.js";

/** A change of a message that was begun. */
export interface Edit {
  readonly messageId: string;
  /** The text before the change. */
  readonly original: string;
  readonly text: string;
}

/** What one user has written in one conversation. */
export interface Draft {
  readonly text: string;
  readonly edit: Edit | undefined;
  /** When it last changed; milliseconds since 1970. */
  readonly at: number;
}

/** Writing to the disk waits for a pause in the typing, in milliseconds. */
const pauseMs = 300;

const nothing: Draft = { text: "", edit: undefined, at: 0 };

/** The drafts of one user. Where the browser keeps nothing, they live as long as the page. */
export class Drafts {
  readonly #held = new Map<string, Draft>();
  readonly #unwritten = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #prefix: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    userId: string,
    private readonly storage: Storage | undefined,
  ) {
    this.#prefix = `causerie.draft/${userId}/`;
    for (const key of Object.keys(storage ?? {})) this.#take(key, storage?.getItem(key) ?? null);
    addEventListener("storage", ({ key, newValue, storageArea }) => {
      if (storageArea !== this.storage) return;
      if (key === null) this.#held.clear();
      else if (!this.#take(key, newValue)) return;
      this.#tell();
    });
    addEventListener("pagehide", () => this.#write());
  }

  /** What was written in a conversation. */
  get(conversationId: string): Draft {
    return this.#held.get(conversationId) ?? nothing;
  }

  /** The field holds this text now: of the edit that was begun, or of a new message. */
  type(conversationId: string, text: string): void {
    const { edit, text: kept } = this.get(conversationId);
    this.#set(conversationId, edit ? { text: kept, edit: { ...edit, text } } : { text, edit });
  }

  /** Begins to change a message. What was written of a new one stays for later. */
  edit(conversationId: string, message: Message): void {
    const { id, text } = message;
    this.#set(conversationId, { text: this.get(conversationId).text, edit: { messageId: id, original: text, text } });
  }

  /** The change was made, or given up. */
  endEdit(conversationId: string): void {
    this.#set(conversationId, { text: this.get(conversationId).text, edit: undefined });
  }

  /** A conversation came to be under another address: what was written goes with it, unless something is written there. */
  move(from: string, to: string): void {
    const { text } = this.get(from);
    if (!text) return;
    if (!this.get(to).text) this.#set(to, { text, edit: this.get(to).edit });
    this.#set(from, nothing);
  }

  /** Calls `listener` after every change, here or in another tab; returns what ends it. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #set(conversationId: string, draft: Pick<Draft, "text" | "edit">): void {
    if (draft.text || draft.edit) this.#held.set(conversationId, { ...draft, at: Date.now() });
    else this.#held.delete(conversationId);
    this.#unwritten.add(conversationId);
    clearTimeout(this.#timer);
    // That nothing is left is written at once: what was sent may not come back.
    if (draft.text || draft.edit) this.#timer = setTimeout(() => this.#write(), pauseMs);
    else this.#write();
    this.#tell();
  }

  #write(): void {
    for (const conversationId of this.#unwritten) {
      const draft = this.#held.get(conversationId);
      try {
        if (draft) this.storage?.setItem(this.#prefix + conversationId, JSON.stringify(draft));
        else this.storage?.removeItem(this.#prefix + conversationId);
      } catch {
        // The disk is full: it lives as long as the page.
      }
    }
    this.#unwritten.clear();
  }

  /** Takes an entry of the storage; returns whether it is a draft of this user. */
  #take(key: string, value: string | null): boolean {
    if (!key.startsWith(this.#prefix)) return false;
    const conversationId = key.slice(this.#prefix.length);
    try {
      const draft = JSON.parse(value ?? "null") as Draft | null;
      if (draft) this.#held.set(conversationId, { ...nothing, ...draft });
      else this.#held.delete(conversationId);
    } catch {
      // Written by something else.
    }
    return true;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const byUser = new Map<string, Drafts>();

/** The drafts of a user, the same object for all who ask. */
export function draftsOf(userId: string): Drafts {
  let drafts = byUser.get(userId);
  if (!drafts) byUser.set(userId, (drafts = new Drafts(userId, browserStorage())));
  return drafts;
}

/** Draws a component anew when drafts change. */
export class DraftsController implements ReactiveController {
  #drafts: Drafts | undefined;
  #end: () => void = () => {};

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** The drafts of a user, watched from now on. */
  of(userId: string): Drafts {
    const drafts = draftsOf(userId);
    if (drafts !== this.#drafts) {
      this.#drafts = drafts;
      this.hostConnected();
    }
    return drafts;
  }

  hostConnected(): void {
    this.#end();
    if (this.#drafts) this.#end = this.#drafts.on(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#end();
  }
}
