import { defineConfig, type Plugin } from "vite";

/** Takes the indentation out of the styles of components, which no minifier of JavaScript touches. */
function smallStyles(): Plugin {
  const small = (styles: string): string =>
    styles
      .replace(/\/\*.*?\*\//gs, "")
      .replace(/\s+/g, " ")
      .replace(/ ?([{};,]) ?/g, "$1")
      .replace(/: (?=[^{}]*[;}])/g, ":")
      .replace(/;}/g, "}");
  return {
    name: "small-styles",
    transform: (code, id) =>
      id.includes("/src/") && id.endsWith(".ts") ? code.replace(/\bcss`[^`]*`/g, (styles) => small(styles)) : undefined,
  };
}

// The page the server embeds. Nothing inline, so that it works under a strict Content-Security-Policy.
export default defineConfig({
  root: "src/messenger",
  base: "./",
  plugins: [smallStyles()],
  build: {
    outDir: "../../dist/messenger",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What several parts need is one file: many small ones compress worse and take a request each.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } } },
  },
});
