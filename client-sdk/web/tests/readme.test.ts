// The examples of the packages' READMEs compile. `e2e/embedding.mjs` runs those of the README of the repository.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  noUnusedLocals: false,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
  // As the sources of the packages are compiled.
  customConditions: ["causerie-source"],
  experimentalDecorators: true,
};

/** The errors of the compiler for texts, each as a module in this folder. */
function complaints(texts: ReadonlyMap<string, string>): string[] {
  const files = new Map([...texts].map(([name, text]) => [join(root, name), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

function blocks(readme: string): Map<string, string> {
  const found = readFileSync(join(root, readme), "utf8").matchAll(/^```(tsx?)\n([\s\S]*?)^```/gm);
  return new Map([...found].map(([, language, text = ""], at) => [`readme-${at}.${language}`, text]));
}

test.each([
  ["packages/sdk/README.md", ["readme-0.ts", "readme-1.tsx", "readme-2.ts", "readme-3.ts", "readme-4.ts"]],
  ["packages/react/README.md", ["readme-0.tsx", "readme-1.tsx", "readme-2.tsx"]],
  ["packages/ui/README.md", ["readme-0.ts"]],
  ["packages/widget/README.md", ["readme-0.ts"]],
])(
  "the examples of %s compile",
  (readme, names) => {
    const examples = blocks(readme);
    expect([...examples.keys()]).toEqual(names);
    expect(complaints(examples)).toEqual([]);
  },
  60_000,
);

test("a mistake in an example is reported", () => {
  const [[, text = ""] = []] = blocks("packages/sdk/README.md");
  const wrong = text.replace("startDirect({", "startDirekt({");
  expect(complaints(new Map([["wrong.ts", wrong]]))).toEqual([expect.stringContaining("startDirekt")]);
}, 60_000);
