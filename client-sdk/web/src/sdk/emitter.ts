/** The arguments of `emit` after the name: none for an event without a payload. */
type Payload<Value> = undefined extends Value ? [] : [Value];

/** A typed `on(event, listener)`. `Events` maps event names to what their listeners are given. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Calls `listener` at every `event`; returns what ends it. */
  on<Name extends keyof Events>(event: Name, listener: (payload: Events[Name]) => void): () => void {
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    // Wrapped, so that a function given twice is called twice and each ending ends its own.
    const entry = (payload: Events[Name]): void => listener(payload);
    listeners.add(entry as (payload: never) => void);
    return () => void listeners.delete(entry as (payload: never) => void);
  }

  /** Tells all listeners. One that throws is reported as uncaught and does not keep the others from hearing. */
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
