import { defineConfig } from "vite";
import { conditions, conversationGroup, minifyStyles, plainImports } from "../../scripts/vite-settings.js";

// Builds the page that the server embeds. Nothing is inline, so that it works under a strict Content-Security-Policy.
export default defineConfig({
  root: "src",
  base: "./",
  plugins: [minifyStyles(), plainImports()],
  resolve: { conditions },
  build: {
    outDir: "../../../dist/messenger",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // Modules that are loaded later import only the first file, which is loaded by then: nothing has to be preloaded.
    modulePreload: false,
    reportCompressedSize: false,
    // The modules of the first page are one file: two files would export names to each other, and compress worse.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"], priority: 1 }, conversationGroup] } },
    },
  },
});
