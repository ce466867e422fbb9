import {
  DRAND_SIGNATURE_BYTES,
  type DrandNetwork,
  hexToBytes,
  openDrandRound,
  type SignedDrandRound,
} from "@cortensor/protocol";
import { z } from "zod";
import { fetchBytes } from "../host/index.js";

/** Bytes of an answer: a round's number, its randomness, its signature and that of the round before in hex, and JSON around them. */
const ANSWER_BYTES_MAX = 2_048;
/** Characters of the longest signature of a round before: 96 bytes. Networks whose rounds are of no chain have none. */
const PREVIOUS_CHARS_MAX = 192;

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const answer = z.strictObject({
  round: z.int().positive(),
  randomness: hexOf(32),
  signature: hexOf(DRAND_SIGNATURE_BYTES),
  previous_signature: z.string().max(PREVIOUS_CHARS_MAX).optional(),
});

/** Finds a round of a drand network, whoever shows it; never one that the network hasn't signed. Undefined where nobody does. */
export type FetchRound = (
  wanted: { readonly network: DrandNetwork; readonly round: number },
  signal: AbortSignal,
) => Promise<SignedDrandRound | undefined>;

/** Asks all relays at once: `GET {relay}/public/{round}`. The first true answer counts, and the others are given up. */
export function createFetchRound(relays: {
  /** With the network's chain hash, without a trailing slash. */
  readonly urls: readonly string[];
  readonly timeoutMs: number;
}): FetchRound {
  return async ({ network, round }, signal) => {
    const found = new AbortController();
    const within = AbortSignal.any([signal, found.signal]);
    try {
      const answers = relays.urls.map(async (relay) => {
        const url = `${relay}/public/${round}`;
        const { timeoutMs } = relays;
        const fetched = await fetchBytes({ url, bytesMax: ANSWER_BYTES_MAX, timeoutMs, signal: within });
        if (fetched.kind !== "bytes") return undefined;
        return parseRound(Buffer.from(fetched.bytes).toString("utf8"), { network, round });
      });
      return await firstDefined(answers);
    } finally {
      found.abort();
    }
  };
}

/** Reads a relay's answer, strictly, and checks it. Undefined for anything else than the round that was asked for, signed by its network. */
export function parseRound(
  text: string,
  { network, round }: { readonly network: DrandNetwork; readonly round: number },
): SignedDrandRound | undefined {
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.round !== round) return undefined;
  const opened = openDrandRound(network, { round, signature: hexToBytes(`0x${parsed.data.signature}`) });
  return opened?.randomness === `0x${parsed.data.randomness}` ? opened : undefined;
}

/** The first of these that is there; undefined when none is. */
async function firstDefined<Value>(pending: readonly Promise<Value | undefined>[]): Promise<Value | undefined> {
  const left = new Map(pending.map((one, index) => [index, one.then((value) => ({ index, value }))]));
  while (left.size > 0) {
    const { index, value } = await Promise.race(left.values());
    if (value !== undefined) return value;
    left.delete(index);
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
