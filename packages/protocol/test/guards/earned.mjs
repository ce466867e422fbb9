import { address, word } from "./packing.mjs";

const KEPT_EPOCHS = 4;
const task = (name) => word(`task ${name}`);
const opened = (number, feeWei) => ({ kind: "priced", number, feeWei });
const said = (number, judge, isWrong) => ({ kind: "said", number, judge: address(`validator ${judge}`), isWrong });
const ended = (number, name, ending) => ({ kind: "ended", number, taskId: task(name), ending });

/**
 * Epochs of duties, one after the other: what settlements took the fund's counters to, who was paid for how many and accused which tasks, what was heard of disputes, and what
 * follows by the page.
 */
const epochs = [
  { credits: [["a", 1_000n]], paid: [] },
  {
    credits: [
      ["a", 1_900n],
      ["b", 77n],
      ["a", 1_500n],
    ],
    paid: [3, 0, 1],
    accused: [["x"], [], ["x", "y"]],
  },
  { credits: [["b", 77n]], paid: [1, 1, 1, 1], news: [opened(1, 500n), said(1, 3, true), said(1, 4, false)] },
  {
    credits: [["b", 1_077n]],
    paid: [0, 5],
    news: [opened(2, 90n), said(1, 3, true), said(2, 1, false), ended(1, "x", "slashed")],
  },
  { credits: [["b", 1_500n]], paid: [1], accused: [["z"]], news: [said(2, 2, true), ended(2, "y", "cleared")] },
  { credits: [["c", 2n ** 95n]], paid: [7, 0, 0, 6], news: [ended(3, "z", "undecided")] },
];

const counters = new Map();
const all = new Map();
const earn = (validator, wei) => {
  if (wei > 0n) all.set(validator, (all.get(validator) ?? 0n) + wei);
};
/** Each `[task, validator, epoch, its price, what is still set aside]`. */
let aside = [];
const words = new Map();
const fees = new Map();
let owed = [];
let leftWei = 0n;

function hear(one) {
  const { kind, number } = one;
  if (kind === "priced") fees.set(number, one.feeWei);
  if (kind === "said") words.set(number, [...(words.get(number) ?? []), [one.judge, one.isWrong]]);
  if (kind !== "ended" || !["cleared", "withheld", "slashed"].includes(one.ending)) return;
  const isWrong = one.ending !== "cleared";
  const charges = aside.filter(([about]) => about === one.taskId);
  if (charges.length === 0) return;
  const price = charges.at(-1)[3];
  const fee = fees.get(number) ?? 0n;
  for (const judge of new Set((words.get(number) ?? []).map(([who]) => who))) {
    const isRight = words.get(number).every(([who, word]) => who !== judge || word === isWrong);
    if (isRight) owed.push([judge, price < fee ? price : fee]);
  }
  for (const charge of isWrong ? charges : []) {
    earn(charge[1], charge[4]);
    charge[4] = 0n;
  }
}

export const earned = epochs.map(({ credits, paid, accused = [], news = [] }, epoch) => {
  for (const [lane, wei] of credits) {
    const before = counters.get(lane) ?? 0n;
    if (wei <= before) continue;
    counters.set(lane, wei);
    leftWei += wei - before;
  }
  const isOver = ([, , since]) => since + KEPT_EPOCHS <= epoch;
  leftWei += aside.filter(isOver).reduce((sum, [, , , , wei]) => sum + wei, 0n);
  aside = aside.filter((one) => !isOver(one));
  for (const one of news) hear(one);
  const waiting = [];
  for (const [judge, wei] of owed) {
    if (wei > leftWei) waiting.push([judge, wei]);
    else {
      earn(judge, wei);
      leftWei -= wei;
    }
  }
  owed = waiting;
  const charges = accused.flatMap((names, index) => names.map((name) => [task(name), address(`validator ${index}`)]));
  const checks = BigInt(paid.reduce((sum, one) => sum + one, charges.length));
  const eachWei = checks === 0n ? 0n : leftWei / checks;
  for (const [index, count] of paid.entries()) earn(address(`validator ${index}`), eachWei * BigInt(count));
  aside.push(...charges.map((charge) => [...charge, epoch, eachWei, eachWei]));
  leftWei -= eachWei * checks;
  return {
    credits: credits.map(([lane, creditedWei]) => ({ lane: address(`lane ${lane}`), creditedWei })),
    tallies: paid.map((count, index) => ({
      validator: address(`validator ${index}`),
      drawn: count + index,
      missed: index,
      paid: count,
      accused: (accused[index] ?? []).map(task),
      missedPlants: count === 0 ? [word("planted")] : [],
    })),
    news: news.map((one) => ("feeWei" in one ? { ...one, feeWei: one.feeWei.toString() } : one)),
    keptEpochs: KEPT_EPOCHS,
    leftWei,
    asideWei: aside.reduce((sum, [, , , , wei]) => sum + wei, 0n),
    leaves: [...all].sort().map(([validator, earnedWei]) => ({ validator, earnedWei: earnedWei.toString() })),
  };
});
