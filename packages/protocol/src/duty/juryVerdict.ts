import { committeeOf } from "../guards/committee.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { Juror } from "./drawJury.js";
import type { JuryOutcome } from "./juryVote.js";

/** Fewer eligible jurors than this never slash. */
export const JURORS_TO_SLASH = 5;

export type JuryVerdict =
  /** The stake pays by the table of offences, the fee is withheld, reputation falls. */
  | "slashed"
  /** Not enough for a slash: the fee is withheld and reputation falls. */
  | "withheld"
  | "cleared";

/**
 * Third tier, of a whole jury: whether each juror found the result wrong; one that didn't vote hasn't. A slash takes more than two thirds of at
 * least five jurors. At most a third of them clears the miner; what lies between, and a wrong result before fewer jurors, costs the fee
 * alone. Nobody is judged by no jurors.
 */
export function juryVerdict(foundWrong: readonly boolean[]): JuryVerdict {
  const jurors = foundWrong.length;
  const wrong = foundWrong.filter(Boolean).length;
  if (wrong * 3 <= jurors) return "cleared";
  return wrong >= committeeOf(jurors).threshold && jurors >= JURORS_TO_SLASH ? "slashed" : "withheld";
}

/** What a juror said of a result, its signature checked. */
export type CastVote = {
  readonly juror: Address;
  readonly resultHash: Bytes32;
  readonly outcome: JuryOutcome;
};

/**
 * The verdict of a drawn jury on one result. Votes of others, and on other results, count nothing; of a juror that says both, neither does: it
 * has shown itself wrong.
 */
export function verdictOfJury(
  jury: readonly Juror[],
  of: { readonly resultHash: Bytes32; readonly votes: readonly CastVote[] },
): JuryVerdict {
  const votes = of.votes.filter(({ resultHash }) => resultHash === of.resultHash);
  return juryVerdict(
    jury.map(({ juror }) => {
      const own = votes.filter((vote) => vote.juror === juror);
      return own.length > 0 && own.every(({ outcome }) => outcome === "failed");
    }),
  );
}
