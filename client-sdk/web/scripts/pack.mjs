// Packs the packages as npm publishes them, and installs the archives into a folder.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** The packages that are published, each after those that its build needs. */
export const published = ["causerie", "@causerie/ui", "@causerie/widget", "@causerie/react"];

const npm = (cwd, ...args) => execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "pipe"], timeout: 300_000 });

/** Builds and packs the published packages into a folder. Returns the paths of the archives. */
export function pack(folder) {
  mkdirSync(folder, { recursive: true });
  const workspaces = published.flatMap((name) => ["--workspace", name]);
  npm(root, "pack", "--silent", "--pack-destination", folder, ...workspaces);
  return readdirSync(folder).map((file) => join(folder, file));
}

/** The folders of what the published packages depend on, such as Lit, as installed here. */
function dependencies() {
  const folders = new Map();
  const visit = (name) => {
    const folder = join(root, "node_modules", name);
    if (folders.has(name)) return;
    if (!published.includes(name)) folders.set(name, folder);
    const { dependencies: needed = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const each of Object.keys(needed)) visit(each);
  };
  published.forEach(visit);
  return [...folders.values()];
}

/**
 * Installs archives and their dependencies into `project`, without a registry. Any other package is the one that is installed here, which node
 * and the compiler find in the folder above the project.
 */
export function install(project, archives) {
  symlinkSync(join(root, "node_modules"), join(project, "../node_modules"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const options = ["--offline", "--legacy-peer-deps", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"];
  npm(project, "install", ...options, ...archives, ...dependencies());
}

/** Runs a program of an installed package. Returns its output; the error of a failure has it too. */
export function run(cwd, script, ...args) {
  try {
    const options = { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 300_000 };
    return execFileSync(process.execPath, [join(root, "node_modules", script), ...args], options);
  } catch (error) {
    throw new Error(`${script} ${args.join(" ")}: ${error.stdout}${error.stderr}`);
  }
}
