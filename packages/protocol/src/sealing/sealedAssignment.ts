import { z } from "zod";
import { bytesField } from "../base64Url.js";
import { addressField, bytes32Field, hexField, uint64Field, weiField } from "../jsonField.js";
import { assignmentSchema, resultSchema, taskSchema } from "../jsonStruct.js";
import { OUTPUT_TOKENS_MAX, PROMPT_TOKENS_MAX } from "../limits.js";
import { PROOF_LABELS } from "../proofLabel.js";
import { FINISH_REASONS } from "../result.js";
import { AFFINITY_TAG_BYTES, AFFINITY_TAGS_MAX } from "./affinityTags.js";
import { STANDBYS_MAX } from "./envelope.js";
import { FRAME_BYTES_MAX } from "./sealedFrame.js";
import { SEAL_AUDITS, sealingLabelSchema } from "./sealingLabel.js";
import { SEAL_SUITES } from "./sealSuite.js";

/** A signed bundle with a key of each suite, and room. */
const BUNDLE_BYTES_MAX = 2_048;
/** Bundles that one miner shows. */
const BUNDLES_MAX = 2;
/** An answer's opening has 119 bytes. */
const OPENING_BYTES_MAX = 128;
/** Miners that a client may name as ones that it won't have. */
export const AVOIDED_MAX = 16;
/** Characters of a model's name. */
const MODEL_CHARS_MAX = 256;

/** What a client asks an assignment by: no word of its prompt. See docs/SEALING.md. */
export const sealedAskSchema = z.object({
  model: z.string().min(1).max(MODEL_CHARS_MAX),
  suite: z.enum(SEAL_SUITES),
  /** The most tokens of prompt and answer. */
  maxIn: z.int().min(1).max(PROMPT_TOKENS_MAX),
  maxOut: z.int().min(1).max(OUTPUT_TOKENS_MAX),
  /** `sealedTaskCommits`. */
  promptCommit: bytes32Field,
  paramsHash: bytes32Field,
  /** `affinityTags`. */
  affinity: z.array(hexField(AFFINITY_TAG_BYTES)).min(1).max(AFFINITY_TAGS_MAX),
  /** How the answer may be checked. Default: as the session says. */
  audit: z.enum(SEAL_AUDITS).optional(),
  /** Miners that it isn't to be given to. */
  avoid: z.array(addressField).max(AVOIDED_MAX).optional(),
});
export type SealedAsk = z.output<typeof sealedAskSchema>;

const minerSchema = z.strictObject({
  miner: addressField,
  /** Newest first, as the miner shows them: `decodeSignedPrekeyBundle`. */
  bundles: z.array(bytesField(BUNDLE_BYTES_MAX)).min(1).max(BUNDLES_MAX),
});

/** What the router answers: the task as it will be bound, and who it is to be sealed to. */
export const sealedAssignmentSchema = z.strictObject({
  task: taskSchema,
  assignment: assignmentSchema,
  /** Output tokens that the envelope must bring. */
  committed: z.int().min(0).max(OUTPUT_TOKENS_MAX),
  miner: minerSchema,
  standbys: z.array(minerSchema).max(STANDBYS_MAX),
  /** The router's word for the assignment: `connectionSigner`. */
  word: z.strictObject({
    certificate: z.strictObject({ node: addressField, connectionKey: bytes32Field, expires: uint64Field }),
    certifiedBy: hexField(65),
    signature: hexField(64),
  }),
});
export type SealedAssignment = z.output<typeof sealedAssignmentSchema>;

/** What comes back for an envelope, one after another. It ends with `done` or `failed`; a stream that just stops is none. */
export const sealedEventSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("opening"), opening: bytesField(OPENING_BYTES_MAX) }),
  /** `tokens`: how many output tokens the miner says have come with it. */
  z.strictObject({
    kind: z.literal("frame"),
    frame: bytesField(FRAME_BYTES_MAX),
    tokens: z.int().min(0).max(OUTPUT_TOKENS_MAX),
  }),
  /** The miner is lost: the answer goes on when the client has sealed it to this one. */
  z.strictObject({ kind: z.literal("reassigned"), assigned: sealedAssignmentSchema }),
  /** The miner is lost, and a standby that the envelope was sealed to goes on with it: nothing is to be sealed again. */
  z.strictObject({ kind: z.literal("handedOver"), assigned: sealedAssignmentSchema }),
  z.strictObject({
    kind: z.literal("done"),
    taskId: bytes32Field,
    finish: z.enum(FINISH_REASONS),
    nIn: z.int().min(0).max(PROMPT_TOKENS_MAX),
    nOut: z.int().min(0).max(OUTPUT_TOKENS_MAX),
    feeWei: weiField,
    /** The last segment's, whose commitments the client holds against what it opened. */
    result: resultSchema,
    label: z.enum(PROOF_LABELS),
    sealing: sealingLabelSchema,
  }),
  z.strictObject({
    kind: z.literal("failed"),
    code: z.string().max(64),
    message: z.string().max(2_048),
  }),
]);
export type SealedEvent = z.output<typeof sealedEventSchema>;
