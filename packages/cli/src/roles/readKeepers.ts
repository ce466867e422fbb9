import type { GuardChain } from "@cortensor/node";

/** Where an epoch's guards answer: each keeps the sets that it has read. */
export async function readKeepers(
  chain: Pick<GuardChain, "readGuardSet" | "readGuardEndpoints">,
  epoch: number,
): Promise<readonly string[]> {
  const { members } = await chain.readGuardSet(epoch);
  return [...(await chain.readGuardEndpoints(members.map(({ guard }) => guard))).values()];
}
