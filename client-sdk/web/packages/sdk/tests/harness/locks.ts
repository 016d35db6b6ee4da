/** One request for a lock. The first of a queue holds the lock. */
interface Waiting {
  readonly tab: object;
  readonly start: () => void;
}

/** Web Locks that several tabs share. */
export class FakeLocks {
  readonly #queues = new Map<string, Waiting[]>();

  /** The lock manager of a tab, and the end of the tab: its locks become free, its requests are gone. */
  tab(): { locks: LockManager; close: () => void } {
    const tab = {};
    const request = (name: string, callback: (lock: Lock) => unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const entry: Waiting = {
          tab,
          start: () =>
            queueMicrotask(async () => {
              try {
                resolve(await callback({ name, mode: "exclusive" }));
              } catch (thrown) {
                reject(thrown);
              } finally {
                this.#remove(name, (each) => each === entry);
              }
            }),
        };
        const queue = this.#queues.get(name) ?? [];
        this.#queues.set(name, [...queue, entry]);
        if (!queue.length) entry.start();
      });
    const query = async () => ({
      held: [...this.#queues].filter(([, queue]) => queue.length).map(([name]) => ({ name })),
    });
    const close = (): void => {
      for (const name of this.#queues.keys()) this.#remove(name, (each) => each.tab === tab);
    };
    return { locks: { request, query } as unknown as LockManager, close };
  }

  #remove(name: string, isGone: (waiting: Waiting) => boolean): void {
    const before = this.#queues.get(name) ?? [];
    const after = before.filter((each) => !isGone(each));
    this.#queues.set(name, after);
    if (after[0] && after[0] !== before[0]) after[0].start();
  }
}
