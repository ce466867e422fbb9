import { ProtocolError } from "../errors.js";
import { grantsOf } from "../life/levelGrants.js";
import { type Address, isAddress } from "../primitives.js";
import { PPM } from "./auditRate.js";

/** Who may be drawn for duties of an epoch: its guards, and miners whose level lets them validate. */
export type DutyCandidate = {
  readonly validator: Address;
  readonly owner: Address;
  readonly stakeWei: bigint;
  /** Of a miner; a guard has none. */
  readonly level?: number;
};

export type DutyValidator = {
  readonly validator: Address;
  readonly owner: Address;
  /** Its part of the sum of all weights. */
  readonly weight: bigint;
};

/** Miners above the validating level have at least this part of the first tier, whatever guards have at stake. */
export const MINER_DUTY_PPM = 300_000;

/**
 * Validators with their weights, by address: in proportion to stake, but for miners who together would have less than `MINER_DUTY_PPM`. They have that
 * part then, and guards the rest, each by stake. Without guards miners have all, and the other way round. Miners of a lower level are left
 * out. Throws PROTOCOL_BAD_RECORD for one listed twice, or without stake.
 */
export function dutyWeights(candidates: readonly DutyCandidate[]): readonly DutyValidator[] {
  const able = candidates.filter(({ level }) => level === undefined || grantsOf(level).mayValidate);
  if (new Set(candidates.map(({ validator }) => validator)).size !== candidates.length) refuse("a validator twice");
  if (!candidates.every(({ validator, owner }) => isAddress(validator) && isAddress(owner))) refuse("no address");
  if (able.some(({ stakeWei }) => stakeWei < 1n)) refuse("a validator without stake");
  const minersWei = sumOf(able.filter(({ level }) => level !== undefined));
  const guardsWei = sumOf(able.filter(({ level }) => level === undefined));
  const [miners, all] = [BigInt(MINER_DUTY_PPM), BigInt(PPM)];
  const isRaised = minersWei > 0n && guardsWei > 0n && minersWei * all < (minersWei + guardsWei) * miners;
  const weightOf = ({ stakeWei, level }: DutyCandidate): bigint => {
    if (!isRaised) return stakeWei;
    return level === undefined ? stakeWei * minersWei * (all - miners) : stakeWei * guardsWei * miners;
  };
  return able
    .map((one) => ({ validator: one.validator, owner: one.owner, weight: weightOf(one) }))
    .sort((left, right) => (left.validator < right.validator ? -1 : 1));
}

function sumOf(candidates: readonly DutyCandidate[]): bigint {
  return candidates.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "duty candidates", reason });
}
