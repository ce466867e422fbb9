/** Processor time of engines, by what for, as a role's metrics have it. */
const MINERS = /^cortensor_miner_engine_cpu_seconds_total\{work="(\w+)"\} ([\d.e+-]+)$/gm;
/** Of every other role: whatever its engine does is checking. */
const OTHERS = /^cortensor_(?!miner_)\w+_engine_cpu_seconds_total(?:\{[^}]*\})? ([\d.e+-]+)$/gm;
const KINDS = ["answer", "check", "probe", "networkTask"];

/** What engines have worked so far, in seconds: miners' by kind, and `duty`, all that guards' have. */
export async function readWork(endpoints) {
  const work = { ...Object.fromEntries(KINDS.map((kind) => [kind, 0])), duty: 0 };
  const texts = await Promise.all(endpoints.map(async (one) => (await fetch(new URL("/metrics", one))).text()));
  for (const text of texts) {
    for (const [, kind, seconds] of text.matchAll(MINERS)) work[kind] += Number(seconds);
    for (const [, seconds] of text.matchAll(OTHERS)) work.duty += Number(seconds);
  }
  return work;
}

/** What was worked between two readings. */
export function workBetween(before, after) {
  return Object.fromEntries(Object.entries(after).map(([kind, seconds]) => [kind, seconds - before[kind]]));
}
