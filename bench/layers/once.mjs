import { createViteServer } from "vitest/node";
import { ROOT } from "../../scripts/run.mjs";
import { rootPath } from "../../scripts/runners.mjs";
import { violationsFigure } from "./figures.mjs";

const SEEDS = Number(process.env.BENCH_SEEDS ?? 1_000);
/** The link that the protocol's own tests play, and what they hold a run to. */
const LINK = rootPath("packages", "protocol", "test", "messaging", "lossyLink.ts");

/** Links whose relayers drop, double, reorder and delay messages, and die: each seed is one, and settles in the end. */
export async function measureOnce() {
  const loader = await createViteServer({
    ...{ root: ROOT, configFile: false, logLevel: "error", appType: "custom" },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const { playLossyLink, violationsOf } = await loader.ssrLoadModule(LINK);
    const found = [];
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const run = playLossyLink(seed);
      found.push({ seed, messages: run.sent.length, repeats: run.repeats, says: violationsOf(run) });
    }
    return [violationsFigure(found, SEEDS)];
  } finally {
    await loader.close();
  }
}
