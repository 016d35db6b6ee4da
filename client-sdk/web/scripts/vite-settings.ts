// The settings of the builds that the server embeds.
import { defaultClientConditions, type Plugin } from "vite";

/** The packages import each other's sources. */
export const conditions = ["causerie-source", ...defaultClientConditions];

/**
 * Removes white space from the styles and templates of components, which the minifier of JavaScript does not change. In a template, white space
 * at a line break stays a line break.
 */
export function minifyStyles(): Plugin {
  const minify = (styles: string): string =>
    styles
      .replace(/\/\*.*?\*\//gs, "")
      .replace(/\s+/g, " ")
      .replace(/ ?([{};,]) ?/g, "$1")
      .replace(/: (?=[^{}]*[;}])/g, ":")
      .replace(/;}/g, "}");
  return {
    name: "minify-styles",
    transform: (code, id) =>
      id.includes("/src/") && id.endsWith(".ts")
        ? code.replace(/\bcss`[^`]*`/g, (styles) => minify(styles)).replace(/\n\s+/g, "\n")
        : undefined,
  };
}

/**
 * Replaces the function in which vite wraps each `import(…)`. It preloads the styles and imports of the module, which has none here: styles
 * are in the code, and imports are in the first file.
 */
export function plainImports(): Plugin {
  return {
    name: "plain-imports",
    enforce: "pre",
    load: (id) => (id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : undefined),
  };
}

/**
 * Names the file of modules that several files use, so that no file is large and each can change alone. Lit and the components that all parts
 * need are one file: two files would export names to each other, and compress worse.
 */
export function chunkOf(id: string): string | null {
  // The other entry points of the SDK are loaded later, or by some pages only.
  if (/\/packages\/sdk\/src\/(?!cache|contacts|indexed-|shared-)/.test(id)) return "sdk";
  return /node_modules\/(?:@lit|lit)|\/packages\/ui\/src\/(?:avatar|bidi|client-element|drafts|format|icons|names|route|styles)\.ts/.test(
    id,
  )
    ? "base"
    : null;
}
