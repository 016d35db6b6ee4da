// Checks commands on the client, by the rules and limits of protocol/README.md: the server refuses an invalid field, and closes
// the connection over an invalid frame.
import { CauserieError } from "./errors.js";
import type * as wire from "./wire.gen.js";

/** Half of a surrogate pair. It can't be encoded in UTF-8. */
const loneSurrogate = /\p{Surrogate}/u;
/** Line breaks that the server replaces: by `\n` in message texts, by a space in subjects. */
const lineBreaks = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
/** Control characters that the server refuses. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
const control = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/;

/** A value of the type of each field of a command. A field that is not listed is a string. */
const examples: Readonly<Record<string, unknown>> = {
  seq: 0,
  beforeSeq: 0,
  afterSeq: 0,
  sinceVersion: 0,
  inboxVersion: 0,
  version: 0,
  limit: 0,
  typing: true,
  forAll: true,
  ownCopy: true,
  with: [],
  copy: [],
  users: [],
  userIds: [],
  held: [],
  user: {},
  firstMessage: {},
};

/** Replaces all line breaks by `\n`, as the server does. */
export function normalizeLineBreaks(text: string): string {
  return text.replace(lineBreaks, "\n");
}

/** Length of a text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The error for a field or frame that has more than `max` bytes. */
export function tooLarge(field: string, max: number): CauserieError {
  return new CauserieError({ code: 152, name: "too_large", field, message: `\`${field}\` has more than ${max} bytes` });
}

/** As `typeof`, except `array`, `null` and `NaN`. */
function typeOf(value: unknown): string {
  return Array.isArray(value) ? "array" : value === null || Number.isNaN(value) ? `${value}` : typeof value;
}

/** Throws a `TypeError` that names the value unless it has the given type: `array`, or a result of `typeof`. */
export function requireType(name: string, value: unknown, type: string): void {
  if (typeOf(value) === type) return;
  const example = /(user|])$/.test(name) && type === "object" ? ' such as { externalId: "tom" }' : "";
  throw new TypeError(`\`${name}\` must be of type ${type}${example}, not ${typeOf(value)}`);
}

/**
 * Checks the body of a command; `path` is the name of the command in `Request`.
 *
 * Returns the error that the server would answer with, `invalid` or `too_large`, whose `field` names the place in the body;
 * `undefined` for a valid body. Throws a `TypeError` for a missing value or a value of another type than in the schema.
 */
export function validate(path: string, body: unknown, limits: wire.Limits, key = "user"): CauserieError | undefined {
  const { textBytesMax = 16_384, subjectBytesMax = 512 } = limits;
  const bytesMax: Record<string, number> = {
    text: textBytesMax,
    subject: subjectBytesMax,
    query: 128,
    externalId: 128,
    groupExternalId: 128,
  };
  const type = typeOf(examples[key] ?? "");
  requireType(path, body, type);
  if (type === "array" || type === "object") {
    for (const [name, part] of Object.entries(body as object)) {
      const error =
        type === "object"
          ? validate(`${path}.${name}`, part, limits, name)
          : validate(`${path}[${name}]`, part, limits, key === "userIds" ? "" : "user");
      if (error) return error;
    }
  }
  if (type !== "string") return undefined;
  const text = body as string;
  const max = bytesMax[key];
  if (max && utf8Length(normalizeLineBreaks(text)) > max) return tooLarge(path, max);
  const reason = loneSurrogate.test(text)
    ? "has half a surrogate pair"
    : max && control.test(text)
      ? "has control characters"
      : key === "text" && !text.trim() && "is empty";
  return reason ? new CauserieError({ code: 151, name: "invalid", field: path, message: `\`${path}\` ${reason}` }) : undefined;
}
