// What the server would refuse or close a connection on, found before it is sent: form and limits, as protocol/README.md has them.
import { CauserieError } from "./errors.js";
import type * as wire from "./wire.gen.js";

/** Half a surrogate pair: no encoding of Unicode has it. */
const halfPair = /\p{Surrogate}/u;
/** Ends of lines, which the server makes `\n` in texts and spaces in subjects. */
const lineEnds = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
/** Control characters that the server refuses. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about these
const control = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/;

/** A text as the server will keep it: its lines end with `\n`. */
export function withPlainLines(text: string): string {
  return text.replace(lineEnds, "\n");
}

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The request is larger than the server takes. */
export function tooLarge(field: string, max: number): CauserieError {
  return new CauserieError({ code: 152, name: "too_large", field, message: `\`${field}\` has more than ${max} bytes` });
}

/** Where commands name users and groups: objects, or lists of objects. */
type References = Partial<Record<"user" | "users" | "with" | "copy", unknown>>;

/** Why the server would refuse a command for its form, or nothing. `field` is the command's name. */
export function faultOf(field: string, body: unknown, limits: wire.Limits): CauserieError | undefined {
  const { textBytesMax = 16_384, subjectBytesMax = 512 } = limits;
  const bytesMax: Record<string, number> = {
    text: textBytesMax,
    subject: subjectBytesMax,
    query: 128,
    externalId: 128,
    groupExternalId: 128,
  };
  const find = (path: string, key: string, value: unknown): CauserieError | undefined => {
    if (typeof value !== "string") {
      if (typeof value !== "object" || value === null) return undefined;
      for (const [name, part] of Object.entries(value)) {
        const fault = find(Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, name, part);
        if (fault) return fault;
      }
      return undefined;
    }
    const max = bytesMax[key];
    if (max && bytesOf(withPlainLines(value)) > max) return tooLarge(path, max);
    const why = halfPair.test(value)
      ? "contains half a surrogate pair"
      : max && control.test(value)
        ? "contains control characters"
        : key === "text" && !value.trim() && "is empty";
    return why ? new CauserieError({ code: 151, name: "invalid", field: path, message: `\`${path}\` ${why}` }) : undefined;
  };
  const { user = {}, users = {}, with: to = {}, copy = {} } = body as References;
  for (const named of [user, users, to, copy].flat()) {
    if (typeof named !== "object") throw new TypeError(`expected { externalId: "tom" }, got "${named}"`);
  }
  return find(field, "", body);
}
