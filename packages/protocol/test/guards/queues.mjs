import { address } from "./packing.mjs";

/** Guards, named by letters; `stake` in units of the least. */
const place = (name, changes = {}) => ({
  guard: address(`guard ${name}`),
  owner: address(`owner ${name}`),
  stakeWei: 10n ** 21n * BigInt(changes.stake ?? 1),
  joinAsked: changes.joinAsked ?? 0,
  ...(changes.leaveAsked === undefined ? {} : { leaveAsked: changes.leaveAsked }),
  isFrozen: changes.isFrozen ?? false,
});
const STAKE_MIN_WEI = 10n ** 21n;
const outranks = (one, other) =>
  one.stakeWei > other.stakeWei || (one.stakeWei === other.stakeWei && one.guard < other.guard);

/** One choice at a time: the next to leave, then the next to join, until the bound or the queue is used up. */
function queue({ says, epoch, previous, candidates, openFromEpoch = 0, hosted = [] }) {
  const isHosted = epoch < openFromEpoch;
  const bound = isHosted || previous.length === 0 ? 32 : Math.max(1, previous.length >> 2);
  const isAble = (one) => !one.isFrozen && one.stakeWei >= STAKE_MIN_WEI && (!isHosted || hosted.includes(one.guard));
  const asksOut = (one) => one.leaveAsked !== undefined && one.leaveAsked < epoch;
  let inside = candidates.filter((one) => isAble(one) && previous.includes(one.guard));
  let gone = 0;
  for (; gone < bound; gone += 1) {
    const asking = inside.filter(asksOut);
    if (asking.length === 0) break;
    const next = asking.reduce((best, one) =>
      one.leaveAsked < best.leaveAsked || (one.leaveAsked === best.leaveAsked && one.guard < best.guard) ? one : best,
    );
    inside = inside.filter((one) => one !== next);
  }
  let outside = candidates.filter(
    (one) => isAble(one) && one.joinAsked < epoch && !asksOut(one) && !previous.includes(one.guard),
  );
  for (let joined = 0; joined < bound && outside.length > 0; joined += 1) {
    const best = outside.reduce((first, one) => (outranks(one, first) ? one : first));
    outside = outside.filter((one) => one !== best);
    if (inside.length === 32) {
      const lowest = inside.reduce((last, one) => (outranks(last, one) ? one : last));
      if (gone === bound || !outranks(best, lowest)) break;
      inside = inside.filter((one) => one !== lowest);
      gone += 1;
    }
    inside.push(best);
  }
  const members = inside.map(({ guard, stakeWei }) => ({ guard, stakeWei }));
  members.sort((left, right) => (left.guard < right.guard ? -1 : 1));
  return { says, epoch, previous, candidates, stakeMinWei: STAKE_MIN_WEI, openFromEpoch, hosted, members };
}
const named = (count, changes) => Array.from({ length: count }, (_, index) => place(index, changes));
const guardsOf = (places) => places.map(({ guard }) => guard);

export const queues = [
  queue({
    says: "the first set",
    epoch: 1,
    previous: [],
    candidates: named(40).map((_one, i) => place(i, { stake: i >> 2 })),
  }),
  queue({
    says: "a set whose guards go by wish, by frost and by poverty",
    epoch: 10,
    previous: guardsOf(named(8)),
    candidates: [
      ...named(8).slice(4),
      place(0, { leaveAsked: 9 }),
      place(1, { leaveAsked: 4 }),
      place(2, { isFrozen: true }),
      place(3, { stake: 0 }),
      place("late", { joinAsked: 10 }),
      ...["new", "newer", "newest"].map((name, i) => place(name, { stake: 2 + i, joinAsked: 9 })),
    ],
  }),
  queue({
    says: "a full set that richer ones press into, and some leave",
    epoch: 10,
    previous: guardsOf(named(32)),
    candidates: [
      ...named(32).map((_one, i) => place(i, i < 5 ? { leaveAsked: 8 - i } : {})),
      ...Array.from({ length: 12 }, (_, i) => place(`rich ${i}`, { stake: 3 + (i % 2) })),
    ],
  }),
  queue({
    says: "the hosted phase",
    epoch: 4,
    previous: [],
    candidates: named(6, { stake: 5 }),
    openFromEpoch: 5,
    hosted: guardsOf(named(3)),
  }),
  queue({
    says: "the first epoch after it",
    epoch: 5,
    previous: guardsOf(named(3)),
    candidates: named(6, { stake: 5 }),
    openFromEpoch: 5,
    hosted: guardsOf(named(3)),
  }),
];
