import { checkOpened, type DutyFinding, uncheckedFinding } from "@cortensor/proof";
import {
  type Address,
  type Bytes32,
  bytesToHex,
  combineShares,
  createSealKeyPair,
  decodeEnvelope,
  dutyRequestDigest,
  type Eip712Domain,
  hasCode,
  hashOpeningAsk,
  hashResult,
  hashTask,
  openReleasedShare,
  openSample,
  type ReleasedShare,
  resultsHash,
  type SealedSample,
  sealedSampleSchema,
  sentShareSchema,
  setEntryId,
  toCompactSignature,
  typedDataDigest,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { fetchBytes, type NodeSigner, nodeAead } from "../../host/index.js";
import type { Checker } from "../checkTask.js";
import type { FetchDutyEvidence, TaskToCheck } from "../fetchDutyEvidence.js";

const FETCH_MS = 60_000;
const ASK_MS = 10_000;
/** A sample in base64, and its field names. */
const SAMPLE_JSON_MAX = 16_777_216;
const SHARE_JSON_MAX = 16_384;
const ROUTERS_MAX = 4;

export type OpenTaskParts = {
  readonly signer: NodeSigner;
  /** Of attestations, under which validators sign requests, and of the Registry, under which they ask for shares. */
  readonly attestations: Eip712Domain;
  readonly registry: Eip712Domain;
  readonly nowSeconds: () => number;
  readonly readRouterEndpoints: (lane: Address) => Promise<readonly string[]>;
  readonly readGuardEndpoints: (guards: readonly Address[]) => Promise<ReadonlyMap<Address, string>>;
  /** As seeds take it. */
  readonly readBeacon: (epoch: number) => Promise<Bytes32 | undefined>;
  readonly fetchEvidence: FetchDutyEvidence;
  readonly openChecker: (signal: AbortSignal) => Promise<Checker>;
  readonly log: Logger;
};

/** What became of a drawn task. */
export type Opening =
  /** No router of its lane shows a sample of it: it was open, or its client lets nobody open it. */
  | { readonly kind: "nothing" }
  /** Fewer guards than the threshold released good shares; `wrong` released others than were sealed to them. */
  | { readonly kind: "tooFew"; readonly good: number; readonly threshold: number; readonly wrong: readonly Address[] }
  /** `why`: what of the sample isn't what its miner signed, or its client shared out. */
  | { readonly kind: "found"; readonly miner: Address; readonly finding: DutyFinding; readonly why?: string };

/** Opens a task that this validator was drawn for, and checks it as one that came in the open. */
export async function openTask(
  { epoch, task }: { readonly epoch: number; readonly task: TaskToCheck },
  parts: OpenTaskParts,
  signal: AbortSignal,
): Promise<Opening> {
  const sample = await fetchSample({ epoch, task }, parts, signal);
  if (sample === undefined) return { kind: "nothing" };
  const { miner } = sample.result;
  const key = await combineShares(sample.shared, await askGuards({ epoch, sample }, parts, signal));
  if (key.kind === "tooFew") return key;
  if (key.kind === "otherKey") {
    return { kind: "found", miner, finding: uncheckedFinding("undecided"), why: "otherKey" };
  }
  const envelope = readEnvelope(sample.envelope);
  if (envelope === undefined)
    return { kind: "found", miner, finding: uncheckedFinding("undecided"), why: "badEnvelope" };
  const opened = openSample({ ...sample, envelope, dataKey: key.dataKey, aead: nodeAead });
  key.dataKey.fill(0);
  // Whose fault it is, the client's, the router's or the miner's, nobody can tell from outside.
  if (opened.kind === "faulty") {
    return { kind: "found", miner, finding: uncheckedFinding("undecided"), why: opened.fault };
  }
  // Of the epoch that the settled receipt names: a sample doesn't say it.
  const evidence = await parts.fetchEvidence({ task, epoch }, signal);
  const beacon = evidence === undefined ? undefined : await parts.readBeacon(evidence.epoch);
  if (beacon === undefined) return { kind: "found", miner, finding: uncheckedFinding("undecided"), why: "noBeacon" };
  const { engine, calibration } = await parts.openChecker(signal);
  const { task: bound, result } = sample;
  const options = { signal, ...(calibration === undefined ? {} : { calibration }) };
  const finding = await checkOpened(engine, { task: bound, result, sample: opened }, { beacon }, options);
  return { kind: "found", miner, finding };
}

async function fetchSample(
  { epoch, task }: { readonly epoch: number; readonly task: TaskToCheck },
  { signer, attestations, readRouterEndpoints }: OpenTaskParts,
  signal: AbortSignal,
): Promise<SealedSample | undefined> {
  const digest = dutyRequestDigest(attestations, { epoch, taskId: task.id });
  const headers = { authorization: `Duty ${toCompactSignature(signer.sign(digest))}` };
  for (const endpoint of (await readRouterEndpoints(task.lane)).slice(0, ROUTERS_MAX)) {
    if (!URL.canParse(endpoint)) continue;
    const url = new URL(`/api/v1/duties/${epoch}/${task.settlementId}/${task.id}/sealed`, endpoint).toString();
    const fetched = await fetchBytes({ url, headers, bytesMax: SAMPLE_JSON_MAX, timeoutMs: FETCH_MS, signal });
    const sample = fetched.kind === "bytes" ? parse(sealedSampleSchema, fetched.bytes) : undefined;
    if (sample !== undefined && isSettled(sample, task)) return sample;
  }
  return undefined;
}

/** Whether it is of the settled task, and the result the one that was settled. */
function isSettled({ task, result, shared }: SealedSample, { id, resultsHash: settled }: TaskToCheck): boolean {
  const taskId = hashTask(task);
  const isOne = result.taskId === taskId && shared.taskId === taskId && setEntryId(taskId) === id;
  return isOne && resultsHash([hashResult(result)]) === settled;
}

/** Every guard that has a share is asked; each answers for itself. */
async function askGuards(
  { epoch, sample }: { readonly epoch: number; readonly sample: SealedSample },
  parts: OpenTaskParts,
  signal: AbortSignal,
): Promise<readonly ReleasedShare[]> {
  const { signer, registry, nowSeconds, readGuardEndpoints, log } = parts;
  const { shared } = sample;
  const { publicKey, privateKey } = await createSealKeyPair("x25519");
  const at = Math.floor(nowSeconds());
  const { taskId } = shared;
  const ask = { taskId, validator: signer.address, epoch, at, replyKey: bytesToHex(publicKey) };
  const signature = signer.sign(typedDataDigest(registry, hashOpeningAsk(ask)));
  const body = JSON.stringify({ ask: { ask, signature }, shared });
  const endpoints = await readGuardEndpoints(shared.shares.map(({ guard }) => guard));
  const answers = await Promise.all(
    [...endpoints].map(async ([guard, endpoint]): Promise<readonly ReleasedShare[]> => {
      const bytes = await post(new URL("/v1/openings", endpoint).toString(), body, signal);
      const sent = bytes === undefined ? undefined : parse(sentShareSchema, bytes);
      if (sent === undefined || sent.guard !== guard) {
        log.debug("A guard released no share", { guard, taskId });
        return [];
      }
      const share = await openReleasedShare(sent, { ask, replyKey: privateKey, aead: nodeAead });
      return share === undefined ? [] : [{ guard, share }];
    }),
  );
  return answers.flat();
}

/** Undefined for any answer but a good one: a guard that is away, or refuses. */
async function post(url: string, body: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const headers = { "content-type": "application/json" };
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal: within, redirect: "error" });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.ok && bytes.length <= SHARE_JSON_MAX ? bytes : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

function parse<Value>(
  schema: { safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false } },
  bytes: Uint8Array,
): Value | undefined {
  try {
    const read = schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return read.success ? read.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readEnvelope(bytes: Uint8Array) {
  try {
    return decodeEnvelope(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}
