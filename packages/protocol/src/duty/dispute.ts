import { ProtocolError } from "../errors.js";
import type { Address } from "../primitives.js";
import type { VerdictOutcome } from "./verdict.js";

/** Fresh validators that make a suspect result again. */
export const DISPUTE_VALIDATORS = 3;
/** Of them, how many must find it wrong before a jury is called. */
export const DISPUTE_WRONG_MIN = 2;

/** What one of the three found: the verdict that it committed to before any was shown. Undefined: it showed none in time. */
export type DisputeVerdict = { readonly validator: Address; readonly outcome: VerdictOutcome | undefined };

export type DisputeOutcome =
  /** Goes on to a jury. */
  | "disputed"
  | "cleared"
  /** Who stayed silent, or couldn't decide, could still turn it: three others are drawn. */
  | "open";

/** Second tier: whether a suspicion goes on to a jury. Votes say whether the result was found wrong. */
export function isDisputed(foundWrong: readonly boolean[]): boolean {
  return foundWrong.filter(Boolean).length >= DISPUTE_WRONG_MIN;
}

/**
 * Second tier, of three commit–revealed verdicts. A body that nobody shows is found wrong: its miner could have shown it. Throws
 * PROTOCOL_BAD_RECORD for other than three validators, each once.
 */
export function disputeOutcome(verdicts: readonly DisputeVerdict[]): DisputeOutcome {
  const validators = new Set(verdicts.map(({ validator }) => validator));
  if (validators.size !== DISPUTE_VALIDATORS || verdicts.length !== DISPUTE_VALIDATORS) {
    const reason = `${verdicts.length} verdicts of ${validators.size} validators`;
    throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "dispute", reason });
  }
  const foundWrong = verdicts.map(({ outcome }) => outcome === "failed" || outcome === "withheld");
  if (isDisputed(foundWrong)) return "disputed";
  const isUnsaid = verdicts.map(({ outcome }, index) => foundWrong[index] || outcome !== "passed");
  return isDisputed(isUnsaid) ? "open" : "cleared";
}
