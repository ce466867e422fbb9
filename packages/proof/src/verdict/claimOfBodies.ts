import type { Engine } from "@cortensor/engine";
import {
  type Bytes32,
  decodeFingerprint,
  flattenPrompt,
  paramsHash,
  type SegmentBody,
  samplerSeed,
  seedSource,
  userSeedSource,
} from "@cortensor/protocol";
import type { ReplicaClaim } from "../check/segmentClaim.js";
import { ProofError } from "../proofError.js";

/** Where a task's randomness comes from, beside what is in the body: what the chain says is the beacon of the epoch that its receipt names. */
export type SeedFacts = { readonly beacon: Bytes32 };

/**
 * The claim that bodies of one replica's results make, as the checker sees it: the prompt's tokens by its own tokenizer, the seed by its own
 * computation. Where a segment between them is missing, only those behind the gap are claimed: the last body holds all tokens before it.
 * @throws CodedError PROOF_BAD_CLAIM, and the engine's own
 */
export async function claimOfBodies(
  engine: Pick<Engine, "tokenizePrompt">,
  bodies: readonly SegmentBody[],
  facts: SeedFacts,
): Promise<ReplicaClaim> {
  const joined = behindTheLastGap(bodies);
  const last = joined.at(-1);
  if (last === undefined) throw new ProofError({ code: "PROOF_BAD_CLAIM", reason: "no bodies" });
  const promptTokens = await engine.tokenizePrompt(flattenPrompt(last.prompt));
  const segments = joined.map(({ result, recipe, fingerprint }) => ({
    result,
    recipe,
    fingerprint: decodeFingerprint(fingerprint),
  }));
  const made = segments.at(-1)?.fingerprint ?? [];
  return {
    promptTokens,
    params: last.params,
    seed: samplerSeed(sourceOf(last, promptTokens, facts), last.result.replica),
    contextTokens: last.contextTokens,
    outputTokens: [...last.committed, ...made.map(({ id }) => id)],
    segments,
  };
}

function behindTheLastGap(bodies: readonly SegmentBody[]): readonly SegmentBody[] {
  const ordered = [...bodies].sort((left, right) => left.result.segment - right.result.segment);
  const gap = ordered.findLastIndex(({ result }, index) => {
    const next = ordered[index + 1];
    return next !== undefined && next.result.from !== result.to;
  });
  return ordered.slice(gap + 1);
}

function sourceOf(
  { task, params, result }: SegmentBody,
  promptTokens: readonly number[],
  { beacon }: SeedFacts,
): Bytes32 {
  const { modelId, userNonce } = task;
  if (params.userSeed !== undefined) {
    return userSeedSource({ modelId, promptTokens, paramsHash: paramsHash(params), userSeed: params.userSeed });
  }
  return seedSource({ taskId: result.taskId, userNonce, beacon });
}
