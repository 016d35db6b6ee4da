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
    // What parts that are loaded later need is there already: nothing is to be preloaded.
    modulePreload: false,
    reportCompressedSize: false,
    // What the first page needs is one file: two files would name to each other what they share, and compress worse.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
});
