// Checks that dist, which is committed because the server embeds it, equals a new build. Each folder of dist is the build of a package.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** The folders of dist: the package that each is built by, and the settings of that build. */
const builds = {
  messenger: ["messenger"],
  admin: ["admin"],
  widget: ["widget"],
  embed: ["widget", "--config", "vite.embed.config.ts"],
};
const committed = join(root, "dist");
const fresh = mkdtempSync(join(tmpdir(), "causerie-dist-"));

/** The contents of all files in a folder, by relative path. */
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
  for (const [folder, [name, ...settings]] of Object.entries(builds)) {
    const args = [vite, "build", ...settings, "--outDir", join(fresh, folder), "--logLevel", "warn"];
    execFileSync(process.execPath, args, { cwd: join(root, "packages", name), stdio: "inherit" });
  }
  const [committedFiles, builtFiles] = [files(committed), files(fresh)];
  const differing = [...new Set([...committedFiles.keys(), ...builtFiles.keys()])].filter((path) => {
    const [before, after] = [committedFiles.get(path), builtFiles.get(path)];
    return !before || !after || !before.equals(after);
  });
  for (const path of differing.sort()) {
    const problem = !committedFiles.has(path) ? "is missing" : !builtFiles.has(path) ? "should not be there" : "differs";
    console.error(`dist/${path} ${problem}`);
  }
  if (differing.length) {
    console.error("dist differs from what the sources build: run `npm run build` and commit it");
    process.exitCode = 1;
  } else console.log(`dist is up to date (${committedFiles.size} files)`);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
