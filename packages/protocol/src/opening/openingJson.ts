import { z } from "zod";
import { bytesField } from "../base64Url.js";
import { addressField, bytes32Field, hexField, signatureField, uint8Field, uint64Field } from "../jsonField.js";
import { recipeSchema, resultSchema, taskSchema } from "../jsonStruct.js";
import { GUARDS_MAX, SEGMENTS_MAX } from "../limits.js";
import { type Hex, isHex } from "../primitives.js";
import { SEAL_SUITES } from "../sealing/sealSuite.js";
import { SHARE_BYTES, SHARERS_MIN, type SharedKey } from "./dataKeyShares.js";
import type { SignedOpeningAsk } from "./openingAsk.js";
import type { SignedShareRelease } from "./openingLog.js";
import type { SentShare } from "./releasedShare.js";

/** X-Wing's, the larger. */
const ENC_BYTES_MAX = 1_120;
const TAG_BYTES = 16;
/** An envelope at its largest, and an answer's frames: a task with more of them isn't kept, and not opened. */
export const SAMPLE_BYTES_MAX = 4_194_304;
const FRAMES_MAX = 16_384;

const encField: z.ZodType<Hex, Hex> = z.custom<Hex>(
  (value) => isHex(value) && value.length <= 2 + 2 * ENC_BYTES_MAX,
  "not what a suite encapsulates, in hex",
);
const sealedShareField = hexField(SHARE_BYTES + TAG_BYTES);

/** Exactly a `SharedKey`, which travels beside its envelope. */
export const sharedKeySchema: z.ZodType<SharedKey, SharedKey> = z.strictObject({
  taskId: bytes32Field,
  suite: z.enum(SEAL_SUITES),
  setHash: bytes32Field,
  threshold: uint8Field,
  keyHash: bytes32Field,
  shares: z
    .array(
      z.strictObject({
        guard: addressField,
        bundleHash: bytes32Field,
        shareHash: bytes32Field,
        enc: encField,
        sealed: sealedShareField,
      }),
    )
    .min(SHARERS_MIN)
    .max(GUARDS_MAX),
});

export const openingAskSchema: z.ZodType<SignedOpeningAsk, SignedOpeningAsk> = z.strictObject({
  ask: z.strictObject({
    taskId: bytes32Field,
    validator: addressField,
    epoch: uint64Field,
    dispute: uint64Field,
    at: uint64Field,
    replyKey: bytes32Field,
  }),
  signature: signatureField,
});

export const sentShareSchema: z.ZodType<SentShare, SentShare> = z.strictObject({
  guard: addressField,
  enc: encField,
  sealed: sealedShareField,
});

/** What a guard says that it released. */
export const shareReleaseSchema: z.ZodType<SignedShareRelease, SignedShareRelease> = z.strictObject({
  release: z.strictObject({
    taskId: bytes32Field,
    validator: addressField,
    epoch: uint64Field,
    dispute: uint64Field,
    at: uint64Field,
    number: uint64Field,
    previous: bytes32Field,
  }),
  signature: signatureField,
});

const answerFields = {
  opening: bytesField(128),
  frames: z.array(bytesField(SAMPLE_BYTES_MAX)).max(FRAMES_MAX),
};

/** What a router keeps of a sealed task whose key was shared out: ciphertext, and what it knows anyway. */
export const sealedSampleSchema = z.strictObject({
  task: taskSchema,
  /** The last segment's, which its miner signed. */
  result: resultSchema,
  /** What its `recipeHash` stands for: sizes and steps, no word. */
  recipe: recipeSchema,
  shared: sharedKeySchema,
  envelope: bytesField(SAMPLE_BYTES_MAX),
  /** What miners answered under the same envelope before a standby went on with it, in order. */
  handed: z.array(z.strictObject(answerFields)).max(SEGMENTS_MAX),
  ...answerFields,
  /** Segments of the answer; the sample is the last. */
  segments: z.int().min(1).max(SEGMENTS_MAX),
});
export type SealedSample = z.output<typeof sealedSampleSchema>;
