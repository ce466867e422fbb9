import type { DisputeRecord } from "@cortensor/chain";
import {
  bodyFault,
  caseRequestDigest,
  guardsDomain,
  registryDomain,
  setEntryId,
  toCompactSignature,
  underEndpoint,
} from "@cortensor/protocol";
import {
  EVIDENCE_BYTES_MAX,
  fetchBytes,
  isSampleOf,
  type NodeSigner,
  parseEvidence,
  type ShownEvidence,
  type TaskEvidence,
  toEvidence,
} from "../host/index.js";
import type { JudgeChain } from "./judgeChain.js";

/** A router asks its miners first. */
const FETCH_MS = 60_000;
/** Who is asked: whoever accuses, and routers, for the chain doesn't say whose task it is. */
const ASKED_MAX = 16;

/** Asks who accuses, and routers. Undefined when nobody shows the disputed result. */
export type FetchCaseEvidence = (dispute: DisputeRecord, signal: AbortSignal) => Promise<TaskEvidence | undefined>;

export function createFetchCaseEvidence(parts: {
  readonly chain: Pick<JudgeChain, "chainId" | "guards" | "registry" | "readNode">;
  readonly signer: NodeSigner;
  /** Where all routers answer. */
  readonly readRouterEndpoints: () => Promise<readonly string[]>;
}): FetchCaseEvidence {
  const { chain, signer } = parts;
  const { chainId, guards, registry } = chain;
  const domain = guardsDomain({ chainId, guards });
  const nodeDomain = registryDomain({ chainId, registry });
  return async (dispute, signal) => {
    const { number, resultHash } = dispute;
    const digest = caseRequestDigest(domain, { number, resultHash });
    const headers = { authorization: `Seat ${toCompactSignature(signer.sign(digest))}` };
    const opener = (await chain.readNode(dispute.opener))?.endpoint ?? "";
    const urls = [
      ...caseUrl(opener, `/v1/disputes/${number}/${resultHash}`),
      ...(await parts.readRouterEndpoints()).flatMap((at) => caseUrl(at, `/api/v1/disputes/${number}/${resultHash}`)),
    ];
    for (const url of urls.slice(0, ASKED_MAX)) {
      const fetched = await fetchBytes({ url, headers, bytesMax: EVIDENCE_BYTES_MAX, timeoutMs: FETCH_MS, signal });
      const shown = fetched.kind === "bytes" ? parseEvidence(fetched.bytes) : undefined;
      if (shown !== undefined && isOfCase(shown, dispute)) return toEvidence(shown, nodeDomain);
    }
    return undefined;
  };
}

/** Whether it shows the disputed result, whole, or of a sealed one what guards open: its hash binds all of it. Who signed the receipt doesn't matter: nothing that is judged rests on it. */
function isOfCase({ document, bodies, sealed }: ShownEvidence, { taskId, resultHash }: DisputeRecord): boolean {
  if (setEntryId(document.receipt.taskId) !== taskId || !document.results.includes(resultHash)) return false;
  if (sealed !== undefined && isSampleOf(sealed, resultHash)) return true;
  return bodies.some((body) => bodyFault(body, resultHash) === undefined);
}

function caseUrl(endpoint: string, path: string): readonly string[] {
  const url = underEndpoint(endpoint, path);
  return url === undefined ? [] : [url];
}
