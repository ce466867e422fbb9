import { type Address, GUARDS_MAX, isAddress, isBytes32, isHex, type SignedAttestation } from "@cortensor/protocol";
import { z } from "zod";
import { fetchBytes } from "../host/index.js";
import type { AttestationKey } from "./signatureBook.js";

/** Bytes of an answer: two signatures of each guard of the largest set, and JSON around them. */
const ANSWER_BYTES_MAX = 65_536;
/** Signatures of one answer: two for each guard. */
export const SIGNATURES_MAX = 2 * GUARDS_MAX;
const SIGNATURE_CHARS = 2 + 2 * 64;

const word = z.string().refine(isBytes32);
const answer = z.strictObject({
  subjectChainId: z.int(),
  kind: z.string(),
  epoch: z.int(),
  signatures: z
    .array(
      z.strictObject({
        guard: z.string().refine(isAddress),
        root: word,
        signature: z.string().length(SIGNATURE_CHARS).refine(isHex),
      }),
    )
    .max(SIGNATURES_MAX),
});

/** A signature, and whose somebody says that it is. */
export type ClaimedSignature = SignedAttestation & { readonly guard: Address };

/** What a peer shows of one key: whoever asks checks each signature. Undefined when it doesn't answer, or not as a guard does. */
export type AskPeer = (request: {
  readonly endpoint: string;
  readonly key: AttestationKey;
}) => Promise<readonly ClaimedSignature[] | undefined>;

export function createAskPeer({
  timeoutMs,
  signal,
}: {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}): AskPeer {
  return async ({ endpoint, key }) => {
    const url = attestationUrl(endpoint, key);
    if (url === undefined) return undefined;
    const fetched = await fetchBytes({ url, bytesMax: ANSWER_BYTES_MAX, timeoutMs, signal });
    if (fetched.kind !== "bytes") return undefined;
    return parseAttestations(Buffer.from(fetched.bytes).toString("utf8"), key);
  };
}

/** Reads an answer of `/v1/attestations`, strictly. Undefined for anything else, or for the answer to another question. */
export function parseAttestations(text: string, key: AttestationKey): readonly ClaimedSignature[] | undefined {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { subjectChainId, kind, epoch, signatures } = parsed.data;
  if (subjectChainId !== key.subjectChainId || kind !== key.kind || epoch !== key.epoch) return undefined;
  return signatures.map(({ guard, root, signature }) => ({ attestation: { ...key, root }, guard, signature }));
}

/** Undefined for no address of HTTP: what a registry says of a guard is the guard's own word. */
function attestationUrl(endpoint: string, { subjectChainId, kind, epoch }: AttestationKey): string | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(`/v1/attestations/${subjectChainId}/${kind}/${epoch}`, endpoint);
  return url.protocol === "http:" || url.protocol === "https:" ? url.toString() : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
