// Sends a file of rows to the server, and reads what became of them. `XMLHttpRequest`, because `fetch` does not tell how much of a body was sent.

import type { Api, Query } from "./api.js";
import { ApiError, errorOf } from "./errors.js";

/** A row that the server refused. */
export interface Refused {
  /** The line of the file, from 1. */
  readonly row: number;
  readonly type?: string;
  readonly id?: string;
  readonly field?: string;
  readonly message: string;
}

export interface Summary {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly refused: number;
  readonly dry_run: boolean;
  /** Why the import ended early. */
  readonly stopped: string | null;
}

/** How far an import is. */
export interface Progress {
  readonly sentBytes: number;
  readonly allBytes: number;
  /** Rows that the server has read. */
  readonly rows: number;
}

export interface Imported {
  /** The first refused rows. */
  readonly refused: readonly Refused[];
  readonly summary: Summary;
}

/** The most refused rows that the page keeps; the summary counts all. */
export const refusedMax = 1_000;

/** Sends the rows. `signal` ends the import; rows that were applied before stay. */
export function upload(
  api: Api,
  rows: Blob,
  query: Query,
  progress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Imported> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const refused: Refused[] = [];
    let summary: Summary | undefined;
    let [sentBytes, done, read] = [0, 0, 0];
    const tell = (): void => progress({ sentBytes, allBytes: rows.size, rows: done });
    /** Reads the whole lines that have arrived. */
    const readLines = (): void => {
      const text = request.responseText;
      for (let end = text.indexOf("\n", read); end >= 0; end = text.indexOf("\n", read)) {
        const answer = JSON.parse(text.slice(read, end));
        read = end + 1;
        if (answer.summary) summary = answer.summary;
        else if (answer.progress) done = answer.progress.rows ?? done;
        else if (refused.length < refusedMax) refused.push(answer);
      }
    };
    request.open("POST", api.address("import", query));
    for (const [name, value] of Object.entries(api.headers())) request.setRequestHeader(name, value);
    request.setRequestHeader("content-type", "application/x-ndjson");
    request.upload.onprogress = (event) => {
      sentBytes = event.loaded;
      tell();
    };
    request.onprogress = () => {
      if (request.status !== 200) return;
      readLines();
      tell();
    };
    request.onload = () => {
      if (request.status !== 200) {
        const error = errorOf(request.status, request.responseText);
        if (error.status === 401) api.onKeyRefused(error);
        return reject(error);
      }
      readLines();
      if (summary) resolve({ refused, summary });
      else reject(new ApiError(0, "unreachable", "the answer ended before its last line"));
    };
    request.onerror = () => reject(new ApiError(0, "unreachable", "the connection broke"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(rows);
  });
}

/** The texts of some lines of a file, by number from 1. Reads the file in pieces. */
export async function linesOf(file: Blob, wanted: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const last = Math.max(...wanted, 0);
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let [rest, line] = ["", 0];
  while (line < last) {
    const { value, done } = await reader.read();
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (parts.pop() ?? "");
    for (const text of parts) {
      line += 1;
      if (wanted.has(line)) found.set(line, text.trim());
    }
    if (done) break;
  }
  await reader.cancel();
  return found;
}
