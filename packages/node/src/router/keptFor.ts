import type { Address, NodeLife } from "@cortensor/protocol";

/** Whom a node serves alone, as the pool says: a session that it is reserved for, or those that name it as dedicated. */
export type KeptFor =
  | {
      readonly kind: "reserved";
      readonly account: number;
      /** Tasks that may still begin; undefined: as many as come. */
      readonly tasksLeft: number | undefined;
    }
  | { readonly kind: "dedicated" };

/** A session, as far as kept nodes ask: its account, and the nodes that it names. */
export type Asker = { readonly account: number; readonly dedicated: ReadonlySet<Address> };

/** What a node's life says; undefined: it serves anybody. Pure. */
export function keptForOf(life: Pick<NodeLife, "state" | "reservation"> | undefined): KeptFor | undefined {
  if (life?.state === "dedicated") return { kind: "dedicated" };
  if (life?.state !== "reserved" || life.reservation === undefined) return undefined;
  const { session, tasksLeft } = life.reservation;
  return { kind: "reserved", account: session, tasksLeft };
}

/** Whether a node is reserved for a session, and has a task left for it. */
export function isReservedFor(keptFor: KeptFor | undefined, account: number): boolean {
  if (keptFor?.kind !== "reserved" || keptFor.account !== account) return false;
  return keptFor.tasksLeft === undefined || keptFor.tasksLeft > 0;
}

/** Whether a node may have a session's task. */
export function mayUse(
  { miner, keptFor }: { readonly miner: Address; readonly keptFor?: KeptFor | undefined },
  asker: Asker | undefined,
): boolean {
  if (keptFor === undefined) return true;
  if (asker === undefined) return false;
  return keptFor.kind === "dedicated" ? asker.dedicated.has(miner) : isReservedFor(keptFor, asker.account);
}
