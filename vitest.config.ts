import { defineConfig } from "vitest/config";

/** Tests of a package's front door that start nothing which outlives their file. */
const SHARED = ["api", "proof", "protocol", "sdk"].map((name) => `packages/${name}/test/**/*.test.ts`);

/**
 * Unit and integration tests run on the sources: the `source` condition of each package's `exports`.
 * Tests beside their sources share a process, which loads each module once: two thirds of their time were imports. So do those of the rooms named above.
 * The others of a package's `test` folder have one each: they start chains and databases, whose ports and kept-alive connections outlive a file.
 */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          isolate: false,
          include: [
            "packages/*/src/**/*.test.ts",
            "sim/src/**/*.test.ts",
            "scripts/**/*.test.ts",
            "contracts/mutants/*.test.ts",
            "bench/**/*.test.ts",
          ],
        },
      },
      { extends: true, test: { name: "shared", isolate: false, include: SHARED } },
      { extends: true, test: { name: "integration", include: ["packages/*/test/**/*.test.ts"], exclude: SHARED } },
    ],
  },
});
