import type { NetworkProfile, SpendingKeyRecord } from "@cortensor/chain";

/** What a spending key may pay at once, and the epoch that counts it. */
export type Spendable = { readonly epoch: number; readonly leftWei: bigint };

/**
 * The contract's own rule, before the contract is asked: the running epoch, or the one before it when the key has ended since; never an
 * epoch that began after the key's end, nor one before the last that it was spent in. Undefined: the key pays nothing any more.
 */
export function spendableOf(
  record: SpendingKeyRecord,
  { profile, epoch }: { readonly profile: Pick<NetworkProfile, "t0" | "epochSeconds">; readonly epoch: number },
): Spendable | undefined {
  if (record.state === "none") return undefined;
  const counting = [epoch, epoch - 1].find((candidate) => {
    const startsAt = profile.t0 + candidate * profile.epochSeconds;
    return candidate >= record.epoch && startsAt < record.expires;
  });
  if (counting === undefined) return undefined;
  const inEpochWei = record.epoch === counting ? record.spentInEpochWei : 0n;
  const epochLeftWei = record.capPerEpochWei - inEpochWei;
  const totalLeftWei = record.totalCapWei - record.spentTotalWei;
  return { epoch: counting, leftWei: epochLeftWei < totalLeftWei ? epochLeftWei : totalLeftWei };
}

/** Whether new tasks may count on the key: it is there, and the running epoch began before its end. */
export function isServing(
  record: SpendingKeyRecord,
  { profile, epoch }: { readonly profile: Pick<NetworkProfile, "t0" | "epochSeconds">; readonly epoch: number },
): boolean {
  return record.state === "active" && profile.t0 + epoch * profile.epochSeconds < record.expires;
}
