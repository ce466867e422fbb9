import type { NodesRequest, TaskRole } from "@cortensor/chain";
import type { Address, Bytes32, EpochTimes, NodeLife, UnixSeconds } from "@cortensor/protocol";
import type { WatchedTask } from "../../host/index.js";

/** What the registry says of the own node. */
export type RegistryWord = {
  readonly isVerified: boolean;
  /** First second at which that no longer holds. */
  readonly expiresSeconds: UnixSeconds;
  readonly hasLeft: boolean;
};

/** How far the own part in a task's solving or scoring is. */
export type Work =
  | { readonly kind: "running" }
  /** The engine couldn't do it. Nothing is said. */
  | { readonly kind: "failed" }
  | { readonly kind: "solved"; readonly salt: Bytes32; readonly resultHash: Bytes32 }
  | { readonly kind: "scored"; readonly good: readonly boolean[] };

/** All that a node's next acts are decided by. */
export type LifeView = {
  readonly self: Address;
  readonly nowSeconds: UnixSeconds;
  readonly times: EpochTimes;
  /** As stored on chain: what is due isn't enforced in it. */
  readonly life: NodeLife;
  readonly registry: RegistryWord;
  /** Whether its owner wants it in the pool; false too while it stops. */
  readonly isForPool: boolean;
  /** Of its next task. */
  readonly difficulty: number;
  /** When it was drawn for a task last; 0 for never. */
  readonly drawnAtSeconds: UnixSeconds;
  /** When its level was looked at last; 0 for never. */
  readonly assessedAtSeconds: UnixSeconds;
  /** Its tickets in draws. */
  readonly weight: number;
  /** What it can make, solve and score tasks of, and how fast. */
  readonly topics: readonly { readonly topicHash: Bytes32; readonly tokensPerSecond: number }[];
  /** Whether an engine has a sequence to spare. */
  readonly isEngineFree: boolean;
  readonly tasks: readonly WatchedTask[];
  readonly asks: readonly NodesRequest[];
  /** Of the epochs whose draws matter now. */
  readonly beacons: ReadonlyMap<number, Bytes32>;
  readonly work: ReadonlyMap<Bytes32, Work>;
};

/** One thing to do. */
export type LifeAct =
  | { readonly kind: "expireNode" | "heed" | "ping" | "enterPool" | "leavePool" }
  | { readonly kind: "request"; readonly difficulty: number; readonly epoch: number }
  | { readonly kind: "claim"; readonly taskId: Bytes32; readonly role: TaskRole }
  | { readonly kind: "open" | "start" | "expire" | "prepare"; readonly taskId: Bytes32 }
  | { readonly kind: "create"; readonly taskId: Bytes32; readonly topicHash: Bytes32 }
  | { readonly kind: "solve" | "score"; readonly taskId: Bytes32 }
  | { readonly kind: "precommit"; readonly taskId: Bytes32; readonly salt: Bytes32; readonly resultHash: Bytes32 }
  | { readonly kind: "commit"; readonly taskId: Bytes32; readonly salt: Bytes32; readonly resultHash: Bytes32 }
  | { readonly kind: "sendScore"; readonly taskId: Bytes32; readonly good: readonly boolean[] }
  | { readonly kind: "claimForSession" | "drawForSession"; readonly account: number; readonly subject: Bytes32 };

/** When an act is due, and until when it makes sense. */
export type PlannedAct = {
  readonly act: LifeAct;
  readonly atSeconds: UnixSeconds;
  /** First second at which it no longer does; without one it always does. */
  readonly untilSeconds?: UnixSeconds;
};

/** What an act is remembered by: it isn't tried twice while nothing has changed. */
export function actKey(act: LifeAct): string {
  if ("taskId" in act) return `${act.kind} ${"role" in act ? act.role : ""} ${act.taskId}`;
  if ("subject" in act) return `${act.kind} ${act.subject}`;
  return act.kind === "request" ? `request ${act.epoch} ${act.difficulty}` : act.kind;
}
