import { join } from "node:path";
import { epochAt, readDutyRound, readHead } from "@cortensor/chain";
import { createFetchSet, createGuardReader, createPublicDutyBooks } from "@cortensor/node";
import { type Address, type Bytes32, cutOffOf, type EpochDuties, setEntryId } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** Twenty epochs of a local network: one or two guards join in each. */
const EPOCHS_MS = 600_000;

/** A network whose five guards do duties, as an operator would have them, and settle what is answered at once. */
export const GUARDED = {
  args: ["--miners", "1", "--guards", "5"],
  env: { ROUTER_SETTLE_AGE: "500ms", GUARD_DUTIES: "embedded" },
} as const;

export async function epochNow({ chain, profile }: Network): Promise<number> {
  return epochAt(profile, (await readHead(chain)).timestamp);
}

/** The next epoch that at least so many have committed to duties of. */
export function untilPledged(network: Network, validators: number): Promise<number> {
  const look = async (): Promise<number | undefined> => {
    const epoch = (await epochNow(network)) + 1;
    const { blockNumber: toBlock } = await readHead(network.chain);
    const round = await readDutyRound(network.chain, { epoch, fromBlock: network.profile.deployBlock, toBlock });
    return round.pledges.length >= validators ? epoch : undefined;
  };
  return until(`epoch with ${validators} validators`, look, EPOCHS_MS);
}

/** Waits until the records of an epoch are closed. */
export function untilClosed({ chain, profile }: Network, epoch: number): Promise<true> {
  const isOver = async () => ((await readHead(chain)).timestamp >= cutOffOf(profile, epoch) ? true : undefined);
  return until(`end of epoch ${epoch}'s records`, isOver, EPOCHS_MS);
}

/** All that became of the duties of some epochs, from public data alone. An epoch without a results root has none. */
export async function readDuties(network: Network, epochs: readonly number[]): Promise<readonly EpochDuties[]> {
  const reader = createGuardReader(network.chain, systemClock);
  const fetchSet = createFetchSet({ chain: reader, folder: join(network.home, "settlements") });
  const { board } = createPublicDutyBooks(reader, fetchSet);
  const found: EpochDuties[] = [];
  for (const epoch of epochs) {
    const duties = await board.recompute(epoch, new AbortController().signal);
    if (duties === "hidden") throw new Error(`a set of epoch ${epoch} isn't shown`);
    found.push(duties);
  }
  return found;
}

/** What honest validators said of tasks. */
export function saidOf(
  duties: readonly EpochDuties[],
  tasks: readonly string[],
  unless: ReadonlySet<Address> = NOBODY,
) {
  const ids = new Set(tasks.map((taskId) => setEntryId(toBytes32(taskId))));
  return duties
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ validator, taskId }) => ids.has(taskId) && !unless.has(validator));
}

const NOBODY: ReadonlySet<Address> = new Set();

function toBytes32(text: string): Bytes32 {
  return `0x${text.slice(2)}`;
}
