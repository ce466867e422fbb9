import type { Address, DutyPayProof } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { type DutyPayWatch, fetchDutyPay } from "./fetchDutyPay.js";
import type { ValidatorMetrics } from "./metrics.js";

export type PayChain = DutyPayWatch & {
  /** What a validator was paid in all. */
  readDutyPaid(validator: Address): Promise<bigint>;
  /** Pays it what a proof shows beyond that, out of what lanes have credited. */
  claimDutyPay(proof: DutyPayProof, dueWei: bigint): Promise<void>;
};

/** What became of an attempt. */
export type ClaimOutcome =
  | { readonly kind: "unknown" }
  /** Below what makes a claim worth its gas. */
  | { readonly kind: "waits"; readonly dueWei: bigint }
  | { readonly kind: "claimed"; readonly dueWei: bigint };

/** Claims what a validator has earned, when that is at least what its operator finds worth the gas of it. */
export async function claimPay(
  parts: {
    readonly chain: PayChain;
    readonly self: Address;
    readonly claimMinWei: bigint;
    readonly metrics: ValidatorMetrics;
    readonly log: Logger;
  },
  signal: AbortSignal,
): Promise<ClaimOutcome> {
  const { chain, self, claimMinWei, metrics, log } = parts;
  const proof = await fetchDutyPay(self, { chain, signal });
  if (proof === undefined) return { kind: "unknown" };
  const dueWei = proof.earnedWei - (await chain.readDutyPaid(self));
  if (dueWei <= 0n || dueWei < claimMinWei) return { kind: "waits", dueWei };
  await chain.claimDutyPay(proof, dueWei);
  metrics.claimed.add({});
  log.info("Duties' pay claimed", { epoch: proof.parts.epoch, dueWei });
  return { kind: "claimed", dueWei };
}
