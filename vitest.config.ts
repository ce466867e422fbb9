import { existsSync } from "node:fs";
import { defineConfig, type Plugin } from "vitest/config";

/** Tests of a package's front door that start nothing which outlives their file. */
const SHARED = ["api", "proof", "protocol", "sdk"].map((name) => `packages/${name}/test/**/*.test.ts`);

/** `npm test` builds first and says so. */
const IS_BUILT = process.env.CORTENSOR_TEST_BUILT !== undefined;

/** Loads what was compiled of a package's sources in their place, but of no test. */
const built: Plugin = {
  name: "built",
  enforce: "pre",
  async resolveId(id, importer, options) {
    const found = await this.resolve(id, importer, { ...options, skipSelf: true });
    if (found === null || found.id.endsWith(".test.ts")) return found;
    const compiled = found.id.replace(/(\/packages\/[^/]+)\/src\/(.*)\.ts$/, "$1/dist/$2.js");
    return existsSync(compiled) ? { ...found, id: compiled } : found;
  },
};
const sources = { resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"] } } };

/**
 * Unit and integration tests run on the sources: the `source` condition of each package's `exports`. After a build they run on what was built of them,
 * which Node loads by itself: through the test runner each process loads a thousand sources anew, which took most of their time.
 * Tests beside their sources share a process, which loads each module once. So do those of the rooms named above.
 * The others of a package's `test` folder have one each: they start chains and databases, whose ports and kept-alive connections outlive a file.
 */
export default defineConfig({
  ...(IS_BUILT ? { plugins: [built] } : sources),
  test: {
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
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
