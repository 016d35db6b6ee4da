// Turns a table, as spreadsheets save it, into rows of an import. Each line of the file becomes the line with the same number, so that the
// server's line numbers are those of the file.

/** A line that is no row of the table. */
export interface WrongLine {
  readonly row: number;
  readonly cells: number;
}

export interface Table {
  /** The names of the columns, from the first line. */
  readonly columns: readonly string[];
  /** One JSON object per line; the first line is empty. */
  readonly rows: string;
  /** Lines with another number of cells than there are columns, or with an open quote. */
  readonly wrong: readonly WrongLine[];
}

const separators = [",", ";", "\t"];

/** The separator that the first line has most of. */
function separatorOf(header: string): string {
  const count = (separator: string): number => header.split(separator).length;
  return separators.reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** The cells of a line; `undefined` if a quote is not closed. */
function cellsOf(line: string, separator: string): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let cell = "";
      for (;;) {
        const end = line.indexOf('"', at + 1);
        if (end < 0) return undefined;
        cell += line.slice(at + 1, end);
        at = end + 1;
        if (line[at] !== '"') break;
        // Two quotes within quotes are one quote.
        cell += '"';
      }
      cells.push(cell.trim());
      at = line.indexOf(separator, at);
    } else {
      const end = line.indexOf(separator, at);
      cells.push(line.slice(at, end < 0 ? undefined : end).trim());
      at = end;
    }
    if (at < 0) return cells;
    at += 1;
  }
}

/** A cell in the form of a row: `roles` holds words, `deleted` holds true or false, every other cell is text. */
function cellValue(column: string, cell: string): unknown {
  if (column === "roles") return cell.split(/\s+/);
  return column === "deleted" && /^(true|false)$/.test(cell) ? cell === "true" : cell;
}

/** Reads a table. `type` is the type of rows of a table without such a column. An empty cell is an absent field. */
export function readTable(text: string, type: string): Table {
  const [header = "", ...lines] = text.replace(/^\ufeff/, "").split("\n");
  const separator = separatorOf(header);
  const columns = cellsOf(header.trim(), separator) ?? [];
  const wrong: WrongLine[] = [];
  const rows = lines.map((line, at) => {
    if (!line.trim()) return "";
    const cells = cellsOf(line.replace(/\r$/, ""), separator);
    if (cells?.length !== columns.length) {
      wrong.push({ row: at + 2, cells: cells?.length ?? 0 });
      return "";
    }
    const fields = columns
      .map((column, index) => [column, cells[index] ?? ""] as const)
      .filter(([column, cell]) => column && cell);
    const row = fields.map(([column, cell]) => [column, cellValue(column, cell)]);
    return JSON.stringify({ ...(type && !columns.includes("type") && { type }), ...Object.fromEntries(row) });
  });
  return { columns, rows: ["", ...rows].join("\n"), wrong };
}
