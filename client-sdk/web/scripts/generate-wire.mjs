// Writes packages/sdk/src/wire.gen.ts: the JSON types of the schema in ../../protocol/proto.
// protoc-gen-es generates types for its own classes and for the JSON mapping. Only the latter are kept, under the names of the schema, so
// that the SDK has no dependency at run time. With `--check`, the script writes nothing and fails when the file is out of date.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "packages/sdk/src/wire.gen.ts");

/** Runs buf and returns the text of the generated .d.ts files, in the order of their names. */
function declarations() {
  const folder = mkdtempSync(join(tmpdir(), "causerie-wire-"));
  try {
    const proto = join(root, "../../protocol/proto");
    const args = ["generate", proto, "--path", join(proto, "causerie/v1"), "--template", "buf.gen.yaml", "-o", folder];
    execFileSync(join(root, "node_modules/.bin/buf"), args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const generated = join(folder, "causerie/v1");
    return readdirSync(generated)
      .sort()
      .map((file) => readFileSync(join(generated, file), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The `…Json` types of a file with their documentation, under the names of the schema. */
function jsonTypes(text) {
  return text
    .split(/\n(?=\/\*\*)/)
    .filter((block) => /^export declare type \w+Json = /m.test(block))
    .map((block) =>
      block
        .replace(/^\s*\* @generated from .*\n/gm, "")
        .replace(/^\s*\*\n(?=\s*\*\/)/gm, "")
        .replace(/^ *\/\*\*\n *\*\/\n/gm, "")
        .replace(/\/\*\*\n\s*\* (.*)\n\s*\*\//g, "/** $1 */")
        .replace(/\n\n(?= )/g, "\n")
        .replace("export declare type", "export type")
        .replace(/\b(\w+)Json\b/g, "$1")
        .trim(),
    );
}

const header = `// Generated from protocol/proto by \`npm run generate\`; do not edit.
// The frames of a \`causerie.v1.json\` connection, in the JSON mapping of protobuf. An absent field has its default.

/** A time in RFC 3339, such as \`2026-11-20T20:34:00.123Z\`. */
export type Timestamp = string;
`;
const text = `${[header.trimEnd(), ...declarations().flatMap(jsonTypes)].join("\n\n")}\n`;

if (process.argv.includes("--check")) {
  let current = "";
  try {
    current = readFileSync(target, "utf8");
  } catch {
    // A missing file is out of date.
  }
  if (current !== text) {
    console.error("packages/sdk/src/wire.gen.ts is out of date: run `npm run generate`");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
