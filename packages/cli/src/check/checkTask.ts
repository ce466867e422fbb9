import type { Engine } from "@cortensor/engine";
import { type CheckedSegment, type CheckOptions, checkBodies, type Verdict } from "@cortensor/proof";
import { type Address, type Bytes32, registryDomain } from "@cortensor/protocol";
import { type FetchTools, fetchBodies, type HiddenPart } from "./fetchBodies.js";
import { type GivenUpSegment, givenUpSegments } from "./givenUpSegments.js";

/** What a check says of one segment of a task, or of a task that can't be checked further. */
export type CheckLine = {
  readonly taskId: Bytes32;
  readonly miner?: Address;
  readonly replica?: number;
  readonly segment?: number;
  readonly verdict:
    | Verdict
    | HiddenPart
    /** Its miner was given up before its result, and no checkpoint that it signed is shown: nobody can be named for its tokens. */
    | { readonly kind: "unsigned" }
    /** The router shows a checkpoint for it that its miner didn't sign, or of other tokens. */
    | { readonly kind: "fault"; readonly fault: "checkpoint" }
    /** Another model than the checker's own. */
    | { readonly kind: "otherModel"; readonly modelId: Bytes32 };
  readonly isByMarginsAlone?: CheckedSegment["isByMarginsAlone"];
  readonly score?: CheckedSegment["score"];
  readonly pair?: CheckedSegment["pair"];
};

export type CheckTools = Omit<FetchTools, "signal"> & {
  readonly engine: Engine;
  readonly options: CheckOptions;
};

/** Fetches a task's receipt and evidence, trusts neither, and checks all that is shown. */
export async function checkTask(tools: CheckTools, taskId: Bytes32): Promise<readonly CheckLine[]> {
  const { client, profile, engine, options } = tools;
  const stop = options.signal === undefined ? {} : { signal: options.signal };
  const { shown, hidden, seed, payees, checkpoints } = await fetchBodies({ client, profile, ...stop }, taskId);
  const lines: readonly CheckLine[] = hidden.map((verdict) => ({ taskId, verdict }));
  const { modelId } = engine.describe();
  const foreign = shown.find(({ task }) => task.modelId !== modelId);
  if (foreign !== undefined) {
    return [...lines, { taskId, verdict: { kind: "otherModel", modelId: foreign.task.modelId } }];
  }
  if (shown.length === 0 || seed === undefined) return lines;
  const domain = registryDomain({ chainId: profile.chainId, registry: profile.addresses.registry });
  const givenUp = givenUpSegments({ payees, bodies: shown, checkpoints, domain });
  const handedOver = givenUp.flatMap((one) => (one.kind === "signed" ? [one.tokens] : []));
  const checked = await checkBodies(engine, shown, seed, { ...options, handedOver });
  return [...lines, ...givenUp.flatMap((one) => lineOf(taskId, one)), ...checked.map((one) => ({ taskId, ...one }))];
}

/** Of a segment that nobody can be named for. Its number and its payee are the receipt's. */
function lineOf(taskId: Bytes32, givenUp: GivenUpSegment): readonly CheckLine[] {
  if (givenUp.kind === "signed") return [];
  const { miner, replica, segment } = givenUp.payee;
  if (givenUp.kind === "unsigned") return [{ taskId, miner, replica, segment, verdict: { kind: "unsigned" } }];
  return [{ taskId, replica, segment, verdict: { kind: "fault", fault: "checkpoint" } }];
}
