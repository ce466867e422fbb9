import { address, word } from "./packing.mjs";

/** Epochs of duties, one after the other: what settlements took the fund's counters to, who was paid for how many, and what follows by the page. */
const epochs = [
  { credits: [["a", 1_000n]], paid: [] },
  {
    credits: [
      ["a", 1_900n],
      ["b", 77n],
      ["a", 1_500n],
    ],
    paid: [3, 0, 1],
  },
  { credits: [["b", 77n]], paid: [1, 1, 1, 1] },
  { credits: [], paid: [0, 5] },
  { credits: [["c", 2n ** 95n]], paid: [7, 0, 0, 6] },
];

const counters = new Map();
const all = new Map();
let leftWei = 0n;
export const earned = epochs.map(({ credits, paid }) => {
  for (const [lane, wei] of credits) {
    const before = counters.get(lane) ?? 0n;
    if (wei <= before) continue;
    counters.set(lane, wei);
    leftWei += wei - before;
  }
  const duties = BigInt(paid.reduce((sum, one) => sum + one, 0));
  const eachWei = duties === 0n ? 0n : leftWei / duties;
  for (const [index, count] of paid.entries()) {
    if (count === 0 || eachWei === 0n) continue;
    const wei = eachWei * BigInt(count);
    all.set(address(`validator ${index}`), (all.get(address(`validator ${index}`)) ?? 0n) + wei);
    leftWei -= wei;
  }
  return {
    credits: credits.map(([lane, creditedWei]) => ({ lane: address(`lane ${lane}`), creditedWei })),
    tallies: paid.map((count, index) => ({
      validator: address(`validator ${index}`),
      drawn: count + index,
      missed: index,
      paid: count,
      missedPlants: count === 0 ? [word("planted")] : [],
    })),
    leftWei,
    leaves: [...all].sort().map(([validator, earnedWei]) => ({ validator, earnedWei: earnedWei.toString() })),
  };
});
