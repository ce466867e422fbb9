export {
  CANARY_SHAPES_MAX,
  CANARY_SHAPES_MIN,
  type CanaryPlace,
  type CanarySecret,
  canaryPick,
  canaryPrompt,
  canaryShape,
  isCanaryDue,
  type TaskShape,
} from "./canary.js";
export {
  combineShares,
  isShareOf,
  type OpenedKey,
  openingThreshold,
  openShare,
  type ReleasedShare,
  type SealedShare,
  SHARE_BYTES,
  SHARERS_MAX,
  SHARERS_MIN,
  type SharedKey,
  type Sharer,
  shareDataKey,
} from "./dataKeyShares.js";
export {
  CANARY_OWNERS_MIN,
  type CanaryAnswer,
  type CanaryFinding,
  hashCanaryAnswer,
  judgeCanary,
} from "./judgeCanary.js";
export {
  hashOpeningAsk,
  OPENED_EPOCHS_BEHIND_MAX,
  OPENING_ASK_SECONDS,
  OPENING_ASK_TYPE,
  type OpeningAsk,
  type OpeningFacts,
  type OpeningFault,
  openingAskFault,
  openingFault,
  type SignedOpeningAsk,
  signOpeningAsk,
} from "./openingAsk.js";
export { openingDraw } from "./openingDraw.js";
export {
  openingAskSchema,
  SAMPLE_BYTES_MAX,
  type SealedSample,
  sealedSampleSchema,
  sentShareSchema,
  sharedKeySchema,
  shareReleaseSchema,
} from "./openingJson.js";
export {
  hashShareRelease,
  LOG_START,
  type LogFault,
  logFault,
  logRelease,
  openedTasks,
  SHARE_RELEASE_TYPE,
  type ShareRelease,
  type SignedShareRelease,
} from "./openingLog.js";
export { type OpenedSample, openSample, type SampleFault } from "./openSample.js";
export { openReleasedShare, type SentShare, sealReleasedShare } from "./releasedShare.js";
