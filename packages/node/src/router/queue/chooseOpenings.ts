import type { AnswerOpening, OraclePolicy } from "@cortensor/chain";
import { type Address, bytesToHex } from "@cortensor/protocol";

/** The oracle takes no longer answer. */
const ANSWER_BYTES_MAX = 1_024;
/** Blank, tab, line feed, carriage return: what an answer may have around it. */
const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The openings to deliver for a request: by majority as many with one answer as decide; by the operator's word one, that of the miner whose answer its
 * session's validation took, else of the largest group. Undefined while no answer of these can be taken. `answers` are in the order of seats. Pure.
 */
export function chooseOpenings(
  answers: readonly AnswerOpening[],
  {
    policy,
    redundancy,
    author,
  }: { readonly policy: OraclePolicy; readonly redundancy: number; readonly author: Address | undefined },
): readonly AnswerOpening[] | undefined {
  const groups = new Map<string, AnswerOpening[]>();
  for (const answer of answers.filter(isTakeable)) {
    const text = normalised(answer.output);
    groups.set(text, [...(groups.get(text) ?? []), answer]);
  }
  const largest = [...groups.values()].reduce<readonly AnswerOpening[]>(
    (most, group) => (group.length > most.length ? group : most),
    [],
  );
  if (policy === "majority") {
    const needed = Math.floor(redundancy / 2) + 1;
    return largest.length < needed ? undefined : largest.slice(0, needed);
  }
  const taken = answers.filter(isTakeable).find(({ result }) => result.miner === author) ?? largest[0];
  return taken === undefined ? undefined : [taken];
}

/** A whole answer by one miner, to its end, that isn't blank. */
function isTakeable({ result, output }: AnswerOpening): boolean {
  const isWhole = result.segment === 0 && result.from === 0 && result.finish === "stop";
  return isWhole && output.length <= ANSWER_BYTES_MAX && normalised(output) !== "0x";
}

function normalised(output: Uint8Array): string {
  let [from, to] = [0, output.length];
  while (from < to && SPACES.has(output[from])) from += 1;
  while (to > from && SPACES.has(output[to - 1])) to -= 1;
  return bytesToHex(output.subarray(from, to));
}
