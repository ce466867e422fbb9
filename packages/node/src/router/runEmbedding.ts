import type { InferOptions } from "@cortensor/api";
import type { Bytes32 } from "@cortensor/protocol";
import type { Admitted } from "./admit.js";
import type { SeatOffer } from "./minerSeat.js";
import { OpenFrames } from "./openFrames.js";
import { assignmentOf, type TaskPlan } from "./planTask.js";
import type { RouterCore } from "./routerCore.js";
import type { SeenPart } from "./seenPart.js";
import { Segment, type SegmentEnd } from "./segment.js";
import { TokenLog } from "./tokenLog.js";

export type Vectors = { readonly vectors: readonly Float32Array[]; readonly nIn: number };
export type Attempt = (
  | { readonly kind: "vectors"; readonly made: Vectors; readonly structHash: Bytes32 }
  | { readonly kind: "failed"; readonly reason: string }
) & {
  /** What is told of it in public; none of a miner that hadn't accepted. */
  readonly parts: readonly SeenPart[];
};

/** An attempt, before anything is told of it. */
type Made = Omit<Extract<Attempt, { kind: "vectors" }>, "parts"> | Omit<Extract<Attempt, { kind: "failed" }>, "parts">;

export type EmbeddingParts = {
  readonly offer: SeatOffer;
  readonly texts: readonly string[];
  readonly options: InferOptions;
  readonly admitted: Admitted;
};

/** Sends an embedding to a miner, which counts it from here on; resolves when it has the vectors or has failed. */
export function runEmbedding(core: RouterCore, plan: TaskPlan, parts: EmbeddingParts): Promise<Attempt> {
  const { offer, texts, options, admitted } = parts;
  const { config, clock, time, batcher } = core;
  const assignment = assignmentOf(plan, {
    miner: offer.miner,
    kernelClass: offer.kernelClass,
    replica: 0,
    segment: 0,
    from: 0,
    weiPerTokenIn: offer.weiPerTokenIn,
    weiPerTokenOut: offer.weiPerTokenOut,
    nowSeconds: time.chainSeconds(),
  });
  return new Promise((resolve) => {
    let made: Vectors | undefined;
    const onAbort = (): void => segment.giveUp("failed");
    const finish = (end: SegmentEnd): void => {
      options.signal.removeEventListener("abort", onAbort);
      const attempt = toAttempt(core, offer, { end, made, texts: texts.length });
      const parts = segment.seen === undefined ? [] : [segment.seen];
      resolve({ ...attempt, parts: attempt.kind === "vectors" ? parts : parts.map(unfit) });
    };
    const segment = new Segment({
      offer,
      assignment,
      load: { tokensAhead: 1, ...plan.task },
      frames: new OpenFrames({
        tokens: new TokenLog(),
        maxOut: 0,
        onTokens: () => undefined,
        onVectors: ({ vectors, tokens }) => {
          made = { vectors, nIn: tokens };
        },
        outputBytes: () => vectorBytes(made?.vectors ?? []),
      }),
      limits: { ...limitsOf(config), maxIn: admitted.size.maxIn, maxOut: 0 },
      nIn: undefined,
      nowMs: () => clock.nowMs(),
      addLeaf: ({ structHash, key, seat }) => batcher.add({ structHash, key, peer: seat.miner }),
      onEnd: finish,
    });
    core.tasks.add(plan.taskId, {
      sweep: (nowMs) => (nowMs >= segment.dueMs ? segment.giveUp("silent") : undefined),
      giveUp: () => segment.giveUp("failed"),
    });
    options.signal.addEventListener("abort", onAbort, { once: true });
    segment.start({ kind: "startEmbedding", task: plan.task, assignment, texts, promptSalt: plan.promptSalt });
  });
}

/** A miner counts an embedding's tokens with the work, so acceptance comes as late as the vectors. */
function limitsOf({ firstTokenTimeoutMs, silenceTimeoutMs }: RouterCore["config"]) {
  return { acceptTimeoutMs: firstTokenTimeoutMs, firstTokenTimeoutMs, silenceTimeoutMs };
}

function toAttempt(
  core: RouterCore,
  { seat }: SeatOffer,
  { end, made, texts }: { readonly end: SegmentEnd; readonly made: Vectors | undefined; readonly texts: number },
): Made {
  if (end.kind === "refused") return { kind: "failed", reason: end.code };
  if (end.kind === "lost") {
    if (end.conduct !== undefined) core.scores.record(seat.miner, end.conduct);
    return { kind: "failed", reason: end.reason };
  }
  if (made === undefined || made.nIn !== end.message.result.nIn || !areVectors(made.vectors, texts)) {
    core.scores.record(seat.miner, "bad");
    return { kind: "failed", reason: "badVectors" };
  }
  core.scores.record(seat.miner, "good");
  seat.results.expect({ taskId: end.message.result.taskId, result: end.structHash }, core.clock.nowMs());
  return { kind: "vectors", made, structHash: end.structHash };
}

/** Vectors that aren't what was asked for contradict their result. */
function unfit(part: SeenPart): SeenPart {
  return part.outcome === "delivered" ? { ...part, outcome: "wrong" } : part;
}

/** One vector for each text, all of one length, all finite. */
function areVectors(vectors: readonly Float32Array[], texts: number): boolean {
  const length = vectors[0]?.length ?? 0;
  if (vectors.length !== texts || length === 0) return false;
  return vectors.every((vector) => vector.length === length && vector.every(Number.isFinite));
}

/** What an embedding's `outCommit` covers: the vectors one after the other, 32-bit floats, little-endian. */
function vectorBytes(vectors: readonly Float32Array[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(vectors.reduce((sum, vector) => sum + vector.length * 4, 0)));
  let offset = 0;
  for (const vector of vectors) {
    for (const value of vector) {
      bytes.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return new Uint8Array(bytes.buffer);
}
