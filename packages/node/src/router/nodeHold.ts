import type { Address, NodeLife } from "@cortensor/protocol";

/** Whom a node serves alone, as the pool says: a session that it is reserved for, or those that name it as dedicated. */
export type NodeHold =
  | {
      readonly kind: "reserved";
      readonly account: number;
      /** Tasks that may still begin; undefined: as many as come. */
      readonly tasksLeft: number | undefined;
    }
  | { readonly kind: "dedicated" };

/** A session, as far as held nodes ask: its account, and the nodes that it names. */
export type Asker = { readonly account: number; readonly dedicated: ReadonlySet<Address> };

/** What a node's life says; undefined: it serves anybody. Pure. */
export function holdOf(life: Pick<NodeLife, "state" | "reservation"> | undefined): NodeHold | undefined {
  if (life?.state === "dedicated") return { kind: "dedicated" };
  if (life?.state !== "reserved" || life.reservation === undefined) return undefined;
  const { session, tasksLeft } = life.reservation;
  return { kind: "reserved", account: session, tasksLeft };
}

/** Whether a node is reserved for a session, and has a task left for it. */
export function isReservedFor(hold: NodeHold | undefined, account: number): boolean {
  if (hold?.kind !== "reserved" || hold.account !== account) return false;
  return hold.tasksLeft === undefined || hold.tasksLeft > 0;
}

/** Whether a node may have a session's task. */
export function mayUse(
  { miner, hold }: { readonly miner: Address; readonly hold?: NodeHold | undefined },
  asker: Asker | undefined,
): boolean {
  if (hold === undefined) return true;
  if (asker === undefined) return false;
  return hold.kind === "dedicated" ? asker.dedicated.has(miner) : isReservedFor(hold, asker.account);
}
