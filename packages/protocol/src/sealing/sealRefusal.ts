/** Why something sealed isn't taken. Each is the whole answer: nothing of a refused message is used. */
export const SEAL_REFUSALS = [
  /** Altered, or sealed with another key. */
  "tampered",
  /** A frame of another task's stream. */
  "otherTask",
  /** A frame of the stream that goes the other way. */
  "otherDirection",
  /** A frame that came before. */
  "repeated",
  /** A frame before which another is missing. */
  "outOfOrder",
  /** A frame behind the last. */
  "afterEnd",
  /** The stream stopped before its last frame. */
  "truncated",
  /** More frames, or more bytes, than a stream may have. */
  "tooManyFrames",
  "tooManyBytes",
  /** A frame whose padding isn't the one that its sender had to make. */
  "badPadding",
  /** The task was signed as an open one. */
  "otherPrivacy",
  /** The envelope isn't for this miner. */
  "notAReader",
  /** Sealed to a prekey that the miner has destroyed, or never had. */
  "unknownPrekey",
  /** The prekey is of another suite than the envelope says. */
  "otherSuite",
  /** The key that the envelope wraps for this miner doesn't open by its prekey. */
  "wrongKey",
  /** The task was opened before in this context. */
  "replayed",
  /** The context has had its most tasks: the client sets up another. */
  "contextSpent",
  /** What was sealed isn't a request. */
  "badContents",
  /** Prompt or parameters aren't those that the task's signer signed, or not under this suite. */
  "otherPrompt",
  "otherParams",
  /** An answer's opening that wasn't made by the miner whom the client sealed to. */
  "otherOrigin",
] as const;
export type SealRefusal = (typeof SEAL_REFUSALS)[number];

export type Refused = { readonly kind: "refused"; readonly refusal: SealRefusal };

export function refused(refusal: SealRefusal): Refused {
  return { kind: "refused", refusal };
}
