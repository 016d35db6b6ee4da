import { defineConfig } from "vite";
import { conditions, minifyStyles } from "../../scripts/vite-settings.js";

// Builds the page that the server embeds. Nothing is inline, so that it works under a strict Content-Security-Policy. Each view is a file
// of its own, loaded when it is shown first.
export default defineConfig({
  root: "src",
  base: "./",
  plugins: [minifyStyles()],
  resolve: { conditions },
  build: {
    outDir: "../../../dist/admin",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // The first file imports nothing else, and what views share is small: nothing has to be preloaded.
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
});
