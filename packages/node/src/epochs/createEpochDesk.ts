import type { EpochDesk, EpochsView, GuardView, ShownVirtualBlock } from "@cortensor/api";
import {
  type ChainGuardSet,
  type ChainReader,
  epochAt,
  lastBlockBefore,
  readAttestedRoot,
  readBeacon,
  readGuardSet,
  readHead,
  readNode,
} from "@cortensor/chain";
import {
  beaconWithoutGuards,
  cutOffOf,
  epochStart,
  guardSetHash,
  leaderOrder,
  totalStakeWei,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { createRemembered } from "../host/index.js";
import { findShownBlock, type GuardEndpoint, isUp } from "./guardWatch.js";
import { type EpochFacts, readEpoch } from "./readEpoch.js";
import { withCoverage } from "./withCoverage.js";

/** Epochs shown, beside the running one. */
const EPOCHS_SHOWN = 12;
/** How old an overview may be: it is asked for by every page that is open. */
const OVERVIEW_MS = 2_000;
/** An epoch's beacon is committed to in the records of the second epoch before: they begin in the third. */
const EPOCHS_BEFORE = 3;
/** Virtual blocks that are remembered: what is posted doesn't change any more. */
const BLOCKS_KEPT = 64;

export type EpochDeskParts = {
  readonly chain: ChainReader;
  readonly clock: Pick<Clock, "nowMs">;
  readonly signal: AbortSignal;
};

/** Epochs and virtual blocks, read when they are asked for: what can't change any more once. */
export function createEpochDesk(parts: EpochDeskParts): EpochDesk {
  const { chain, clock, signal } = parts;
  const closed = new Map<number, EpochFacts>();
  const blocks = new Map<number, ShownVirtualBlock>();
  const overview = createRemembered({ read: () => readOverview(parts, closed), forMs: OVERVIEW_MS, clock });
  return {
    overview,
    findVirtualBlock: async (epoch) => {
      const known = blocks.get(epoch);
      if (known !== undefined) return known;
      const { chainId } = chain.profile;
      // Without a checkpoint there is none: then nobody is asked.
      if ((await readAttestedRoot(chain, { subjectChainId: chainId, kind: "checkpoint", epoch })) === undefined) return;
      const found = await findShownBlock(endpointsOf(await overview()), { chainId, epoch, signal });
      // As long as not all of them show it, more may.
      if (found !== undefined && found.shownBy.length === (await overview()).guards.length) keep(blocks, epoch, found);
      return found;
    },
  };
}

function endpointsOf({ guards }: EpochsView): readonly GuardEndpoint[] {
  return guards.flatMap(({ guard, endpoint }) => (endpoint === undefined ? [] : [{ guard, endpoint }]));
}

async function readOverview(parts: EpochDeskParts, closed: Map<number, EpochFacts>): Promise<EpochsView> {
  const { chain, clock, signal } = parts;
  const { profile } = chain;
  // A quiet chain's newest block lies in the past.
  const atSeconds = Math.max((await readHead(chain)).timestamp, Math.floor(clock.nowMs() / 1_000));
  const epoch = epochAt(profile, atSeconds);
  const [set, beacon, facts] = await Promise.all([
    readGuardSet(chain, epoch),
    readBeacon(chain, epoch),
    readLast(parts, { epoch, atSeconds, closed }),
  ]);
  const guards = await readGuards(chain, set, signal);
  const order = leaderOrder(set, beacon ?? beaconWithoutGuards(profile.chainId, epoch));
  return {
    ...{ atSeconds, epoch, guards },
    startsAt: epochStart(profile, epoch),
    cutOffAt: cutOffOf(profile, epoch),
    endsAt: epochStart(profile, epoch + 1),
    setHash: guardSetHash(set),
    stakeWei: totalStakeWei(set),
    leaders: order,
    epochs: withCoverage(facts),
  };
}

/** The epochs before one, the last one first. */
async function readLast(
  { chain }: EpochDeskParts,
  of: { readonly epoch: number; readonly atSeconds: UnixSeconds; readonly closed: Map<number, EpochFacts> },
): Promise<readonly EpochFacts[]> {
  const { epoch, atSeconds, closed } = of;
  const wanted = Array.from({ length: Math.min(EPOCHS_SHOWN, epoch) }, (_, back) => epoch - 1 - back);
  const unknown = wanted.filter((one) => !closed.has(one));
  if (unknown.length === 0) return wanted.flatMap((one) => closed.get(one) ?? []);
  const from = await lastBlockBefore(
    chain,
    epochStart(chain.profile, Math.max(0, Math.min(...unknown) - EPOCHS_BEFORE)),
  );
  const fromBlock = from?.number ?? chain.profile.deployBlock;
  const { blockNumber: toBlock } = await readHead(chain);
  const blocks = { fromBlock, toBlock };
  const read = await Promise.all(unknown.map((one) => readEpoch(chain, { epoch: one, atSeconds, blocks })));
  for (const facts of read) if (!facts.isOpen && facts.epoch < epoch - 1) keep(closed, facts.epoch, facts);
  const all = new Map([...closed, ...read.map((facts) => [facts.epoch, facts] as const)]);
  return wanted.flatMap((one) => all.get(one) ?? []);
}

async function readGuards(
  chain: ChainReader,
  { members, frozen }: ChainGuardSet,
  signal: AbortSignal,
): Promise<readonly GuardView[]> {
  return Promise.all(
    members.map(async ({ guard, stakeWei }) => {
      const endpoint = (await readNode(chain, guard))?.endpoint ?? "";
      const view = { guard, stakeWei, isFrozen: frozen.has(guard) };
      return endpoint === "" ? { ...view, isUp: false } : { ...view, endpoint, isUp: await isUp(endpoint, signal) };
    }),
  );
}

/** The one that was kept first makes room. */
function keep<Value>(kept: Map<number, Value>, epoch: number, value: Value): void {
  kept.set(epoch, value);
  const [first] = kept.keys();
  if (kept.size > BLOCKS_KEPT && first !== undefined) kept.delete(first);
}
