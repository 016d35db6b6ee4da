import { defineConfig, type Plugin } from "vite";
import { chunkOf, conditions, conversationGroup, minifyStyles } from "../../scripts/vite-settings.js";

/**
 * Makes the entry a classic script, which a page loads with `<script async>`. Its names stay out of the page's global scope. It imports the
 * other files by absolute addresses, because a classic script of another origin has no address for the browser. `$script` is its element:
 * an element with the name `currentScript`, which a user may have put into the page, would hide the script.
 */
function classicScript(): Plugin {
  const script =
    "[document.currentScript,document.querySelector('script[src*=\"/widget/v1.js\"]')].find(e=>e instanceof HTMLScriptElement)";
  return {
    name: "classic-script",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk" || !file.isEntry) continue;
        const { fileName, imports, exports } = file;
        if (imports.length || exports.length)
          this.error(`${fileName} imports ${imports} or exports ${exports}: it is no classic script`);
        const code = file.code
          .trim()
          .replaceAll("/* @__PURE__ */ ", "")
          .replace(/import\((["'`])\.\/([^"'`]+)\1\)/g, 'import($base+"$2")');
        file.code = `(()=>{const $script=${script},$base=$script.src.replace(/[^/]*$/,"");${code}})();\n`;
      }
    },
  };
}

// Builds the files that pages of other products load. `v1.js` has the launcher only; it loads the modules in `assets` later.
export default defineConfig({
  root: "src",
  base: "./",
  plugins: [minifyStyles(), classicScript()],
  resolve: { conditions },
  build: {
    outDir: "../../../dist/widget",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    // As a library, because a page's build has a function for preloading in its first file, which the later files would then import.
    lib: { entry: "v1.ts", formats: ["es"] },
    rolldownOptions: {
      output: {
        minify: true,
        entryFileNames: "v1.js",
        chunkFileNames: "assets/[name]-[hash].js",
        codeSplitting: { groups: [{ name: chunkOf, debugName: "shared", priority: 1 }, conversationGroup] },
      },
    },
  },
});
