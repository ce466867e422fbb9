import { type Address, grantsOf, levelAt, type NodeState, nodeLifeAt, type UnixSeconds } from "@cortensor/protocol";
import type { Helper } from "./lifeChain.js";

/** Owners that a task takes beside its solver's: a creator, a preparer and a scorer. */
const OWNERS = 3;
/** Those that want no level of their own first. */
const HELPING: readonly NodeState[] = ["assessed", "ephemeral"];

/** Whether others could make and score a task for a node of this owner: without them asking for one only costs. */
export function areHelpersThere(
  helpers: readonly Helper[],
  of: { readonly owner: Address | undefined; readonly nowSeconds: UnixSeconds },
): boolean {
  const makers = new Set<Address>();
  const scorers = new Set<Address>();
  for (const { owner, life: stored } of helpers) {
    const life = nodeLifeAt(stored, of.nowSeconds);
    if (owner === of.owner || !HELPING.includes(life.state)) continue;
    const { mayCreate, mayValidate } = grantsOf(levelAt(life, of.nowSeconds));
    if (mayCreate) makers.add(owner);
    if (mayValidate) scorers.add(owner);
  }
  return makers.size >= OWNERS && scorers.size > 0;
}
