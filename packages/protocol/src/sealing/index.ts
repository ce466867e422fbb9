export { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, type Aead, type AeadBox, portableAead } from "./aead.js";
export {
  AFFINITY_BLOCK_BYTES,
  AFFINITY_TAG_BYTES,
  AFFINITY_TAGS_MAX,
  type AffinitySetup,
  affinityTags,
  sharedAffinity,
} from "./affinityTags.js";
export { type AnswerPart, AnswerReader, encodeAnswerPart, PART_BYTES_MAX, PART_TOKENS_MAX } from "./answerParts.js";
export {
  decodeEnvelope,
  ENVELOPE_BYTES_MAX,
  type Envelope,
  type EnvelopeReader,
  encodeEnvelope,
  encodeEnvelopeHead,
  READERS_MAX,
  STANDBYS_MAX,
} from "./envelope.js";
export { envelopeFromJson, envelopeToJson } from "./envelopeJson.js";
export { type FrameFill, type FramePace, fillFrame, nextFrameAt } from "./framePace.js";
export { HANDED_BYTES_MAX, HANDED_FRAMES_MAX, type HandedAnswer, handedTokens } from "./handedAnswer.js";
export { type ContextKeys, createSealKeyPair, decapsulate, encapsulate, type SealKeyPair } from "./hpke.js";
export { type HeldPrekey, type OpenedEnvelope, openEnvelope, openWithDataKey } from "./openEnvelope.js";
export {
  BUCKET_BYTES_MAX,
  BUCKET_BYTES_MIN,
  bucketCapacity,
  bucketOf,
  isBucket,
  type PaddedPart,
  paddedParts,
} from "./padding.js";
export {
  decodeSignedPrekeyBundle,
  encodePrekeyBundle,
  encodeSignedPrekeyBundle,
  hashPrekeyBundle,
  PREKEY_BUNDLE_TYPE,
  type Prekey,
  type PrekeyBundle,
  prekeyBundleHash,
  prekeyBundleSigner,
  type SignedPrekeyBundle,
  signPrekeyBundle,
} from "./prekeyBundle.js";
export { type PrekeyFacts, type PrekeyFault, prekeyFault, prekeyOf } from "./prekeyFault.js";
export {
  isPrekeyAccepted,
  PREKEY_EPOCHS_KEPT,
  PREKEY_SECONDS,
  type PrekeyPlan,
  type PrekeyTimes,
  prekeyDestroyedAt,
  prekeyEpochAt,
  prekeyEpochStart,
  prekeyPlan,
} from "./prekeyRotation.js";
export {
  CONTEXT_TASKS_MAX,
  type ContextId,
  createSealContext,
  OpenedTasks,
  openSealContext,
  type SealContext,
} from "./sealContext.js";
export {
  type AnswerOpening,
  decodeAnswerOpening,
  encodeAnswerOpening,
  openAnswer,
  openForHandOver,
  sealAnswer,
} from "./sealedAnswer.js";
export {
  AVOIDED_MAX,
  type SealedAsk,
  type SealedAssignment,
  type SealedEvent,
  sealedAskSchema,
  sealedAssignmentSchema,
  sealedEventSchema,
} from "./sealedAssignment.js";
export {
  type CommitSecret,
  sealedAnswerSalt,
  sealedFingerprintRoot,
  sealedOutCommit,
  sealedParamsHash,
  sealedPromptSalt,
  sealedRootStart,
} from "./sealedCommit.js";
export {
  decodeSealedFrame,
  encodeSealedFrame,
  FRAME_BYTES_MAX,
  SEAL_DIRECTIONS,
  type SealDirection,
  type SealedFrame,
} from "./sealedFrame.js";
export { decodeSealedRequest, encodeSealedRequest, type SealedRequest, sealedTaskCommits } from "./sealedRequest.js";
export {
  ANSWER_STREAM_LIMITS,
  type OpenedFrame,
  REQUEST_STREAM_LIMITS,
  type StreamId,
  type StreamLimits,
  StreamOpener,
  StreamSealer,
  type StreamSetup,
  streamKey,
} from "./sealedStream.js";
export {
  describeSealing,
  SEAL_AUDITS,
  type SealAudit,
  type SealingLabel,
  sealingLabel,
  sealingLabelSchema,
} from "./sealingLabel.js";
export { type Refused, SEAL_REFUSALS, type SealRefusal } from "./sealRefusal.js";
export { SEAL_KEY_BYTES, SEAL_SUITES, type SealSuite, SUITE_BYTES, suiteNumber, suiteOfNumber } from "./sealSuite.js";
export { sealTask } from "./sealTask.js";
