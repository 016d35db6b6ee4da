import { defineConfig } from "vite";

// The page the server embeds. Nothing inline, so that it works under a strict Content-Security-Policy.
export default defineConfig({
  root: "src/messenger",
  base: "./",
  build: {
    outDir: "../../dist/messenger",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
