import {
  type Address,
  type Bytes32,
  type DutyPayProof,
  isBytes32,
  isDutyPayProof,
  MERKLE_PATH_MAX,
  underEndpoint,
} from "@cortensor/protocol";
import { z } from "zod";
import { fetchBytes } from "../host/index.js";

/** Bytes of an answer: two proofs with the longest paths, and JSON around them. */
const ANSWER_BYTES_MAX = 16_384;
/** Proofs of one answer. */
const PROOFS_MAX = 4;
/** Guards asked, one after the other, before somebody else is waited for. */
const GUARDS_ASKED_MAX = 8;
const TIMEOUT_MS = 2_000;

const word = z.string().refine(isBytes32);
const answer = z.strictObject({
  validator: z.string(),
  proofs: z
    .array(
      z.strictObject({
        earnedWei: z.string().regex(/^\d{1,29}$/),
        subjectChainId: z.int(),
        fromEpoch: z.int().nonnegative(),
        epoch: z.int().nonnegative(),
        count: z.int().nonnegative(),
        merkleRoot: word,
        path: z.array(word).max(MERKLE_PATH_MAX),
      }),
    )
    .max(PROOFS_MAX),
});

export type DutyPayWatch = {
  readonly chainId: number;
  /** Where guards answer, in any order. */
  readGuardEndpoints(): Promise<readonly string[]>;
  /** The posted root of duties' pay of an epoch. */
  readDutyPayRoot(epoch: number): Promise<Bytes32 | undefined>;
};

/**
 * What a validator has earned, with its proof, as the guards show it: the newest whose root is posted. Nobody is believed: each proof is held against
 * the chain. Undefined when no guard shows one.
 */
export async function fetchDutyPay(
  validator: Address,
  { chain, signal }: { readonly chain: DutyPayWatch; readonly signal: AbortSignal },
): Promise<DutyPayProof | undefined> {
  let best: DutyPayProof | undefined;
  for (const endpoint of (await chain.readGuardEndpoints()).slice(0, GUARDS_ASKED_MAX)) {
    for (const proof of await askGuard(endpoint, { validator, chainId: chain.chainId, signal })) {
      if (best !== undefined && proof.parts.epoch <= best.parts.epoch) continue;
      const root = await chain.readDutyPayRoot(proof.parts.epoch);
      if (root !== undefined && isDutyPayProof(proof, root)) best = proof;
    }
  }
  return best;
}

async function askGuard(
  endpoint: string,
  of: { readonly validator: Address; readonly chainId: number; readonly signal: AbortSignal },
): Promise<readonly DutyPayProof[]> {
  const url = underEndpoint(endpoint, `/v1/duty-pay/${of.validator}`);
  if (url === undefined) return [];
  const fetched = await fetchBytes({
    url,
    bytesMax: ANSWER_BYTES_MAX,
    timeoutMs: TIMEOUT_MS,
    signal: of.signal,
  });
  return fetched.kind === "bytes" ? parseDutyPay(Buffer.from(fetched.bytes).toString("utf8"), of) : [];
}

/** Reads an answer of `/v1/duty-pay`, strictly: nothing for anything else, or for the answer to another question. */
export function parseDutyPay(
  text: string,
  { validator, chainId }: { readonly validator: Address; readonly chainId: number },
): readonly DutyPayProof[] {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.validator !== validator) return [];
  return parsed.data.proofs
    .filter(({ subjectChainId }) => subjectChainId === chainId)
    .map(({ earnedWei, path, ...range }) => ({
      ...{ validator, earnedWei: BigInt(earnedWei), path },
      parts: { kind: "dutyPay", ...range },
    }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
