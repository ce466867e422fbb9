import { crossAgain, openForUse } from "./crossings.mjs";
import { batchRatio, carriedGas } from "./figures.mjs";
import { ANCHOR, CROSSINGS, fixGuard } from "./messages.mjs";
import { openQuorumNetwork } from "./quorumNetwork.mjs";

/** Messages of one batch, under one root. */
const COUNTS = (process.env.BENCH_BATCHES ?? "1,8,32,100").split(",").map(Number);
const RATIO_MAX = 0.2;

/** What a message costs among others against one alone: all that sends it, its share of the root, its place in a delivery. */
export async function measureBatches() {
  const network = await openForUse(openQuorumNetwork);
  try {
    const figures = [];
    for (const crossing of CROSSINGS) figures.push(await measureKind(network, crossing));
    const guarded = { ...network, guard: await fixGuard(network) };
    return [...figures, await measureKind(guarded, ANCHOR)];
  } finally {
    await network.close();
  }
}

async function measureKind(network, crossing) {
  const costs = await crossAgain(network, crossing, COUNTS);
  const gasBy = (gasOf) => Object.fromEntries(costs.map((cost) => [cost.count, gasOf(cost)]));
  const gasOf = gasBy(({ gas }) => gas);
  const batch = Math.max(...COUNTS);
  return {
    metric: "batch_cost_ratio",
    value: batchRatio(gasOf, batch),
    unit: "of one alone",
    atMost: RATIO_MAX,
    ...{ text: crossing.text, batch, gasOf },
    carriedRatio: batchRatio(gasBy(carriedGas), batch),
    arms: Object.fromEntries(costs.map(({ count, payers, steps }) => [count, { payers, steps }])),
    ...network.facts,
  };
}
