import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCommittedVerdicts, readDutyRound, readHead, readOpenedPlants } from "@cortensor/chain";
import {
  createDutyPayWatch,
  createFetchSet,
  createGuardReader,
  createPublicDutyBooks,
  type FoundDuties,
  fetchDutyPay,
} from "@cortensor/node";
import { type Address, type Bytes32, epochStart, setEntryId } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { parseAbi } from "viem";
import { epochNow, toEpoch } from "./moveTime.js";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** An epoch's real time: none is let pass unless something in it is late. */
const STEP_MS = 660_000;
/** What the processes may take to learn of an epoch, and to commit to the next. */
const PLEDGE_MS = 60_000;
/** One or two guards join a set in each epoch. */
const EPOCHS_MAX = 12;

export type FoundEpoch = Exclude<FoundDuties, "hidden">;

/** Moves time on, epoch by epoch, until so many have committed to duties of the next one, and gives that. */
export async function untilPledged(network: Network, validators: number): Promise<number> {
  for (let tries = 0; tries < EPOCHS_MAX; tries += 1) {
    // Who joined is in the set of the next epoch.
    await toEpoch(network, (await epochNow(network)) + 1);
    const epoch = (await epochNow(network)) + 1;
    if (await arePledged(network, { epoch, validators })) return epoch;
  }
  throw new Error(`in ${EPOCHS_MAX} epochs there were no ${validators} validators`);
}

/** Waits until so many have committed to duties of an epoch, while the one before runs; whether they have. */
export async function arePledged(
  network: Network,
  { epoch, validators }: { readonly epoch: number; readonly validators: number },
): Promise<boolean> {
  const look = async () => ((await roundOf(network, epoch)).pledges.length >= validators ? true : undefined);
  return until(`${validators} validators of epoch ${epoch}`, look, PLEDGE_MS).catch(() => false);
}

/** Waits, in the epoch after one, until each of its validators has committed to what it found, or its log says that it drew nothing; no longer than that epoch. */
export function untilCommitted(network: Network, epoch: number, others: readonly Logged[] = []): Promise<true> {
  const drewNothing = new RegExp(`"epoch":${epoch},"drawn":0,.*Duties checked`);
  const look = async () => {
    const { pledges } = await roundOf(network, epoch);
    const { blockNumber: toBlock, timestamp } = await readHead(network.chain);
    if (timestamp >= epochStart(network.profile, epoch + 2)) return true;
    const fromBlock = network.profile.deployBlock;
    const committed = await readCommittedVerdicts(network.chain, { epoch, fromBlock, toBlock });
    const logs = [...logsOf(network), ...others.map(({ log }) => log())];
    const idle = logs.filter((log) => drewNothing.test(log)).length;
    return committed.length + idle >= pledges.length ? true : undefined;
  };
  return until(`verdicts on the results of epoch ${epoch}`, look, STEP_MS);
}

/** Whose log can be read. */
export type Logged = { readonly log: () => string };

function logsOf({ home }: Network): readonly string[] {
  const folder = join(home, "logs");
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Waits, in the second epoch after one, until so many have shown their secrets of it. */
export function untilShown(network: Network, epoch: number, validators: number): Promise<true> {
  const look = async () => ((await roundOf(network, epoch)).shows.length >= validators ? true : undefined);
  return until(`secrets of epoch ${epoch}`, look, PLEDGE_MS);
}

const PLANT_COMMITTED = parseAbi(["event PlantCommitted(uint64 indexed epoch, bytes32 commitment)"]);

/** How many plants were committed to in an epoch, whoever did. */
export async function countPlants({ chain, profile }: Network, epoch: number): Promise<number> {
  const committed = await chain.client.getContractEvents({
    ...{ address: profile.addresses.duties, abi: PLANT_COMMITTED, eventName: "PlantCommitted" as const },
    ...{ args: { epoch: BigInt(epoch) }, fromBlock: profile.deployBlock, strict: true },
  });
  return committed.length;
}

/** Waits, in an epoch, until so many plants have been opened in it. */
export function untilOpened(network: Network, epoch: number, plants: number): Promise<true> {
  const look = async () => {
    const { blockNumber: toBlock } = await readHead(network.chain);
    const opened = await readOpenedPlants(network.chain, { fromBlock: network.profile.deployBlock, toBlock });
    return opened.filter((one) => one.opened === epoch).length >= plants ? true : undefined;
  };
  return until(`${plants} opened plants`, look, STEP_MS);
}

async function roundOf({ chain, profile }: Network, epoch: number) {
  const { blockNumber: toBlock } = await readHead(chain);
  return readDutyRound(chain, { epoch, fromBlock: profile.deployBlock, toBlock });
}

/** Everything that anybody may know of an epoch that is over: its duties, and what became of them. */
export function openDutyBoard(network: Network) {
  const reader = createGuardReader(network.chain, systemClock);
  const fetchSet = createFetchSet({ chain: reader, folder: join(network.home, "settlements") });
  const { board } = createPublicDutyBooks(reader, fetchSet);
  const signal = new AbortController().signal;
  return {
    /** Results under the epoch's own root. */
    settled: async (epoch: number): Promise<ReadonlyMap<Bytes32, { readonly payees: readonly Address[] }>> => {
      const drawn = await board.drawnFrom(epoch, signal);
      if (drawn.kind !== "tasks") throw new Error(`the results of epoch ${epoch} are ${drawn.kind}`);
      return drawn.settled;
    },
    found: async (epoch: number): Promise<FoundEpoch> => {
      const found = await board.recompute(epoch, signal);
      if (found === "hidden") throw new Error(`a set of epoch ${epoch} isn't shown`);
      return found;
    },
  };
}

/** What guards attest that validators have ever earned, by the root of an epoch or a later one. */
export async function readEarned(
  network: Network,
  validators: readonly Address[],
  epoch: number,
): Promise<ReadonlyMap<Address, bigint>> {
  const chain = createDutyPayWatch(network.chain);
  const signal = new AbortController().signal;
  const isThere = async () => {
    const proofs = await Promise.all(validators.map((one) => fetchDutyPay(one, { chain, signal })));
    return proofs.some((proof) => proof !== undefined && proof.parts.epoch >= epoch) ? true : undefined;
  };
  await until(`root of duties' pay of epoch ${epoch}`, isThere, STEP_MS);
  const earned = await Promise.all(
    validators.map(async (one) => [one, (await fetchDutyPay(one, { chain, signal }))?.earnedWei ?? 0n] as const),
  );
  return new Map(earned);
}

/** What validators said of tasks. */
export function saidOf(found: FoundEpoch, tasks: readonly string[], unless: ReadonlySet<Address> = NOBODY) {
  const ids = new Set(tasks.map(entryOf));
  return found.verdicts.filter(({ validator, taskId }) => ids.has(taskId) && !unless.has(validator));
}

const NOBODY: ReadonlySet<Address> = new Set();

/** By which sets and duties know a task. */
export function entryOf(taskId: string): Bytes32 {
  return setEntryId(`0x${taskId.slice(2)}`);
}
