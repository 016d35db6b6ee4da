import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  // Two pages: with the hooks, and with the elements.
  build: { rolldownOptions: { input: ["index.html", "elements.html"].map((page) => `${import.meta.dirname}/${page}`) } },
});
