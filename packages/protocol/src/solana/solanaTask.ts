import { isSecond, isWhole, moved, refused, type Step } from "../machine/step.js";
import { type Bytes32, type Hex, isBytes32, type UnixSeconds } from "../primitives.js";
import { SPL_AMOUNT_MAX } from "./limits.js";
import { SOLANA_WORK_SECONDS_MAX } from "./solanaRecord.js";

/** How far a task over Solana is. `decided`: what the escrow pays is fixed, and only the payout is missing. */
export const SOLANA_PHASES = ["opened", "assigned", "committed", "decided", "ended"] as const;
export type SolanaPhase = (typeof SOLANA_PHASES)[number];

/** How long each phase waits for what leads on; the work itself as long as the task says. */
export const SOLANA_SECONDS: Readonly<Record<"opened" | "committed", number>> = {
  opened: 120,
  /** The client looks at what arrived; guards attest it with the root of the epoch that it falls into, at the latest two epochs of 600 s later. */
  committed: 1_800,
};

/**
 * How long after its commitment an answer may stay unsettled in the network: at the first cut-off from then on, guards refuse it. With epochs of 600 s the root that
 * says so still comes while it is committed.
 */
export const SOLANA_SETTLE_SECONDS = 600;

/** Why a task pays what it pays. */
export const SOLANA_REASONS = ["unassigned", "unanswered", "accepted", "unopposed", "refused", "attested"] as const;
export type SolanaReason = (typeof SOLANA_REASONS)[number];

/** What the escrow pays, all of it in one transaction: the two sum to what lies there. */
export type SolanaPlan = { readonly reason: SolanaReason; readonly minerAmount: bigint; readonly clientAmount: bigint };

export type SolanaTask = {
  readonly taskId: Bytes32;
  /** Keys on Solana, 32 bytes each. */
  readonly client: Bytes32;
  readonly router: Bytes32;
  /** Whose signatures move the escrow: the guards' multisig. */
  readonly guards: Bytes32;
  /** In the mint's smallest unit: what the escrow held when the task was opened. */
  readonly amount: bigint;
  readonly workSeconds: number;
  readonly phase: SolanaPhase;
  /** Of the last event or deadline, in the cluster's block time. */
  readonly atSeconds: UnixSeconds;
  /** First second at which what the phase waits for is late. None while decided: guards pay at once. */
  readonly deadlineSeconds: UnixSeconds;
  readonly miner: Bytes32 | undefined;
  readonly resultHash: Bytes32 | undefined;
  readonly fee: bigint | undefined;
  /** Once decided; never changes after. */
  readonly plan: SolanaPlan | undefined;
  /** Signature of the transaction that paid it, once ended. */
  readonly payout: Hex | undefined;
};

/** A new task, its escrow funded and final. */
export function openSolanaTask(of: {
  readonly taskId: Bytes32;
  readonly client: Bytes32;
  readonly router: Bytes32;
  readonly guards: Bytes32;
  readonly amount: bigint;
  readonly workSeconds: number;
  readonly nowSeconds: UnixSeconds;
}): Step<SolanaTask, "outOfRange"> {
  const { nowSeconds, ...task } = of;
  const isNamed = [of.taskId, of.client, of.router, of.guards].every(isBytes32);
  const isBounded =
    isWhole(of.workSeconds, 1, SOLANA_WORK_SECONDS_MAX) && of.amount > 0n && of.amount <= SPL_AMOUNT_MAX;
  if (!isSecond(nowSeconds) || !isNamed || !isBounded) return refused("outOfRange");
  return moved({
    ...task,
    phase: "opened",
    atSeconds: nowSeconds,
    deadlineSeconds: nowSeconds + SOLANA_SECONDS.opened,
    miner: undefined,
    resultHash: undefined,
    fee: undefined,
    plan: undefined,
    payout: undefined,
  });
}
