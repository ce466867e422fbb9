import { type Address, type GuardSet, recordEpochAt } from "@cortensor/protocol";
import type { GuardChain } from "./guardChain.js";
import { settleRace } from "./settleRace.js";

/** Epochs from one set of home's to the next, at least: home's chain is the dear one, and what goes there can wait. */
export const HOME_SET_EPOCHS = 6;

/** Has home's set of guards follow the serving layer's: fixed anew where others guard there, and not often. Without a home of its own nothing happens. */
export async function keepHomeSet(
  epoch: number,
  { chain, self }: { readonly chain: Pick<GuardChain, "times" | "readGuardSet" | "home">; readonly self: Address },
): Promise<void> {
  const { home, times } = chain;
  if (home === undefined) return;
  const [serving, now, lastFixed] = await Promise.all([
    chain.readGuardSet(epoch),
    home.readChainSeconds(),
    home.readLastFixed(),
  ]);
  const records = recordEpochAt(times, now);
  if (serving.members.length === 0 || records - lastFixed < HOME_SET_EPOCHS) return;
  // One guard's turn in an epoch: who comes second there pays for a refusal.
  if (serving.members[records % serving.members.length]?.guard !== self) return;
  if (guardsOf(await home.readGuardSet(records)) === guardsOf(serving)) return;
  await settleRace(
    () => home.fixGuardSet(records),
    async () => (await home.readLastFixed()) >= records,
  );
}

function guardsOf({ members }: GuardSet): string {
  return members.map(({ guard }) => guard).join();
}
