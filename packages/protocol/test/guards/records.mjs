import { concat, keccak256, stringToHex } from "viem";
import { CHAIN_ID, structHashOf } from "./attested.mjs";
import { earned } from "./earned.mjs";
import { address, hash, KINDS, merkle, packed, pathOf, twice, word, ZERO } from "./packing.mjs";
import { sets } from "./sets.mjs";

const LEAF_FIELDS = {
  results: [
    ["id", "bytes32"],
    ["resultsHash", "bytes32"],
  ],
  reputation: [
    ["miner", "address"],
    ["modelId", "bytes32"],
    ["passedMicro", "uint64"],
    ["failedMicro", "uint64"],
    ["availabilityPpm", "uint32"],
    ["speedPpm", "uint32"],
  ],
  settlement: [
    ["lane", "address"],
    ["settlementId", "bytes32"],
    ["settlementRoot", "bytes32"],
    ["setCid", "bytes32"],
    ["debitedWei", "uint96"],
  ],
  beacon: [
    ["epoch", "uint64"],
    ["beacon", "bytes32"],
  ],
  checkpoint: [
    ["blockNumber", "uint64"],
    ["blockHash", "bytes32"],
    ["stateRoot", "bytes32"],
  ],
  dutyPay: [
    ["validator", "address"],
    ["earnedWei", "uint96"],
  ],
};
function root(kind, range, leaves) {
  const number = KINDS.indexOf(kind) + 1;
  const bytes = leaves.map((leaf) => packed(...LEAF_FIELDS[kind].map(([name, type]) => [type, leaf[name]]))).sort();
  const hashes = bytes.map((leaf) => twice(concat([packed(["uint8", number]), leaf])));
  const merkleRoot = merkle(hashes);
  const { subjectChainId, fromEpoch, epoch } = range;
  const value = hash(
    ["string", "root-v1"],
    ["uint64", subjectChainId],
    ["uint8", number],
    ["uint64", fromEpoch],
    ["uint64", epoch],
    ["uint32", leaves.length],
    ["bytes32", merkleRoot],
  );
  const paths = hashes.map((_, index) => pathOf(hashes, index));
  return { kind, ...range, leaves, leafHashes: hashes, paths, merkleRoot, root: value };
}
const range = { subjectChainId: 10n, fromEpoch: 7n, epoch: 7n };
const some = (count, make) => Array.from({ length: count }, (_, index) => make(index));
export const roots = [
  ...KINDS.map((kind) => root(kind, range, [])),
  root(
    "results",
    range,
    some(5, (i) => ({ id: word(`entry ${i}`), resultsHash: word(`results ${i}`) })),
  ),
  root(
    "reputation",
    { ...range, fromEpoch: 5n },
    some(3, (i) => ({
      miner: address(`miner ${i}`),
      modelId: word("model"),
      passedMicro: 30_000_000 * i,
      failedMicro: 9007199254740991,
      availabilityPpm: 990_000,
      speedPpm: 4_294_967_295,
    })),
  ),
  root(
    "settlement",
    range,
    some(2, (i) => ({
      lane: address("operator"),
      settlementId: word(`settlement ${i}`),
      settlementRoot: word(`set ${i}`),
      setCid: word(`cid ${i}`),
      debitedWei: "79228162514264337593543950335",
    })),
  ),
  root(
    "beacon",
    { ...range, fromEpoch: 6n },
    some(2, (i) => ({ epoch: 7 + i, beacon: word(`beacon ${i}`) })),
  ),
  root("checkpoint", range, [{ blockNumber: 123_456, blockHash: word("block"), stateRoot: word("state") }]),
  root("dutyPay", { ...range, subjectChainId: 31_337n, fromEpoch: 6n }, earned.at(-1).leaves),
];

function virtualBlock({ parent, fromEpoch, set, chains, opened, closed, duties, posted }) {
  const chainBytes = chains.map((chain) =>
    packed(
      ["uint64", chain.chainId],
      ["uint64", chain.fromBlock],
      ["uint64", chain.toBlock],
      ["bytes32", chain.blockHash],
      ["bytes32", chain.stateRoot],
    ),
  );
  const dutyBytes = duties
    .map((duty) =>
      packed(
        ["string", "duty-v1"],
        ["address", duty.validator],
        ["bytes32", duty.taskId],
        ["uint64", duty.epoch],
        ["bool", duty.isDone],
      ),
    )
    .sort();
  const head = packed(
    ["uint8", 1],
    ["uint64", BigInt(CHAIN_ID)],
    ["bytes32", parent?.hash ?? ZERO],
    ["uint64", fromEpoch],
    ["uint64", sets[set].epoch],
    ["bytes32", sets[set].setHash],
    ["uint32", opened.length],
    ["uint32", closed.length],
    ["uint32", duties.length],
    ["bytes32", merkle(dutyBytes.map(twice))],
    ["uint8", chains.length],
    ["bytes32", merkle(chainBytes.map((bytes) => twice(concat([stringToHex("chain-v1"), bytes]))))],
    ["uint16", posted.length],
    ["bytes32", merkle(posted.map((attestation) => keccak256(structHashOf(attestation))))],
  );
  const tail = posted.map(({ subjectChainId, kind, epoch, root: value }) =>
    packed(["uint64", subjectChainId], ["uint8", KINDS.indexOf(kind) + 1], ["uint64", epoch], ["bytes32", value]),
  );
  return {
    set,
    fromEpoch,
    chains,
    opened,
    closed,
    duties,
    posted,
    bytes: concat([head, ...chainBytes, ...tail]),
    hash: keccak256(head),
  };
}
const chainRange = (chainId, fromBlock, toBlock) => ({
  chainId,
  fromBlock,
  toBlock,
  blockHash: word(`block ${chainId} ${toBlock}`),
  stateRoot: word(`state ${chainId} ${toBlock}`),
});
export const first = virtualBlock({
  fromEpoch: 5n,
  set: 2,
  chains: [chainRange(10n, 0n, 700n)],
  opened: [],
  closed: [],
  duties: [],
  posted: [],
});
export const second = virtualBlock({
  parent: first,
  fromEpoch: 8n,
  set: 3,
  chains: [chainRange(10n, 701n, 800n), chainRange(20n, 4n, 9n)],
  opened: some(3, (i) => word(`task ${i}`)),
  closed: [word("task 0")],
  duties: some(3, (i) => ({
    validator: address(`validator ${i}`),
    taskId: word(`task ${i}`),
    epoch: 8n,
    isDone: i !== 1,
  })),
  posted: [
    { subjectChainId: 10n, kind: "results", epoch: 7n, root: word("root results") },
    { subjectChainId: 10n, kind: "settlement", epoch: 6n, root: word("root 6") },
    { subjectChainId: 10n, kind: "settlement", epoch: 7n, root: word("root 7") },
    { subjectChainId: 20n, kind: "checkpoint", epoch: 7n, root: word("root 20") },
  ],
});

/** Times by their definition in the page, over a network's epoch and a local one's. */
export const times = [
  { t0: 1_000, epochSeconds: 600 },
  { t0: 1_000, epochSeconds: 30 },
].flatMap(({ t0, epochSeconds }) =>
  [0, 7].map((epoch) => {
    const end = t0 + (epoch + 1) * epochSeconds;
    const cutOff = end - Math.floor(epochSeconds / 10);
    const last = cutOff + epochSeconds;
    const slots = [end - 1, end, last - 1, last].map((time) => {
      const isLed = time >= end && time < last;
      return { time, slot: isLed ? Math.floor((20 * (time - end)) / epochSeconds) : null };
    });
    return { t0, epochSeconds, epoch, start: end - epochSeconds, cutOff, slots };
  }),
);
