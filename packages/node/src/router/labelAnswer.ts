import { type AnsweredWork, proofOfWork, workOf } from "@cortensor/proof";
import type { FinishReason, InferenceRequest, ProofLabel } from "@cortensor/protocol";
import type { ModelEntry } from "./minerBoard.js";
import type { SeatOffer } from "./minerSeat.js";

/** What an engine without a model says of its quantisation. */
const NO_MODEL = "none";

/** An offer as far as it says how its work can be checked: the miner's own word, held against its verified kernel class. */
export type WorkerOffer = {
  readonly kernelClass: SeatOffer["kernelClass"];
  readonly model: Pick<SeatOffer["model"], "canScore" | "quantisation">;
  readonly seat: Pick<SeatOffer["seat"], "owner">;
};

/** What a generated answer may be called: the weakest of all its kinds of work, over all miners that had a part in it. */
export function labelAnswer(parts: {
  readonly request: Pick<InferenceRequest, "prompt" | "params">;
  /** Who made it, one for each segment. */
  readonly workers: readonly WorkerOffer[];
  readonly copies: number;
  readonly finish: FinishReason;
  readonly ownersOfClass: ModelEntry["ownersOfClass"];
}): ProofLabel {
  const { request, workers, copies, finish, ownersOfClass } = parts;
  const plain = { kind: "inference", prompt: request.prompt.kind, params: request.params, copies, finish } as const;
  const kinds = workers.flatMap((worker) =>
    workOf({
      ...plain,
      engine: engineOf(worker),
      segments: workers.length,
      isOtherKernelClass: isAlone(worker, ownersOfClass),
    }),
  );
  return proofOfWork([...new Set(kinds)]).label;
}

/** What vectors may be called. */
export function labelVectors(worker: WorkerOffer): ProofLabel {
  return proofOfWork(workOf({ kind: "embedding", engine: engineOf(worker) })).label;
}

function engineOf({ model }: WorkerOffer): AnsweredWork["engine"] {
  if (model.quantisation === NO_MODEL) return "scripted";
  return model.canScore ? "llama" : "http";
}

/** Whether no verified miner of another owner here computes in the same kernel class: then nobody could do the work again bit by bit. */
function isAlone({ kernelClass, seat }: WorkerOffer, ownersOfClass: ModelEntry["ownersOfClass"]): boolean {
  for (const owner of ownersOfClass.get(kernelClass) ?? []) if (owner !== seat.owner) return false;
  return true;
}
