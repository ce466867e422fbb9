import { address, word } from "../guards/packing.mjs";

/** The share kept by an epoch, in parts of 2⁶⁴, by the rule in docs/GUARDS.md: the constants again, as roots of one half. */
const ONE = 1n << 400n;
const HALF_LIFE = 1_209_600n;

/** ⌊value^(1 ÷ degree)⌋, by halving. */
function root(value, degree) {
  let [low, high] = [0n, 1n << (BigInt(value.toString(2).length) / degree + 1n)];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= value) low = middle;
    else high = middle;
  }
  return low;
}
const FACTORS = [2n, 2n, 2n, 2n, 2n, 2n, 2n, 2n, 3n, 3n, 3n, 5n, 5n, 7n];
const perSecond = FACTORS.reduce((share, degree) => root(share * ONE ** (degree - 1n), degree), ONE / 2n);
const CONSTANTS = [];
for (let bit = 0, share = perSecond; bit < 21; bit += 1, share = (share * share) / ONE)
  CONSTANTS.push((share << 64n) / ONE);
function kept(seconds) {
  const bits = (BigInt(seconds) % HALF_LIFE).toString(2);
  let share = 1n << 64n;
  for (let bit = 0; bit < bits.length; bit += 1) if (bits.at(-1 - bit) === "1") share = (share * CONSTANTS[bit]) >> 64n;
  return share >> (BigInt(seconds) / HALF_LIFE);
}

/** The lower end of Wilson's interval, its square root found by halving. */
function availability(accepted, delivered) {
  if (delivered === 0) return 0;
  const [n, d, z, e12] = [BigInt(accepted), BigInt(delivered), 1_959_964n, 10n ** 12n];
  const product = 4n * e12 * d * (n - d);
  const square = product / n + (product % n === 0n ? 0n : 1n) + z * z;
  const down = root(square, 2n);
  const up = down * down === square ? down : down + 1n;
  const low = 2n * e12 * d + z * z - z * up;
  return low < 0n ? 0 : Number((low * 1_000_000n) / (2n * (e12 * n + z * z)));
}

function reputation(epochSeconds, epoch, history) {
  const share = kept(epochSeconds);
  const all = new Map();
  for (let now = 0; now <= epoch; now += 1) {
    for (const one of all.values()) {
      one.passed = (one.passed * share) >> 64n;
      one.failed = (one.failed * share) >> 64n;
    }
    const work = history.find((each) => each.epoch === now) ?? { audited: [], deliveries: [] };
    const at = ({ miner, modelId }) => {
      const id = miner + modelId;
      if (!all.has(id)) all.set(id, { miner, modelId, passed: 0n, failed: 0n, accepted: 0, delivered: 0, speed: 0 });
      return all.get(id);
    };
    for (const one of [...work.audited].sort((left, right) => (left.taskId < right.taskId ? -1 : 1))) {
      const known = at(one);
      if (one.finding === "failed") known.failed += 10_000_000n;
      else {
        known.passed += 1_000_000n;
        if (one.speedPpm !== undefined)
          known.speed = known.speed === 0 ? one.speedPpm : Math.floor((7 * known.speed + one.speedPpm) / 8);
      }
    }
    for (const one of work.deliveries) {
      at(one).accepted += one.accepted;
      at(one).delivered += one.delivered;
    }
  }
  const leaves = [...all.values()]
    .sort((left, right) => (left.miner + left.modelId < right.miner + right.modelId ? -1 : 1))
    .map(({ miner, modelId, passed, failed, accepted, delivered, speed }) => ({
      ...{ miner, modelId, passedMicro: Number(passed), failedMicro: Number(failed) },
      ...{ availabilityPpm: availability(accepted, delivered), speedPpm: speed },
    }));
  return { epochSeconds, epoch, history, leaves };
}

/** Fifty epochs of three miners with two models, some without any record. */
const makers = [0, 1, 2, 3, 4].map((index) => ({
  miner: address(`miner ${index % 3}`),
  modelId: word(`model ${index >> 1}`),
}));
const history = [0, 1, 2, 5, 6, 11, 30, 44].map((epoch, place) => ({
  epoch,
  audited: makers.slice(place % 2, 3 + (place % 3)).map((maker, index) => ({
    taskId: word(`audited ${epoch} ${index}`),
    ...maker,
    finding: (place + index) % 6 === 5 ? "failed" : "passed",
    ...((place + index) % 4 === 1 ? {} : { speedPpm: 1_000_000 - 60_007 * ((3 * place + index) % 11) }),
  })),
  deliveries: makers
    .slice(0, 4)
    .map((maker, index) => ({ ...maker, accepted: 17 * place + index, delivered: 16 * place + index })),
}));

export const reputations = [
  reputation(600, 44, history),
  reputation(30, 50, history),
  reputation(86_400, 1_000, history),
];
