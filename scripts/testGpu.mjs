import { ensureInstalled } from "./install.mjs";
import { runVitest } from "./runners.mjs";

/** The checks that need a GPU; each says loudly that it is skipped where there is none. */
await ensureInstalled();
const { passed, failed } = await runVitest(["--config", "vitest.gpu.config.ts"]);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
