import { type TimeRefusal, timeRefusal } from "../machine/deadline.js";
import { moved, refused, type Step } from "../machine/step.js";
import { type Bytes32, type Hex, isBytes32, type UnixSeconds } from "../primitives.js";
import { SOLANA_SECONDS, type SolanaPhase, type SolanaPlan, type SolanaReason, type SolanaTask } from "./solanaTask.js";

/** A finalised record of a task, in the chain's order. `by`: the one key that signed the memo. */
export type SolanaTaskEvent =
  | { readonly kind: "assign"; readonly by: Bytes32; readonly miner: Bytes32 }
  | { readonly kind: "commit"; readonly by: Bytes32; readonly resultHash: Bytes32; readonly fee: bigint }
  /** The client takes what arrived. */
  | { readonly kind: "accept"; readonly by: Bytes32 }
  /** A quorum of guards found it wrong. */
  | { readonly kind: "refuse"; readonly by: Bytes32 }
  /** A quorum of guards found that what was committed to is there. */
  | { readonly kind: "attest"; readonly by: Bytes32 }
  /** The escrow was emptied in the guards' name: what it sent to whom. */
  | {
      readonly kind: "payout";
      readonly by: Bytes32;
      readonly signature: Hex;
      readonly minerAmount: bigint;
      readonly clientAmount: bigint;
    }
  /** Anyone's: what the phase waits for is late. */
  | { readonly kind: "expire" };

export type SolanaTaskRefusal =
  | TimeRefusal
  /** Not what the phase waits for. */
  | "phaseOther"
  | "notYours"
  | "outOfRange"
  /** A payout of other amounts than were decided: a theft that everybody sees. */
  | "planOther";
export type SolanaTaskStep = Step<SolanaTask, SolanaTaskRefusal>;

/** The phase in which each event is awaited. */
export const SOLANA_EVENT_PHASES: Readonly<
  Record<Exclude<SolanaTaskEvent["kind"], "expire">, Exclude<SolanaPhase, "ended">>
> = {
  assign: "opened",
  commit: "assigned",
  accept: "committed",
  refuse: "committed",
  attest: "committed",
  payout: "decided",
};

/** What an event makes of a task over Solana. Defined for all of them: a refused one has a name and changes nothing. */
export function nextSolanaTask(task: SolanaTask, event: SolanaTaskEvent, nowSeconds: UnixSeconds): SolanaTaskStep {
  const untimely = untimelinessOf(task, event, nowSeconds);
  if (untimely !== undefined) return refused(untimely);
  if (event.kind === "expire") return moved(expired(task));
  if (SOLANA_EVENT_PHASES[event.kind] !== task.phase) return refused("phaseOther");
  switch (event.kind) {
    case "assign": {
      if (event.by !== task.router) return refused("notYours");
      if (!isBytes32(event.miner)) return refused("outOfRange");
      const deadlineSeconds = nowSeconds + task.workSeconds;
      return moved({ ...task, miner: event.miner, phase: "assigned", atSeconds: nowSeconds, deadlineSeconds });
    }
    case "commit": {
      if (event.by !== task.miner) return refused("notYours");
      const { resultHash, fee } = event;
      if (!isBytes32(resultHash) || fee < 0n || fee > task.amount) return refused("outOfRange");
      const deadlineSeconds = nowSeconds + SOLANA_SECONDS.committed;
      return moved({ ...task, resultHash, fee, phase: "committed", atSeconds: nowSeconds, deadlineSeconds });
    }
    case "accept":
      return event.by === task.client ? moved(decided(task, "accepted", nowSeconds)) : refused("notYours");
    case "refuse":
      return event.by === task.guards ? moved(decided(task, "refused", nowSeconds)) : refused("notYours");
    case "attest":
      return event.by === task.guards ? moved(decided(task, "attested", nowSeconds)) : refused("notYours");
    case "payout": {
      if (event.by !== task.guards) return refused("notYours");
      const { plan } = task;
      const isPlanned = event.minerAmount === plan?.minerAmount && event.clientAmount === plan.clientAmount;
      if (!isPlanned) return refused("planOther");
      return moved({
        ...task,
        phase: "ended",
        payout: event.signature,
        atSeconds: nowSeconds,
        deadlineSeconds: nowSeconds,
      });
    }
  }
}

/** Why a miner is paid. */
const PAID: readonly SolanaReason[] = ["accepted", "unopposed", "attested"];

/** A decided task has no deadline: it waits for its payout, however late. */
function untimelinessOf(
  task: SolanaTask,
  event: SolanaTaskEvent,
  nowSeconds: UnixSeconds,
): TimeRefusal | "phaseOther" | undefined {
  const isDecided = task.phase === "decided";
  if (isDecided && event.kind === "expire") return "phaseOther";
  const deadlineSeconds = isDecided ? Number.POSITIVE_INFINITY : task.deadlineSeconds;
  const timing = { atSeconds: task.atSeconds, deadlineSeconds, isEnded: task.phase === "ended" };
  return timeRefusal(timing, { isExpire: event.kind === "expire", nowSeconds });
}

function expired(task: SolanaTask): SolanaTask {
  const reasons = { opened: "unassigned", assigned: "unanswered", committed: "unopposed" } as const;
  if (task.phase === "decided" || task.phase === "ended") return task;
  return decided(task, reasons[task.phase], task.deadlineSeconds);
}

function decided(task: SolanaTask, reason: SolanaReason, atSeconds: UnixSeconds): SolanaTask {
  const isPaid = PAID.includes(reason);
  const minerAmount = isPaid ? (task.fee ?? 0n) : 0n;
  const plan: SolanaPlan = { reason, minerAmount, clientAmount: task.amount - minerAmount };
  return { ...task, phase: "decided", plan, atSeconds, deadlineSeconds: atSeconds };
}
