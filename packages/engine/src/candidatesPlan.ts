import { type CandidatesNeeded, candidatesNeeded, type OutputCounts, type SamplingParams } from "@cortensor/protocol";

/** `candidatesNeeded` at each position of one answer: worked out once where no penalty counts the output. */
export function candidatesPlan(params: SamplingParams): (outputCounts: OutputCounts) => CandidatesNeeded {
  if (params.presencePenalty !== 0 || params.frequencyPenalty !== 0)
    return (counts) => candidatesNeeded(params, counts);
  const always = candidatesNeeded(params, new Map());
  return () => always;
}
