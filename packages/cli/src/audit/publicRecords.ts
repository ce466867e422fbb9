import { type Difference, SettlementAudit } from "@cortensor/books";
import {
  type BlockRecord,
  type ChainReader,
  createChainReader,
  lastBlockBefore,
  listCondemnedSets,
  type NetworkProfile,
  type PostedAttestation,
  readAttestations,
} from "@cortensor/chain";
import type { Bytes32, ResultsLeaf, SettlementLeaf, UnixSeconds } from "@cortensor/protocol";
import type { ReadSet } from "./readSets.js";
import { type ReplayedChain, replayChain } from "./replayChain.js";

/** A settlement, and its tasks; undefined when nobody shows its set. */
type Settled = {
  readonly leaf: SettlementLeaf;
  readonly blockNumber: bigint;
  readonly atSeconds: UnixSeconds;
  readonly tasks: readonly ResultsLeaf[] | undefined;
  readonly differences: readonly Difference[];
};

export type BlockRange = { readonly fromBlock: bigint; readonly toBlock: bigint };

/** All that a network's chain and its published sets say up to a time: what guards make roots and virtual blocks of. */
export type PublicRecords = {
  readonly chain: ChainReader;
  /** In the order of their posting. */
  readonly posted: readonly PostedAttestation[];
  /** What is wrong with the settlements and their sets. */
  readonly differences: readonly Difference[];
  /** See `lastBlockBefore`. */
  lastBlockBefore(time: UnixSeconds): Promise<BlockRecord | undefined>;
  /** In a range of blocks, each once, as it came first. */
  settlementsIn(range: BlockRange): readonly SettlementLeaf[];
  /** In a range of blocks, each once; undefined while a set of one that wasn't condemned is missing. */
  tasksIn(range: BlockRange): Promise<readonly ResultsLeaf[] | undefined>;
};

/** What is read of the chain once, however many epochs are looked at. */
type Opened = {
  readonly chain: ChainReader;
  readonly replayed: ReplayedChain;
  readonly posted: readonly PostedAttestation[];
  readonly lastBlockBefore: PublicRecords["lastBlockBefore"];
};

/** Reads the records up to a time, again and again: the chain once, and each set once. */
export function createReadPublicRecords(
  profile: NetworkProfile,
  readSet: ReadSet,
): (beforeSeconds: UnixSeconds) => Promise<PublicRecords> {
  let opened: Promise<Opened> | undefined;
  const audit = new SettlementAudit();
  const settled: Settled[] = [];
  return async (beforeSeconds) => {
    opened ??= openChain(profile);
    const { replayed, ...known } = await opened;
    for (;;) {
      const settlement = replayed.settlements[settled.length];
      if (settlement === undefined || settlement.atSeconds >= beforeSeconds) break;
      settled.push(openSettled(audit, settlement, await readSet(settlement.settled.setCid)));
    }
    const own = settled.filter(({ atSeconds }) => atSeconds < beforeSeconds);
    return recordsOf(known, { settled: own, ofChain: replayed.differences });
  };
}

async function openChain(profile: NetworkProfile): Promise<Opened> {
  const chain = createChainReader({ profile });
  const replayed = await replayChain(profile);
  const { deployBlock: fromBlock, chainId: subjectChainId } = profile;
  const posted = await readAttestations(chain, { fromBlock, toBlock: replayed.blockNumber, subjectChainId });
  return { chain, replayed, posted, lastBlockBefore: rememberTimes(chain) };
}

/** Each time is looked for but once: the chain is that of one moment. */
function rememberTimes(chain: ChainReader): PublicRecords["lastBlockBefore"] {
  const known = new Map<UnixSeconds, Promise<BlockRecord | undefined>>();
  return (time) => {
    const found = known.get(time) ?? lastBlockBefore(chain, time);
    known.set(time, found);
    return found;
  };
}

function recordsOf(
  { chain, posted, lastBlockBefore: lastBefore }: Omit<Opened, "replayed">,
  { settled, ofChain }: { readonly settled: readonly Settled[]; readonly ofChain: readonly Difference[] },
): PublicRecords {
  const { deployBlock: fromBlock } = chain.profile;
  const isIn = ({ fromBlock: from, toBlock: to }: BlockRange) =>
    settled.filter((one) => one.blockNumber >= from && one.blockNumber <= to);
  return {
    chain,
    posted,
    lastBlockBefore: lastBefore,
    differences: [...ofChain, ...settled.flatMap(({ differences }) => differences)],
    settlementsIn: (range) =>
      firstOf(
        isIn(range).map(({ leaf }) => leaf),
        (leaf) => `${leaf.lane} ${leaf.settlementId}`,
      ),
    tasksIn: async (range) => {
      const some = isIn(range);
      if (some.length === 0) return [];
      const condemned = new Set<Bytes32>(await listCondemnedSets(chain, { fromBlock, toBlock: range.toBlock }));
      const shown = some.filter(({ leaf }) => !condemned.has(leaf.settlementId)).map(({ tasks }) => tasks);
      if (shown.includes(undefined)) return undefined;
      return firstOf(
        shown.flatMap((tasks) => tasks ?? []),
        ({ id }) => id,
      );
    },
  };
}

/** Bytes that are no set, and a set of another root, have no tasks, for everybody alike; what isn't there may have any. */
function openSettled(
  audit: SettlementAudit,
  settlement: ReplayedChain["settlements"][number],
  bytes: Uint8Array | undefined,
): Settled {
  const { blockNumber, atSeconds } = settlement;
  const { lane, settlementId, settlementRoot, setCid, debitedWei } = settlement.settled;
  const before = audit.differences.length;
  const set = audit.take(settlement, bytes);
  const differences = audit.differences.slice(before);
  const isAbsent = differences.some(({ what }) => what === "setMissing" || what === "setTampered");
  const isOwn = set?.settlementRoot === settlementRoot;
  const entries = isOwn ? set.entries.map(({ id, resultsHash }) => ({ id, resultsHash })) : [];
  const leaf = { lane, settlementId, settlementRoot, setCid, debitedWei };
  return { leaf, blockNumber, atSeconds, tasks: isAbsent ? undefined : entries, differences };
}

function firstOf<Each>(all: readonly Each[], keyOf: (one: Each) => string): readonly Each[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = keyOf(one);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
