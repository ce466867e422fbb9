export { type BatchVerifier, createBatchVerifier } from "./batchVerifier.js";
export { BeaconBook } from "./beaconBook.js";
export { BEACON_EPOCHS_MAX, type EpochBeacon, isBeaconEpoch } from "./beaconEpochs.js";
export { type BodyContent, createBodyContent } from "./bodyContent.js";
export { BodyPublisher, type Published } from "./bodyPublisher.js";
export {
  createIdentity,
  createNodeSigner,
  type Identity,
  type IdentityOptions,
  type NodeSigner,
} from "./createIdentity.js";
export { createRandomBytes32 } from "./createRandomBytes32.js";
export { createRemembered } from "./createRemembered.js";
export { DISPUTE_WINDOW_SECONDS } from "./disputeWindow.js";
export { createEpochClock, type EpochClock, type EpochClockParts } from "./epochClock.js";
export { type FetchedBytes, fetchBytes } from "./fetchBytes.js";
export { isSeated, seatsOf } from "./isSeated.js";
export {
  BATCH_DELAY_MS,
  createLeafBatcher,
  type Leaf,
  type LeafBatcher,
  type LeafBatcherParts,
} from "./leafBatcher.js";
export { LISTEN_DEFAULT, listenAddresses } from "./listenAddresses.js";
export { logRpcs } from "./logRpcs.js";
export { nodeAead } from "./nodeAead.js";
export { type OpenedSealed, type OpenSealedParts, openSealed } from "./openSealed.js";
export { parseJson } from "./parseJson.js";
export { ProofShelf } from "./proofShelf.js";
export { keepFirst, keyNumber, openRecordStore, type RecordStore, removeBelow } from "./recordStore.js";
export { RetryBook } from "./retryBook.js";
export { createSealingKey, type SealingKey, sealTo } from "./sealing.js";
export { createSetContent, type SetContent } from "./setContent.js";
export { createSignatureCounter, type SignatureCounter } from "./signatureCounter.js";
export { type RoleClaim, TaskBook, type TaskReader, type WatchedTask } from "./taskBook.js";
export {
  EVIDENCE_BYTES_MAX,
  encodeEvidence,
  isSampleOf,
  parseEvidence,
  type ShownEvidence,
  type TaskEvidence,
  toEvidence,
} from "./taskEvidence.js";
export { createTaskReader } from "./taskReader.js";
export { claimSecond, drawSecond, halfOf, keptTicket } from "./ticketTimes.js";
