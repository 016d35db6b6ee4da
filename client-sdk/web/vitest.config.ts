import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const conditions = ["causerie-source", ...defaultServerConditions];

export default defineConfig({
  // The packages import each other's sources.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ["packages/*/tests/**/*.test.ts", "tests/**/*.test.ts"], reporters: ["default", "./scripts/reporter.ts"] },
});
