/** Fresh validators that make a suspect result again. */
export const DISPUTE_VALIDATORS = 3;
/** Of them, how many must find it wrong before a jury is called. */
export const DISPUTE_WRONG_MIN = 2;
/** Most jurors. */
export const JURORS_MAX = 7;
/** Fewer eligible ones than this never slash. */
export const JURORS_TO_SLASH = 5;

/** Second tier: whether a suspicion goes on to a jury. Votes say whether the result was found wrong. */
export function isDisputed(foundWrong: readonly boolean[]): boolean {
  return foundWrong.filter(Boolean).length >= DISPUTE_WRONG_MIN;
}

export type JuryVerdict =
  /** The stake pays by the table of offences, the fee is withheld, reputation falls. */
  | "slashed"
  /** Not enough for a slash: the fee is withheld and reputation falls. */
  | "withheld"
  | "cleared";

/**
 * Third tier. A slash takes more than two thirds of at least five jurors. At most a third of them clears the miner; what lies between, and
 * a wrong result before fewer jurors, costs the fee alone. Nobody is judged by no jurors.
 */
export function juryVerdict(foundWrong: readonly boolean[]): JuryVerdict {
  const jurors = foundWrong.length;
  const wrong = foundWrong.filter(Boolean).length;
  if (wrong * 3 <= jurors) return "cleared";
  return wrong * 3 > jurors * 2 && jurors >= JURORS_TO_SLASH ? "slashed" : "withheld";
}
