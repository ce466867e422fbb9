import { type Address, beaconCommitment, recordEpochAt, type UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { GuardChain } from "./guardChain.js";
import { GuardError } from "./guardError.js";
import type { SecretBook } from "./secretBook.js";

export type BeaconParts = {
  readonly chain: Pick<
    GuardChain,
    "chainId" | "times" | "readGuardSet" | "readPledge" | "commitBeacon" | "revealBeacon"
  >;
  readonly self: Address;
  readonly secrets: SecretBook;
  /** Epochs for whose beacons nothing is left to do in this process's time: commitments and secrets. */
  readonly done: { readonly commits: Set<number>; readonly reveals: Set<number> };
  readonly log: Logger;
};

/**
 * A guard's part in beacons, in the records of an epoch `e`: it shows the secret of `e + 1`, and commits to one for `e + 2` that is in its
 * store before. The secret comes first: keeping it costs, not committing doesn't.
 */
export async function keepBeacon(time: UnixSeconds, parts: BeaconParts): Promise<void> {
  const records = recordEpochAt(parts.chain.times, time);
  const { commits, reveals } = parts.done;
  if (!reveals.has(records + 1)) await reveal(records + 1, parts);
  reveals.add(records + 1);
  if (commits.has(records + 2)) return;
  const set = await parts.chain.readGuardSet(records);
  if (!set.members.some(({ guard }) => guard === parts.self)) return;
  await commit(records + 2, parts);
  commits.add(records + 2);
  for (const done of [commits, reveals]) for (const epoch of done) if (epoch <= records) done.delete(epoch);
}

async function reveal(epoch: number, { chain, secrets, log }: BeaconParts): Promise<void> {
  const pledge = await chain.readPledge(epoch);
  if (!pledge.isCommitted || pledge.isRevealed) return;
  const secret = secrets.find(epoch);
  if (secret === undefined) throw new GuardError({ code: "GUARD_SECRET_MISSING", epoch });
  await chain.revealBeacon({ epoch, secret });
  log.debug("Beacon secret shown", { epoch });
}

async function commit(epoch: number, { chain, self, secrets, log }: BeaconParts): Promise<void> {
  const pledge = await chain.readPledge(epoch);
  if (pledge.isCommitted) return;
  const secret = await secrets.ensure(epoch);
  const commitment = beaconCommitment({ chainId: chain.chainId, epoch, guard: self, secret });
  await chain.commitBeacon({ epoch, commitment });
  log.debug("Beacon secret committed to", { epoch });
}
