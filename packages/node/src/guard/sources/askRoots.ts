import { isAddress, isBytes32, isHex, underEndpoint } from "@cortensor/protocol";
import { z } from "zod";
import { fetchBytes } from "../../host/index.js";
import { SIGNATURES_MAX } from "../askPeer.js";
import type { RootShown } from "./sourceDesk.js";

/** Bytes of an answer: two signatures of each guard of the largest set, and JSON around them. */
const ANSWER_BYTES_MAX = 65_536;
const SIGNATURE_CHARS = 2 + 2 * 64;

const answer = z.strictObject({
  source: z.string(),
  epoch: z.int(),
  signatures: z
    .array(
      z.strictObject({
        guard: z.string().refine(isAddress),
        root: z.string().refine(isBytes32),
        signature: z.string().length(SIGNATURE_CHARS).refine(isHex),
      }),
    )
    .max(SIGNATURES_MAX),
});

/** What a guard shows of a source's epoch: whoever asks checks each signature. Nothing when it doesn't answer, or not as a guard does. */
export type AskRoots = (request: {
  readonly endpoint: string;
  readonly source: string;
  readonly epoch: number;
}) => Promise<readonly RootShown[]>;

export function createAskRoots(parts: { readonly timeoutMs: number; readonly signal: AbortSignal }): AskRoots {
  return async ({ endpoint, source, epoch }) => {
    const url = underEndpoint(endpoint, `/v1/roots/${source}/${epoch}`);
    if (url === undefined) return [];
    const fetched = await fetchBytes({ url, bytesMax: ANSWER_BYTES_MAX, ...parts });
    if (fetched.kind !== "bytes") return [];
    const parsed = answer.safeParse(parseJson(Buffer.from(fetched.bytes).toString("utf8")));
    if (!parsed.success || parsed.data.source !== source || parsed.data.epoch !== epoch) return [];
    return parsed.data.signatures;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
