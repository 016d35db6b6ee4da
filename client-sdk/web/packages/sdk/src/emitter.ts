/** The arguments of `emit` after the name: none for an event without a payload. */
type Payload<Value> = undefined extends Value ? [] : [Value];

/** Typed events. `Events` maps the name of each event to the type of its payload. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Calls `listener` at every `event`. Returns a function that removes the listener. */
  on<Name extends keyof Events>(event: Name, listener: (payload: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // Wrapped, so that a function added twice is called twice, and is removed once by each returned function.
    const entry = (payload: Events[Name]): void => listener(payload);
    listeners.add(entry as (payload: never) => void);
    return () => void listeners.delete(entry as (payload: never) => void);
  }

  /** Calls all listeners of an event. An exception of a listener is reported as uncaught; the other listeners are still called. */
  emit<Name extends keyof Events>(event: Name, ...[payload]: Payload<Events[Name]>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (payload: Events[Name] | undefined) => void)(payload);
      } catch (thrown) {
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}
