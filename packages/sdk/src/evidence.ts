import {
  type Bytes32,
  bytes32Field,
  hasCode,
  type ProvenCheckpoint,
  parseBodyDocument,
  parseProvenCheckpoint,
  parseResultProof,
  type ResultProof,
  type SegmentBody,
} from "@cortensor/protocol";
import { z } from "zod";
import type { CallOptions, Http } from "./http.js";
import { SdkError } from "./sdkError.js";

/** What a checker needs of a task, from its miners: prompt, parameters, tokens, recipe and fingerprint of each result. See docs/PROOF.md. */
export type Evidence = {
  readonly taskId: Bytes32;
  /** As the router hands them on: `bodyFault` says whether each is what the receipt names. */
  readonly bodies: readonly SegmentBody[];
  /** Result hashes of the receipt whose body no connected miner shows. */
  readonly missing: readonly Bytes32[];
  /** What miners signed that were given up before their result: `isSignedByMiner` says whether each is what it says. */
  readonly checkpoints: readonly ProvenCheckpoint[];
  /** Where miners signed the results, as far as the router knows: `isResultSignedBy` says whether each is true. */
  readonly proofs: readonly ResultProof[];
};

/** As many as a receipt may name. */
const BODIES_MAX = 448;
const evidenceShape = z.object({
  taskId: bytes32Field,
  bodies: z.array(z.unknown()).max(BODIES_MAX),
  missing: z.array(bytes32Field).max(BODIES_MAX),
  checkpoints: z.array(z.unknown()).max(BODIES_MAX),
  proofs: z.array(z.unknown()).max(BODIES_MAX),
});
const TASKS_MAX = 1_000;
const taskList = z.object({ taskIds: z.array(bytes32Field).max(TASKS_MAX) });

type Bearing = CallOptions & { readonly bearer: string };

export async function fetchEvidence(http: Http, taskId: string, bounds: Bearing): Promise<Evidence> {
  const path = `/api/v1/evidence/${encodeURIComponent(taskId)}`;
  const { value } = await http.json({ path, ...bounds }, evidenceShape);
  return {
    ...value,
    bodies: value.bodies.map((body) => parse(parseBodyDocument, body, path)),
    checkpoints: value.checkpoints.map((one) => parse(parseProvenCheckpoint, one, path)),
    proofs: value.proofs.map((one) => parse(parseResultProof, one, path)),
  };
}

export async function fetchRecentTasks(http: Http, last: number, bounds: Bearing): Promise<readonly Bytes32[]> {
  return (await http.json({ path: `/api/v1/evidence?last=${last}`, ...bounds }, taskList)).value.taskIds;
}

function parse<Value>(read: (json: unknown) => Value, json: unknown, url: string): Value {
  try {
    return read(json);
  } catch (error) {
    if (!hasCode(error, "PROTOCOL_BAD_DOCUMENT")) throw error;
    throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: error.message }, { cause: error });
  }
}
