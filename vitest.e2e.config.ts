import { configDefaults, defineConfig } from "vitest/config";

/** They take minutes of a chain's time: `npm run deep` runs them. */
const DEEP_ONLY = ["auditedLife", "crookedMiners", "crookedValidators", "guardsAway"].map(
  (name) => `test/e2e/${name}.test.ts`,
);

/** Real processes, real chains, a real browser: what is tested is what was built, as users run it. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["scripts/bundle.mjs"],
    exclude: [...configDefaults.exclude, ...(process.env.CORTENSOR_DEEP === undefined ? DEEP_ONLY : [])],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    retry: 0,
    fileParallelism: false,
  },
});
