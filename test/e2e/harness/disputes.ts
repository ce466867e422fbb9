import { type DisputeRecord, epochAt, readDispute, readDisputeCount, readHead, transferCor } from "@cortensor/chain";
import { type Address, drawWindow, epochStart } from "@cortensor/protocol";
import { networkOwner } from "./fundedWallet.js";
import { epochNow, moveTo, toEpoch } from "./moveTime.js";
import { arePledged } from "./publicDuties.js";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** What a dispute puts down. */
const BOND_WEI = 10n ** 18n;
/** Of one opener, at once. */
const OPEN_MAX = 4;
const OPENED_MS = 60_000;
/** A draw, or what judges do of a sitting, at most: all of it within an epoch's real time. */
const SITTING_MS = 660_000;
/** After a jury's verdict anyone may appeal for so long. */
const APPEAL_SECONDS = 86_400;
/** The half of an epoch in which nodes put themselves in for a draw, and its other half, have turns: all of them have come by this part. */
const TURNS_PER_CENT = 85;

/** Whose results a validator said were wrong. */
export type Accuser = { readonly validator: Address; readonly miners: ReadonlySet<Address> };

/** Every dispute so far. */
export async function listDisputes({ chain }: Network): Promise<readonly DisputeRecord[]> {
  const count = await readDisputeCount(chain);
  const all = await Promise.all(Array.from({ length: count }, (_, index) => readDispute(chain, index + 1)));
  return all.filter((one) => one !== undefined);
}

/**
 * Gives validators what a dispute takes, one bond at a time, until a result of each of these miners is disputed or nobody is left who accuses it: each opens one for each bond.
 * Every dispute is six replays, and one for a miner shows what comes of all.
 */
export async function fundDisputes(
  network: Network,
  { accusers, miners }: { readonly accusers: readonly Accuser[]; readonly miners: readonly Address[] },
): Promise<void> {
  const faucet = networkOwner(network);
  const given = new Map<Address, number>();
  for (;;) {
    const disputed = new Set((await listDisputes(network)).map(({ miner }) => miner));
    /** By validator, the miner that it is given a bond for. */
    const chosen = new Map<Address, Address>();
    for (const miner of miners.filter((one) => !disputed.has(one))) {
      const isAble = ({ validator, miners: accused }: Accuser): boolean =>
        accused.has(miner) && !chosen.has(validator) && (given.get(validator) ?? 0) < OPEN_MAX;
      const found = accusers.filter(isAble).sort((left, right) => left.miners.size - right.miners.size)[0];
      if (found !== undefined) chosen.set(found.validator, miner);
    }
    if (chosen.size === 0) return;
    for (const to of chosen.keys()) {
      given.set(to, (given.get(to) ?? 0) + 1);
      await transferCor(faucet, { to, wei: BOND_WEI });
    }
    await areBondsUsed(network, { chosen, given });
  }
}

/**
 * Waits until each who was given a bond has put down all that it was given, or the miner that it was given the last one for is in dispute: another may have opened a validator's last
 * accusation first, and it keeps the bond then.
 */
async function areBondsUsed(
  network: Network,
  of: { readonly chosen: ReadonlyMap<Address, Address>; readonly given: ReadonlyMap<Address, number> },
): Promise<void> {
  const look = async () => {
    const all = await listDisputes(network);
    const isDone = ([validator, accused]: readonly [Address, Address]): boolean =>
      all.some(({ miner }) => miner === accused) ||
      all.filter(({ opener }) => opener === validator).length >= (of.given.get(validator) ?? 0);
    return [...of.chosen].every(isDone) ? true : undefined;
  };
  await until(`disputes by ${[...of.chosen.keys()].join(", ")}`, look, OPENED_MS);
}

/** Moves time on from draw to draw until every dispute has its jury's verdict or its end: judges do all the rest by themselves. */
export async function judgeDisputes(network: Network, validators: number): Promise<readonly DisputeRecord[]> {
  const { profile } = network;
  const clock = { t0Seconds: profile.t0, epochSeconds: profile.epochSeconds };
  for (;;) {
    const disputes = await untilNoneSits(network);
    const waiting = disputes.filter(({ phase }) => phase === "opened" || phase === "called");
    if (waiting.length === 0) return disputes;
    const windows = waiting.map(({ atSeconds }) => drawWindow(epochAt(profile, atSeconds), clock));
    const now = await epochNow(network);
    const epoch = Math.max(now, Math.min(...windows.map((window) => window.epoch)));
    // Secrets of the draw's beacon are shown in the epoch before.
    if (epoch > now) {
      await toEpoch(network, epoch - 1);
      await arePledged(network, { epoch, validators });
    }
    await draw(network, epoch);
  }
}

/** Waits until nobody who sits has still something to say. */
function untilNoneSits(network: Network): Promise<readonly DisputeRecord[]> {
  const sits = ({ phase }: DisputeRecord): boolean =>
    phase === "seated" || phase === "committed" || phase === "empanelled";
  const look = async () => {
    const all = await listDisputes(network);
    return all.some(sits) ? undefined : all;
  };
  return until("verdicts of all that sit", look, SITTING_MS);
}

/** Lets nodes put themselves in, and then one of them make the draws of an epoch. */
async function draw(network: Network, epoch: number): Promise<void> {
  const { chain, profile } = network;
  const opens = epochStart(profile, epoch);
  const half = Math.floor(profile.epochSeconds / 2);
  const turns = Math.floor((half * TURNS_PER_CENT) / 100);
  await moveTo(network, opens + turns);
  const isHalf = async () => ((await readHead(chain)).timestamp >= opens + half ? true : undefined);
  await until("second half of a draw's epoch", isHalf, SITTING_MS);
  await moveTo(network, opens + half + turns);
  const areDrawn = async () => {
    const waiting = (await listDisputes(network)).filter(({ phase, atSeconds }) => {
      const isDue = epochAt(profile, atSeconds) + 2 <= epoch;
      return isDue && (phase === "opened" || phase === "called");
    });
    const { timestamp } = await readHead(chain);
    return waiting.length === 0 || timestamp >= opens + profile.epochSeconds ? true : undefined;
  };
  await until(`draws of epoch ${epoch}`, areDrawn, SITTING_MS);
}

/** Lets the time for appeals pass on chain, and waits until judges have ended every dispute and sent every slash. Whatever needs epochs one after another is over then. */
export async function carryOutDisputes(network: Network): Promise<readonly DisputeRecord[]> {
  const { timestamp } = await readHead(network.chain);
  await moveTo(network, timestamp + APPEAL_SECONDS + 1);
  const isOver = ({ phase, ending, isSent }: DisputeRecord): boolean =>
    phase === "ended" && (ending !== "slashed" || isSent);
  const look = async () => {
    const all = await listDisputes(network);
    return all.every(isOver) ? all : undefined;
  };
  return until("end of every dispute", look, SITTING_MS);
}
