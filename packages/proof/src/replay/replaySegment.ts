import type { Engine, GenerateEvent, GenerateJob } from "@cortensor/engine";
import { encodeFingerprint, equalBytes, type FingerprintedToken } from "@cortensor/protocol";
import { assertClaim, type ReplicaClaim, type SegmentClaim } from "../check/segmentClaim.js";
import { ProofError } from "../proofError.js";
import { prefillsOf, type RecipeFault, recipeFault } from "./recipeFault.js";

export type ReplayOutcome =
  /** Every token, every fingerprint and the ending are the same. */
  | { readonly kind: "equal"; readonly tokens: number }
  /** The first position that differs: anyone can run that one again. */
  | {
      readonly kind: "differs";
      readonly position: number;
      readonly what: "token" | "fingerprint" | "ending";
      /** Tokens; absent where there is none. */
      readonly expected?: number;
      readonly given?: number;
    }
  /** Bits can't be compared: only statistics speak about this segment. */
  | { readonly kind: "statistical"; readonly why: "kernelClass" | RecipeFault };

/**
 * The second tier's check (T2): makes a segment again by its recipe, token by token, and says where it first differs. The prompt is run in the
 * recipe's prefills, the tokens of earlier segments are fed one per step, then the sampler chooses; up to the first difference that equals feeding the
 * claimed tokens. Bit-exact within a kernel class, so that one difference is enough: there is no threshold. The engine should be a fresh one.
 * @throws CodedError PROOF_BAD_CLAIM, and the engine's own
 */
export async function replaySegment(
  engine: Pick<Engine, "generate" | "describe">,
  claim: ReplicaClaim,
  options: {
    /** Which of the claim's segments. Default 0, the first. */
    readonly index?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<ReplayOutcome> {
  assertClaim(claim);
  const segment = claim.segments[options.index ?? 0];
  if (segment === undefined) throw new ProofError({ code: "PROOF_BAD_CLAIM", reason: "no such segment" });
  const { result, recipe } = segment;
  if (result.kernelClass !== engine.describe().kernelClass) return { kind: "statistical", why: "kernelClass" };
  const fault = recipeFault(recipe, { nIn: claim.promptTokens.length, to: result.to });
  if (fault !== undefined) return { kind: "statistical", why: fault };
  const replay = new Replay(segment, claim.outputTokens);
  if (replay.isOver) return replay.equal();
  const { signal } = options;
  for await (const event of engine.generate({ ...jobOf(engine, claim, segment), ...(signal && { signal }) })) {
    const outcome = replay.compare(event);
    // Leaving the loop ends the generation.
    if (outcome !== undefined) return outcome;
  }
  throw new ProofError({ code: "PROOF_BAD_CLAIM", reason: "the replay was stopped" });
}

function jobOf(
  engine: Pick<Engine, "describe">,
  claim: ReplicaClaim,
  { recipe, result: { from } }: SegmentClaim,
): GenerateJob {
  const prefills = prefillsOf(recipe);
  const { promptTokens, params, seed, contextTokens, outputTokens } = claim;
  if (engine.describe().contextTokens < contextTokens) {
    throw new ProofError({ code: "PROOF_BAD_CLAIM", reason: "the engine's context is smaller than the one offered" });
  }
  const maxTokens = Math.min(params.maxTokens, contextTokens - promptTokens.length);
  const committed = outputTokens.slice(0, from);
  const how = { committed, checkFrom: from, prefills, fingerprints: true };
  return { promptTokens, params: { ...params, maxTokens }, seed, ...how };
}

/** Holds a segment against the events of its replay. */
class Replay {
  readonly #segment: SegmentClaim;
  readonly #output: readonly number[];
  #at: number;

  constructor(segment: SegmentClaim, output: readonly number[]) {
    this.#segment = segment;
    this.#output = output;
    this.#at = segment.result.from;
  }

  /** An answer that was cut off may end at any token; every other must end here in the replay too. */
  get isOver(): boolean {
    const { finish, to } = this.#segment.result;
    return finish === "abort" && this.#at === to;
  }

  equal(): ReplayOutcome {
    return { kind: "equal", tokens: this.#at - this.#segment.result.from };
  }

  /** What one event decides; undefined: go on. */
  compare(event: GenerateEvent): ReplayOutcome | undefined {
    const { finish, to } = this.#segment.result;
    const position = this.#at;
    if (event.kind === "committedMismatch") return undefined;
    if (event.kind === "end") {
      if (event.finish === "abort") return undefined;
      const isSame = position === to && event.finish === finish;
      return isSame ? this.equal() : { kind: "differs", position, what: "ending" };
    }
    const { id, top = [] } = event;
    if (position === to) return { kind: "differs", position, what: "ending", expected: id };
    const given = this.#output[position] ?? 0;
    if (id !== given) return { kind: "differs", position, what: "token", expected: id, given };
    if (!this.#isSeen(position, { id, top })) return { kind: "differs", position, what: "fingerprint" };
    this.#at += 1;
    return this.isOver ? this.equal() : undefined;
  }

  /** Whether the miner claims to have seen the same there; of tokens that it took over it claims nothing. */
  #isSeen(position: number, own: FingerprintedToken): boolean {
    const { result, fingerprint } = this.#segment;
    const claimed = fingerprint[position - (result.to - fingerprint.length)];
    return claimed === undefined || equalBytes(encodeFingerprint([claimed]), encodeFingerprint([own]));
  }
}
