import { defineConfig } from "vitest/config";

/** Real processes, real chains, a real browser: what is tested is `dist`, as users run it. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    retry: 0,
    fileParallelism: false,
  },
});
