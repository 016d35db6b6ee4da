// The tabs of a browser in which the same user is signed in. Each tab has its own connection, and the server counts unread messages, so tabs
// need each other for two things only: a tab without a connection takes the count of another tab, and one tab announces a new message.

/** A tab that announces a message keeps the right to it for this long, so that a slower tab does not announce it again; milliseconds. */
const claimMs = 30_000;

/** The other tabs of a user. Without BroadcastChannel and Web Locks, which need a secure page, each tab is on its own. */
export class Tabs {
  readonly #name: string;
  readonly #channel: BroadcastChannel | undefined;

  /** `name` is different for each user. `unread` is called with the count of another tab. */
  constructor(name: string, unread: (count: number) => void) {
    this.#name = name;
    this.#channel = globalThis.BroadcastChannel && new BroadcastChannel(name);
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "number") unread(data);
    });
  }

  /** Tells the other tabs the number of unread messages. */
  share(unread: number): void {
    this.#channel?.postMessage(unread);
  }

  /** Resolves to `true` in one tab only, for each `id`. */
  claim(id: string): Promise<boolean> {
    const { locks } = navigator;
    if (!locks) return Promise.resolve(document.visibilityState === "visible");
    return new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        return lock ? new Promise((end) => setTimeout(end, claimMs)) : undefined;
      };
      locks.request(`${this.#name}/${id}`, { ifAvailable: true }, hold).catch(() => resolve(false));
    });
  }

  close(): void {
    this.#channel?.close();
  }
}
