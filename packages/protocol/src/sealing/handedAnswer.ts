import { ProtocolError } from "../errors.js";
import type { Bytes32 } from "../primitives.js";
import type { Aead } from "./aead.js";
import { AnswerReader } from "./answerParts.js";
import { decodeAnswerOpening, openForHandOver } from "./sealedAnswer.js";
import { decodeSealedFrame } from "./sealedFrame.js";

/** What one miner has answered under an envelope, as its router passed it on: it goes to the standby that takes over. */
export type HandedAnswer = {
  /** `encodeAnswerOpening`. */
  readonly opening: Uint8Array;
  /** `encodeSealedFrame`, from the first on. */
  readonly frames: readonly Uint8Array[];
};

/** Bytes of frames that a router hands over: some minutes of an answer, its largest text ten times. Beyond, its client seals again. */
export const HANDED_BYTES_MAX = 1_048_576;
/** Frames of the same, each of at least 256 bytes. */
export const HANDED_FRAMES_MAX: number = HANDED_BYTES_MAX / 256;

/**
 * The tokens that those before a standby answered, in order, behind the `from` that the envelope brought. Undefined where that is no beginning of this answer. It
 * can't tell whose word an opening is: what its router or another standby put there shows in the root, which the client recomputes.
 */
export function handedTokens(
  handed: readonly HandedAnswer[],
  parts: { readonly taskId: Bytes32; readonly dataKey: Uint8Array; readonly aead: Aead; readonly from: number },
): readonly number[] | undefined {
  try {
    const tokens: number[] = [];
    for (const one of handed) {
      const next = tokensOf(one, { ...parts, from: parts.from + tokens.length });
      if (next === undefined) return undefined;
      tokens.push(...next);
    }
    return tokens;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function tokensOf(
  { opening: bytes, frames }: HandedAnswer,
  parts: Parameters<typeof handedTokens>[1],
): readonly number[] | undefined {
  const opening = decodeAnswerOpening(bytes);
  if (opening.taskId !== parts.taskId) return undefined;
  const opener = openForHandOver(opening, parts);
  const reader = new AnswerReader();
  const tokens: number[] = [];
  for (const frame of frames) {
    const opened = opener.open(decodeSealedFrame(frame));
    if (opened.kind === "refused") return undefined;
    for (const part of reader.push(opened.data)) {
      // Who has ended has nothing left to go on with.
      if (part.kind === "end" || part.from !== parts.from + tokens.length) return undefined;
      tokens.push(...part.ids);
    }
  }
  return tokens;
}
