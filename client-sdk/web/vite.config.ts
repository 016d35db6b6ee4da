import { defineConfig, type Plugin } from "vite";

/** Removes white space from the styles of components, which the minifier of JavaScript does not change. */
function minifyStyles(): Plugin {
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
      id.includes("/src/") && id.endsWith(".ts") ? code.replace(/\bcss`[^`]*`/g, (styles) => minify(styles)) : undefined,
  };
}

// Builds the page that the server embeds. Nothing is inline, so that it works under a strict Content-Security-Policy.
export default defineConfig({
  root: "src/messenger",
  base: "./",
  plugins: [minifyStyles()],
  build: {
    outDir: "../../dist/messenger",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // Modules that are loaded later import only the first file, which is loaded by then: nothing has to be preloaded.
    modulePreload: false,
    reportCompressedSize: false,
    // The modules of the first page are one file: two files would export names to each other, and compress worse.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
});
