import { defineConfig } from "vitest/config";

/** Unit and integration tests run on the sources: the `source` condition of each package's `exports`. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "sim/src/**/*.test.ts",
      "scripts/**/*.test.ts",
      "contracts/mutants/*.test.ts",
      "bench/**/*.test.ts",
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
    maxWorkers: 2,
  },
});
