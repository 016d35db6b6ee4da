// The import that runs or ran last. It goes on while the operator looks at another view, and its result waits for the operator.
import type { Api, Query } from "./api.js";
import { type Imported, linesOf, type Progress, type Refused, upload } from "./import-upload.js";
import { occupied } from "./unfinished.js";

/** What to import. */
export interface Order {
  /** The rows as the server takes them. */
  readonly rows: Blob;
  /** The file or text of the operator, whose lines the result shows. */
  readonly source: Blob;
  /** Lines of the source that are no rows. */
  readonly wrong: readonly Refused[];
  readonly query: Query;
}

/** One import. Fires `change` when it is further, and when it has ended. */
export class ImportRun extends EventTarget {
  /** How far the import is; `undefined` once it has ended. */
  progress: Progress | undefined;
  result: Imported | undefined;
  /** The texts of refused lines. */
  texts: ReadonlyMap<number, string> = new Map();
  error: unknown;
  cancelled = false;
  readonly #abort = new AbortController();

  constructor(
    readonly api: Api,
    private readonly order: Order,
  ) {
    super();
    this.progress = { sentBytes: 0, allBytes: order.rows.size, rows: 0 };
  }

  async run(): Promise<void> {
    const { rows, source, wrong, query } = this.order;
    const end = occupied();
    try {
      const told = (progress: Progress): void => {
        this.progress = progress;
        this.dispatchEvent(new Event("change"));
      };
      const { refused, summary } = await upload(this.api, rows, query, told, this.#abort.signal);
      const all = [...refused, ...wrong].sort((one, other) => one.row - other.row);
      this.texts = await linesOf(source, new Set(all.map(({ row }) => row)));
      const counts = { rows: summary.rows + wrong.length, refused: summary.refused + wrong.length };
      this.result = { refused: all, summary: { ...summary, ...counts } };
    } catch (thrown) {
      this.cancelled = this.#abort.signal.aborted;
      if (!this.cancelled) this.error = thrown;
    }
    end();
    this.progress = undefined;
    this.dispatchEvent(new Event("change"));
  }

  /** Ends the import early. Rows that were applied stay. */
  cancel(): void {
    this.#abort.abort();
  }
}
