import { defineConfig } from "vite";
import { chunkOf, conditions, conversationGroup, minifyStyles } from "../../scripts/vite-settings.js";

// Builds the page for frames, which the server serves at `/embed/{tenant}`.
export default defineConfig({
  root: "src/embed",
  base: "./",
  plugins: [minifyStyles()],
  resolve: { conditions },
  build: {
    outDir: "../../../../dist/embed",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: chunkOf, debugName: "shared", priority: 1 }, conversationGroup] } },
    },
  },
});
