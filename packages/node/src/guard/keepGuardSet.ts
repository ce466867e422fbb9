import type { GuardSet } from "@cortensor/protocol";
import type { GuardChain } from "./guardChain.js";
import { settleRace } from "./settleRace.js";

/** Has an epoch's guard set fixed on chain, by this guard if nobody did. Gives the set. */
export async function keepGuardSet(
  epoch: number,
  chain: Pick<GuardChain, "readGuardSet" | "fixGuardSet">,
): Promise<GuardSet | undefined> {
  const known = await chain.readGuardSet(epoch);
  if (known !== undefined) return known;
  await settleRace(
    () => chain.fixGuardSet(epoch),
    async () => (await chain.readGuardSet(epoch)) !== undefined,
  );
  return chain.readGuardSet(epoch);
}
