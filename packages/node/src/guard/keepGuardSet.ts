import type { GuardChain } from "./guardChain.js";
import { settleRace } from "./settleRace.js";

/** Has the guard set of an epoch whose records are open fixed on chain, by this guard if nobody did. */
export async function keepGuardSet(
  epoch: number,
  chain: Pick<GuardChain, "readIsFixed" | "fixGuardSet">,
): Promise<void> {
  const isFixed = () => chain.readIsFixed(epoch);
  if (!(await isFixed())) await settleRace(() => chain.fixGuardSet(epoch), isFixed);
}
