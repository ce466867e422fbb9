import {
  type Address,
  type Bytes32,
  bodyFault,
  bytes32Field,
  dutyRequestDigest,
  guardsDomain,
  hasCode,
  hashResult,
  isResultSignedBy,
  parseBodyDocument,
  parseReceiptDocument,
  parseResultProof,
  type ReceiptDocument,
  type ResultProof,
  registryDomain,
  type SegmentBody,
  setEntryId,
  toCompactSignature,
  verifyReceiptDocument,
} from "@cortensor/protocol";
import { z } from "zod";
import { fetchBytes, type NodeSigner } from "../host/index.js";
import type { ValidatorChain } from "./validatorChain.js";

/** A task's evidence holds the prompt, the tokens and a fingerprint of each segment. */
const EVIDENCE_BYTES_MAX = 64 * 1024 * 1024;
/** A router asks its miners first. */
const FETCH_MS = 60_000;
/** Routers of a lane that are asked. */
const ROUTERS_MAX = 4;
const BODIES_MAX = 448;

const evidenceShape = z.strictObject({
  receipt: z.unknown(),
  bodies: z.array(z.unknown()).max(BODIES_MAX),
  missing: z.array(bytes32Field).max(BODIES_MAX),
  proofs: z.array(z.unknown()).max(BODIES_MAX),
});

/** A settled task that is to be checked. */
export type TaskToCheck = {
  /** See `setEntryId`. */
  readonly id: Bytes32;
  readonly resultsHash: Bytes32;
  readonly lane: Address;
  readonly settlementId: Bytes32;
};

/** What the lane shows of a task, held against what it was settled as. */
export type DutyEvidence = {
  /** The receipt, in a batch that a router of the lane signed. */
  readonly document: ReceiptDocument;
  /** The receipt's: whose beacon its seed is of. */
  readonly epoch: number;
  /** Output tokens of the receipt. */
  readonly outputTokens: number;
  /** Each is what its result's hash stands for. */
  readonly bodies: readonly SegmentBody[];
  /** Results whose body isn't shown. */
  readonly missing: readonly Bytes32[];
  /** Where miners signed the results of those bodies, as far as the lane shows it: each is true. */
  readonly proofs: readonly ResultProof[];
};

/** Asks the task's own lane. Undefined when none of its routers shows a receipt that is the settled one, and of an epoch that had begun by then. */
export type FetchDutyEvidence = (
  wanted: { readonly task: TaskToCheck; readonly epoch: number },
  signal: AbortSignal,
) => Promise<DutyEvidence | undefined>;

export type EvidenceParts = {
  readonly chain: Pick<ValidatorChain, "chainId" | "guards" | "registry" | "readNode">;
  readonly signer: NodeSigner;
  /** Where routers answer, those of a lane first. */
  readonly readRouterEndpoints: (lane: Address) => Promise<readonly string[]>;
};

export function createFetchDutyEvidence(parts: EvidenceParts): FetchDutyEvidence {
  const { chain, signer } = parts;
  const domain = guardsDomain({ chainId: chain.chainId, guards: chain.guards });
  return async ({ task, epoch }, signal) => {
    const digest = dutyRequestDigest(domain, { epoch, taskId: task.id });
    const headers = { authorization: `Duty ${toCompactSignature(signer.sign(digest))}` };
    for (const endpoint of (await parts.readRouterEndpoints(task.lane)).slice(0, ROUTERS_MAX)) {
      const url = evidenceUrl(endpoint, { task, epoch });
      if (url === undefined) continue;
      const fetched = await fetchBytes({ url, headers, bytesMax: EVIDENCE_BYTES_MAX, timeoutMs: FETCH_MS, signal });
      const shown = fetched.kind === "bytes" ? parseEvidence(fetched.bytes) : undefined;
      if (shown === undefined || shown.document.receipt.epoch > epoch) continue;
      if (await isSettled(shown.document, task, chain)) return toEvidence(shown, chain);
    }
    return undefined;
  };
}

type Shown = {
  readonly document: ReceiptDocument;
  readonly bodies: readonly SegmentBody[];
  readonly proofs: readonly ResultProof[];
};

function evidenceUrl(
  endpoint: string,
  { task, epoch }: { readonly task: TaskToCheck; readonly epoch: number },
): string | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(`/api/v1/duties/${epoch}/${task.settlementId}/${task.id}`, endpoint);
  return url.protocol === "http:" || url.protocol === "https:" ? url.toString() : undefined;
}

/** Undefined for what no router would send. */
function parseEvidence(bytes: Uint8Array): Shown | undefined {
  try {
    const { receipt, bodies, proofs } = evidenceShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    const document = parseReceiptDocument(receipt);
    return { document, bodies: bodies.map(parseBodyDocument), proofs: proofs.map(parseResultProof) };
  } catch (error) {
    const isForeign = error instanceof SyntaxError || error instanceof z.ZodError;
    if (isForeign || hasCode(error, "PROTOCOL_BAD_DOCUMENT")) return undefined;
    throw error;
  }
}

/** Whether a receipt is the one that the task was settled by: a router of its lane signed it, and the set's entry has its results. */
async function isSettled(
  document: ReceiptDocument,
  task: TaskToCheck,
  chain: EvidenceParts["chain"],
): Promise<boolean> {
  const { receipt, proof } = document;
  const isOfTask = setEntryId(receipt.taskId) === task.id && receipt.resultsHash === task.resultsHash;
  if (!isOfTask || receipt.operator !== task.lane) return false;
  const node = await chain.readNode(proof.signer);
  if (node === undefined || node.owner !== task.lane || !node.roles.includes("router")) return false;
  const domain = registryDomain({ chainId: chain.chainId, registry: chain.registry });
  return verifyReceiptDocument({ document, domain, routerSigner: proof.signer }).kind === "valid";
}

function toEvidence({ document, bodies, proofs }: Shown, chain: EvidenceParts["chain"]): DutyEvidence {
  const { receipt, results } = document;
  const found = results.map((result) => bodies.find((body) => bodyFault(body, result) === undefined));
  const domain = registryDomain({ chainId: chain.chainId, registry: chain.registry });
  const shown = found.filter((body) => body !== undefined);
  return {
    document,
    epoch: receipt.epoch,
    outputTokens: receipt.nOut,
    bodies: shown,
    missing: results.filter((_, index) => found[index] === undefined),
    proofs: shown.flatMap((body) => {
      const result = hashResult(body.result);
      return proofs.find((one) => one.result === result && isResultSignedBy(one, body.result.miner, domain)) ?? [];
    }),
  };
}
