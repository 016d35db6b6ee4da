import { html, type ReactiveController, type ReactiveControllerHost } from "lit";
import { explain, strings } from "../i18n/index.js";

/** Loads a value for an element, and renders the states before it is there. */
export class Loader<T> implements ReactiveController {
  value: T | undefined;
  error: unknown;
  loading = false;
  #abort: AbortController | undefined;
  #again: (() => void) | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#abort?.abort();
  }

  /** Loads the value. The value that is shown stays until the new one is there, unless `fresh` is set. */
  async load(read: (signal: AbortSignal) => Promise<T>, fresh = false): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#again = () => void this.load(read, fresh);
    this.loading = true;
    this.error = undefined;
    if (fresh) this.value = undefined;
    this.host.requestUpdate();
    try {
      const value = await read(abort.signal);
      if (abort.signal.aborted) return;
      this.value = value;
    } catch (thrown) {
      if (abort.signal.aborted) return;
      this.error = thrown;
    }
    this.loading = false;
    this.host.requestUpdate();
  }

  /** The value as `ready` renders it; until then grey bars, or the error with a button to try again. */
  render(ready: (value: T) => unknown): unknown {
    if (this.error !== undefined) {
      return html`<div class="empty" role="alert">
        <strong>${strings.loadFailed}</strong>
        <p>${explain(this.error)}</p>
        <p><button class="button" @click=${() => this.#again?.()}>${strings.tryAgain}</button></p>
      </div>`;
    }
    if (this.value !== undefined) return ready(this.value);
    return html`<div class="skeleton" role="status"><span class="visually-hidden">${strings.loading}</span><i></i><i></i><i></i><i></i></div>`;
  }
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** A list that is read in pages, one shown at a time. */
export class Pages<T> {
  readonly loader: Loader<Page<T>>;
  /** The cursors of the pages up to the shown one; the first page has none. */
  #cursors: (string | undefined)[] = [undefined];

  constructor(
    host: ReactiveControllerHost,
    private readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  ) {
    this.loader = new Loader(host);
  }

  /** Shows the first page. */
  restart(): void {
    this.#cursors = [undefined];
    this.#show(true);
  }

  /** Reads the shown page again. */
  reload(): void {
    this.#show(false);
  }

  #show(fresh: boolean): void {
    const cursor = this.#cursors.at(-1);
    void this.loader.load((signal) => this.read(cursor, signal), fresh);
  }

  /** The table with the shown page and the buttons for other pages. `empty` is shown for a list without items. */
  render(table: (items: readonly T[]) => unknown, empty: unknown): unknown {
    return html`<div class="table" tabindex="-1">
      ${this.loader.render(({ items, next }) => {
        const at = this.#cursors.length;
        if (!items.length && at === 1) return html`<div class="empty">${empty}</div>`;
        return html`${table(items)}
        ${
          at > 1 || next
            ? html`<div class="pager">
                <span>${strings.page(at)}</span>
                <button class="button small" ?disabled=${at === 1} @click=${() => this.#turn(undefined)}>${strings.previous}</button>
                <button class="button small" ?disabled=${!next} @click=${() => this.#turn(next)}>${strings.next}</button>
              </div>`
            : ""
        }`;
      })}
    </div>`;
  }

  #turn(next: string | undefined): void {
    if (next) this.#cursors.push(next);
    else this.#cursors.pop();
    this.#show(false);
  }
}
