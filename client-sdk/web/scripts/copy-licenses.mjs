// Copies the licences of the repository into the package that is being packed: npm packs no file from outside of its folder.
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../../..");
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(join(repository, name), join(process.cwd(), name));
