import type { Engine } from "@cortensor/engine";
import { type CheckedSegment, checkBodies } from "@cortensor/proof";
import { type Bytes32, bodyFault, hasCode, hashResult } from "@cortensor/protocol";
import type { CheckRefusal, CheckReply, CheckRequest, OfferedModel } from "@cortensor/wire";

export type SegmentCheckParts = {
  readonly request: CheckRequest;
  /** Of the request's epoch, by this miner's own look at the chain. */
  readonly beacon: Bytes32 | undefined;
  /** The engine of the model that is asked about, and what is said of it; undefined when there is none. */
  readonly bench: { readonly engine: Engine; readonly offer: OfferedModel } | undefined;
  readonly signal: AbortSignal;
};

/**
 * Checks another miner's result with the own engine: whether it contradicts itself, then token by token, made again by its recipe. Within a kernel
 * class that is exact, so that no threshold is needed; a result of another class is declined.
 * @throws CodedError the engine's own
 */
export async function checkSegment({ request, beacon, bench, signal }: SegmentCheckParts): Promise<CheckReply> {
  const { body } = request;
  if (bench === undefined) return declined("unknownModel");
  const { engine, offer } = bench;
  if (body.result.kernelClass !== offer.kernelClass) return declined("otherClass");
  if (!isWhole(request) || body.task.privacy !== "open") return declined("badBody");
  if (beacon === undefined) return declined("beaconUnknown");
  try {
    const [checked] = await checkBodies(engine, [body], { beacon }, { hasReplay: true, signal });
    return checked === undefined ? declined("badBody") : replyOf(checked);
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return declined("badBody");
    throw error;
  }
}

/** Whether every part is what the result commits to. */
function isWhole({ body }: CheckRequest): boolean {
  return bodyFault(body, hashResult(body.result)) === undefined;
}

/** Only a replay passes here: what no replay settles is undecided. */
function replyOf({ verdict }: CheckedSegment): CheckReply {
  if (verdict.kind === "passed") return { kind: "checked", verdict: "holds" };
  if (verdict.kind !== "fault") return { kind: "checked", verdict: "undecided" };
  const { position, what } = verdict;
  const differs = position === undefined || what === undefined ? {} : { differs: { what, position } };
  return { kind: "checked", verdict: "wrong", ...differs };
}

function declined(code: CheckRefusal): CheckReply {
  return { kind: "checkDeclined", code };
}
