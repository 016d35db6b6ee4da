// Writes src/sdk/wire.gen.ts: the wire's JSON types, from the schema in ../../protocol/proto.
// protoc-gen-es describes both its own classes and the JSON mapping; only the latter is kept, under the schema's own names,
// so that the SDK needs nothing at run time. `--check` writes nothing and fails when the file is stale.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "src/sdk/wire.gen.ts");

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

/** The `…Json` types of one file, renamed to the schema's names, documentation kept. */
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
// What travels on a \`causerie.v1.json\` connection: protobuf's standard JSON mapping. Absent means default.

/** RFC 3339, \`2026-11-20T20:34:00.123Z\`. */
export type Timestamp = string;
`;
const text = `${[header.trimEnd(), ...declarations().flatMap(jsonTypes)].join("\n\n")}\n`;

if (process.argv.includes("--check")) {
  let held = "";
  try {
    held = readFileSync(target, "utf8");
  } catch {
    // Absent is stale.
  }
  if (held !== text) {
    console.error("src/sdk/wire.gen.ts is stale: run `npm run generate`");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
