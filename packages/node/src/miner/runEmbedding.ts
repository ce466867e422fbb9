import type { Engine } from "@cortensor/engine";
import { hashResult, outCommit, type Result, recipeHash, ZERO_BYTES32 } from "@cortensor/protocol";
import type { AuthorisedPeer, LinkStream, OfferedModel, StartEmbedding } from "@cortensor/wire";
import { acceptPrompt } from "./acceptTask.js";
import { earnedWei } from "./earnings.js";
import type { TaskEnding } from "./metrics.js";
import type { TaskTools } from "./runTask.js";
import { vectorsBytes } from "./vectorsBytes.js";

export type EmbeddingParts = {
  readonly start: StartEmbedding;
  readonly stream: LinkStream;
  readonly router: AuthorisedPeer;
  readonly engine: Engine;
  readonly offer: OfferedModel;
  readonly tools: TaskTools;
};

/** Runs an accepted request for vectors. Its tokens are counted with the work, so acceptance is told with the answer. Never rejects. */
export async function runEmbedding(parts: EmbeddingParts): Promise<TaskEnding> {
  const { start, stream, tools } = parts;
  const abort = new AbortController();
  stream.onMessage((message) => {
    if (message.kind === "abort") abort.abort();
  });
  void stream.ended.then(() => abort.abort());
  try {
    return await embed(parts, abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) tools.log.warn("Embedding failed", { taskId: start.assignment.taskId }, error);
    const code = error instanceof Error && "code" in error ? String(error.code) : "MINER_FAILED";
    stream.send({ kind: "failed", code, detail: "" });
    stream.end();
    return abort.signal.aborted ? "abort" : "failed";
  }
}

async function embed(parts: EmbeddingParts, signal: AbortSignal): Promise<TaskEnding> {
  const { start, stream, router, engine, offer, tools } = parts;
  const { task, assignment } = start;
  const startMs = tools.clock.nowMs();
  const { vectors, tokens: nIn } = await engine.embed(start.texts, signal);
  // Each text has the context for itself; only what is paid for bounds their sum.
  const verdict = acceptPrompt({ nIn, maxIn: task.maxIn, contextTokens: Number.POSITIVE_INFINITY, committed: 0 });
  if (verdict.kind === "refused") {
    stream.send(verdict);
    stream.end();
    tools.metrics.refusals.add({ code: verdict.code });
    return "refused";
  }
  stream.send({ kind: "accepted", nIn });
  stream.send({ kind: "vectors", vectors, tokens: nIn });
  const result = resultOf(parts, {
    nIn,
    vectors,
    tTotalMs: tools.clock.nowMs() - startMs,
    kernelClass: offer.kernelClass,
  });
  await tools.outbox.put({
    operator: router.owner,
    reoffered: { task, result, recipe: [], assignment },
    owedWei: earnedWei({ assignment, nIn, madeFrom: 0, to: 0, isWhole: true }),
    acknowledgedWei: 0n,
    isDisputed: false,
    storedAtMs: tools.clock.nowMs(),
  });
  stream.send({ kind: "result", result, recipe: [], finish: "stop", text: "" });
  const key = `${assignment.taskId}.${assignment.replica}.${assignment.segment}`;
  tools.batcher.add({ structHash: hashResult(result), key, peer: router.address });
  tools.metrics.tokens.add({ direction: "in" }, nIn);
  void stream.ended.then((ended) => {
    if (ended === "end") tools.outbox.markDelivered(result);
  });
  return "stop";
}

function resultOf(
  { start }: EmbeddingParts,
  made: Pick<Result, "nIn" | "tTotalMs" | "kernelClass"> & { readonly vectors: readonly Float32Array[] },
): Result {
  const { taskId, miner, replica, segment } = start.assignment;
  return {
    taskId,
    miner,
    replica,
    segment,
    from: 0,
    to: 0,
    tokenRoot: ZERO_BYTES32,
    fpRoot: ZERO_BYTES32,
    recipeHash: recipeHash([]),
    outCommit: outCommit(taskId, vectorsBytes(made.vectors)),
    nIn: made.nIn,
    nOut: 0,
    finish: "stop",
    kernelClass: made.kernelClass,
    tFirstMs: made.tTotalMs,
    tTotalMs: made.tTotalMs,
  };
}
