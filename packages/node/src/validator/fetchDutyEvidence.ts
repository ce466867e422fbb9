import {
  type Address,
  type Bytes32,
  dutyRequestDigest,
  guardsDomain,
  type ReceiptDocument,
  registryDomain,
  setEntryId,
  toCompactSignature,
  underEndpoint,
  verifyReceiptDocument,
} from "@cortensor/protocol";
import {
  EVIDENCE_BYTES_MAX,
  fetchBytes,
  type NodeSigner,
  parseEvidence,
  type TaskEvidence,
  toEvidence,
} from "../host/index.js";
import type { ValidatorChain } from "./validatorChain.js";

/** A router asks its miners first. */
const FETCH_MS = 60_000;
/** Routers of a lane that are asked. */
const ROUTERS_MAX = 4;

/** A settled task that is to be checked. */
export type TaskToCheck = {
  /** See `setEntryId`. */
  readonly id: Bytes32;
  readonly resultsHash: Bytes32;
  readonly lane: Address;
  readonly settlementId: Bytes32;
};

/** What the lane shows of a task, held against what it was settled as. */
export type DutyEvidence = TaskEvidence;

export type WantedEvidence = {
  readonly task: TaskToCheck;
  readonly epoch: number;
  /** Nothing of a task that can't be opened: its miner isn't asked then. */
  readonly isSealed?: true;
};

/** Asks the task's own lane. Undefined when none of its routers shows a receipt that is the settled one, and of an epoch that had begun by then. */
export type FetchDutyEvidence = (wanted: WantedEvidence, signal: AbortSignal) => Promise<DutyEvidence | undefined>;

export type EvidenceParts = {
  readonly chain: Pick<ValidatorChain, "chainId" | "guards" | "registry" | "readNode">;
  readonly signer: NodeSigner;
  /** Where routers answer, those of a lane first. */
  readonly readRouterEndpoints: (lane: Address) => Promise<readonly string[]>;
};

export function createFetchDutyEvidence(parts: EvidenceParts): FetchDutyEvidence {
  const { chain, signer } = parts;
  const { chainId, guards, registry } = chain;
  const domain = guardsDomain({ chainId, guards });
  const nodeDomain = registryDomain({ chainId, registry });
  return async (wanted, signal) => {
    const { task, epoch } = wanted;
    const digest = dutyRequestDigest(domain, { epoch, taskId: task.id });
    const headers = { authorization: `Duty ${toCompactSignature(signer.sign(digest))}` };
    for (const endpoint of (await parts.readRouterEndpoints(task.lane)).slice(0, ROUTERS_MAX)) {
      const url = evidenceUrl(endpoint, wanted);
      if (url === undefined) continue;
      const fetched = await fetchBytes({ url, headers, bytesMax: EVIDENCE_BYTES_MAX, timeoutMs: FETCH_MS, signal });
      const shown = fetched.kind === "bytes" ? parseEvidence(fetched.bytes) : undefined;
      if (shown === undefined || shown.document.receipt.epoch > epoch) continue;
      if (await isSettled(shown.document, task, chain)) return toEvidence(shown, nodeDomain);
    }
    return undefined;
  };
}

function evidenceUrl(endpoint: string, { task, epoch, isSealed }: WantedEvidence): string | undefined {
  const path = `/api/v1/duties/${epoch}/${task.settlementId}/${task.id}`;
  return underEndpoint(endpoint, `${path}${isSealed === true ? "/sealed" : ""}`);
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
