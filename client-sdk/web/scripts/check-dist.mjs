// Builds the messenger into a temporary folder and compares it with dist/messenger, which is committed because the server embeds it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const committed = join(root, "dist/messenger");
const fresh = mkdtempSync(join(tmpdir(), "causerie-dist-"));

/** The files below a folder, by their path in it. */
function files(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      return [relative(folder, path), readFileSync(path)];
    }),
  );
}

try {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  execFileSync(process.execPath, [vite, "build", "--outDir", fresh, "--logLevel", "warn"], { cwd: root, stdio: "inherit" });
  const [held, built] = [files(committed), files(fresh)];
  const differing = [...new Set([...held.keys(), ...built.keys()])].filter((path) => {
    const [one, other] = [held.get(path), built.get(path)];
    return !one || !other || !one.equals(other);
  });
  for (const path of differing.sort()) {
    const what = !held.has(path) ? "is missing" : !built.has(path) ? "should not be there" : "differs";
    console.error(`dist/messenger/${path} ${what}`);
  }
  if (differing.length) {
    console.error("dist/messenger is not what the sources build: run `npm run build` and commit it");
    process.exitCode = 1;
  } else console.log(`dist/messenger is fresh (${held.size} files)`);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
