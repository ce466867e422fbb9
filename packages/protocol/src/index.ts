export type { Assignment } from "./assignment.js";
export * from "./atRest/index.js";
export { base64UrlToBytes, bytesToBase64Url } from "./base64Url.js";
export { BATCH_INTERVAL_MS, BATCH_LEAVES_MAX, type Batch, type BatchProof, type SignedBatch } from "./batch.js";
export { batchSigner, isInBatch } from "./batchSigner.js";
export { type BodyDocument, encodeBodyDocument, parseBodyDocument } from "./bodyDocument.js";
export {
  bytesToHex,
  concatBytes,
  equalBytes,
  hexToBytes,
  keccak256,
  sha256Bytes,
  utf8ToBytes,
} from "./bytes.js";
export { type CandidatesNeeded, candidatesNeeded } from "./candidatesNeeded.js";
export { canonicalParams, decodeParams, encodeParams, paramsHash } from "./canonicalParams.js";
export type { Access, ConnectionCertificate, SpendingKey } from "./certificates.js";
export { type Acknowledgement, CHECKPOINT_TOKENS, type Checkpoint } from "./checkpoint.js";
export {
  type Candidate,
  type ChosenToken,
  chooseToken,
  rankCandidates,
  type SamplerInput,
  type ScoredCandidate,
  scoreCandidates,
} from "./chooseToken.js";
export {
  decodePrompt,
  encodePayees,
  encodePrompt,
  outCommit,
  payeesHash,
  promptCommit,
  recipeHash,
  resultsHash,
  textsCommit,
} from "./commit.js";
export {
  type CertifiedKey,
  type ConnectionChecks,
  type ConnectionSignature,
  certifierOf,
  connectionSigner,
} from "./connectionSignature.js";
export type { CreditNote, PaidSegment } from "./creditNote.js";
export type { Debit, SignedDebit } from "./debit.js";
export {
  type DisputedResult,
  type DisputedResultJson,
  type DisputeFault,
  disputedResultOf,
  disputeFault,
  encodeDisputedResult,
  parseDisputedResult,
} from "./disputedResult.js";
export * from "./draw/index.js";
export * from "./duty/index.js";
export {
  domainSeparator,
  type Eip712Domain,
  guardsDomain,
  paymentDomain,
  registryDomain,
  typedDataDigest,
} from "./eip712Domain.js";
export { eip712DomainOf, eip712Types, type StructName, typeString } from "./eip712Types.js";
export {
  assert,
  CodedError,
  type ErrorData,
  type ErrorOptions,
  hasCode,
  ProtocolError,
  type ProtocolErrorData,
} from "./errors.js";
export { feeWei, maxPromptTokens, type Prices, templatedPromptBytes } from "./fee.js";
export * from "./fileLimits.js";
export {
  decodeFingerprint,
  encodeFingerprint,
  FINGERPRINT_TOKEN_BYTES,
  FINGERPRINT_TOP,
  Fingerprint,
  type FingerprintedToken,
  fingerprintRootOf,
} from "./fingerprint.js";
export { type Ending, type FinishRule, finishAfter, finishOf, type TokenOutcome } from "./finish.js";
export * from "./guards/index.js";
export { gumbelNoise } from "./gumbel.js";
export {
  checkDocuments,
  flattenPrompt,
  HOSTED_DOCUMENTS_MAX,
  HOSTED_PLACE_CHARS_MAX,
  type HostedDocument,
  isPinned,
  missingDocuments,
  rawCidDigest,
  rawCidOf,
} from "./hostedDocument.js";
export type { ChatMessage, InferenceRequest, Prompt, SamplingParams } from "./inferenceRequest.js";
export {
  addressField,
  bytes32Field,
  signatureField,
  uint8Field,
  uint16Field,
  uint32Field,
  uint64Field,
  weiField,
} from "./jsonField.js";
export {
  assignmentSchema,
  batchProofSchema,
  batchSchema,
  checkpointSchema,
  creditNoteSchema,
  debitSchema,
  merklePathSchema,
  paidSegmentSchema,
  payeeSchema,
  receiptSchema,
  resultSchema,
  signedBatchSchema,
  signedDebitSchema,
  taskSchema,
} from "./jsonStruct.js";
export { keccak256Bytes } from "./keccak.js";
export * from "./life/index.js";
export {
  BLOCK_ATTESTATIONS_MAX,
  BLOCK_CHAINS_MAX,
  EMBEDDING_TEXTS_MAX,
  GUARD_CANDIDATES_MAX,
  GUARDS_MAX,
  LEVEL_MAX,
  LOGIT_ABS_MAX,
  LOGIT_BIAS_ABS_MAX,
  LOGIT_BIAS_MAX,
  MERKLE_LEAVES_MAX,
  MERKLE_PATH_MAX,
  MESSAGE_OVERHEAD_TOKENS,
  OUTPUT_TOKENS_MAX,
  PAYEES_MAX,
  PENALTY_ABS_MAX,
  PREFILL_TOKENS_MIN,
  PREFILLS_MAX,
  PROMPT_BYTES_MAX,
  PROMPT_MESSAGES_MAX,
  PROMPT_OVERHEAD_TOKENS,
  PROMPT_TOKENS_MAX,
  RECIPE_STEPS_MAX,
  REDUNDANCY_MAX,
  SEGMENTS_MAX,
  SET_BYTES_MAX,
  SET_CHUNK_BYTES_MAX,
  SET_ENTRIES_MAX,
  SET_PAYEES_MAX,
  STOP_TEXT_BYTES_MAX,
  STOP_TEXTS_MAX,
  TEMPERATURE_MAX,
  TOP_K_MAX,
  VALIDATORS_MAX,
  WORK_BYTES_MAX,
  WORK_KEPT_EPOCHS,
  WORK_NAMES_MAX,
  WORK_TASKS_MAX,
  WORK_WORDS_MAX,
} from "./limits.js";
export { expCanonical, lnCanonical } from "./ln.js";
export type { OutputCounts } from "./logitShift.js";
export type { TimeRefusal } from "./machine/deadline.js";
export * from "./machine/index.js";
export {
  leafHash,
  type MerkleRange,
  type MerkleTree,
  merkleRoot,
  merkleTree,
  rebuildMerkleTree,
  verifyMerklePath,
  type WholeMerkleTree,
} from "./merkle.js";
export * from "./messaging/index.js";
export {
  OFFENCES,
  type Offence,
  PENALTIES,
  type Penalty,
  type PenaltyShares,
  penaltyWeiUp,
  sharePenalty,
} from "./offences.js";
export type { OnboardingOrder, OnboardingTerms, OrderedSession, SignedTransfer } from "./onboardingOrder.js";
export * from "./opening/index.js";
export { type Payout, payeesOf, type ReplicaWork, type SegmentWork, sumOfPayees } from "./payee.js";
export { nextHead, type PaymentEvent, type PaymentLog, type SettledEvent } from "./paymentEvent.js";
export {
  chargedPrices,
  llmTokensDown,
  llmTokensUp,
  PLAIN_TERMS,
  priceWei,
  type SessionTerms,
  SURCHARGES_BPS,
  type Surcharges,
  sessionClassOf,
  surchargesOf,
} from "./price.js";
export {
  type Address,
  type Branded,
  type Bytes32,
  type EpochId,
  epochId,
  type Hex,
  isAddress,
  isBytes32,
  isHex,
  parseAddress,
  parseBytes32,
  type UnixSeconds,
  ZERO_BYTES32,
} from "./primitives.js";
export * from "./privateNetwork/index.js";
export {
  answerHash,
  type ChallengeParts,
  challengeHash,
  PROBE_TOKENS_MAX,
  type Probe,
  type ProbeAnswer,
  probeOf,
} from "./probe.js";
export { PROOF_LABELS, type ProofLabel } from "./proofLabel.js";
export {
  encodeProvenCheckpoint,
  isSignedByMiner,
  type ProvenCheckpoint,
  type ProvenCheckpointJson,
  parseProvenCheckpoint,
} from "./provenCheckpoint.js";
export { CUSTODIES, type Custody, type Payee, type Receipt } from "./receipt.js";
export {
  encodeReceiptDocument,
  type InvalidReceipt,
  parseReceiptDocument,
  type ReceiptDocument,
  type ReceiptDocumentJson,
  type ReceiptVerdict,
  verifyReceiptDocument,
} from "./receiptDocument.js";
export * from "./reputation/index.js";
export { digestOfRequestCid, REQUEST_BYTES_MAX, requestCid } from "./requestCid.js";
export { FINISH_REASONS, type FinishReason, type RecipeStep, type Result } from "./result.js";
export {
  encodeResultProof,
  isResultSignedBy,
  parseResultProof,
  type ResultProof,
  type ResultProofJson,
} from "./resultProof.js";
export * from "./sealing/index.js";
export { addressOfPrivateKey, recoverSigner, signDigest } from "./secp256k1.js";
export { beaconWithoutGuards, samplerSeed, seedSource, userSeedSource } from "./seed.js";
export { type BodyFault, bodyFault, FINGERPRINT_BYTES_MAX, type SegmentBody } from "./segmentBody.js";
export {
  addFigures,
  CREDIT_REASONS,
  type CreditReason,
  FIRST_TOKEN_SHARE_BPS,
  NO_SERVICE,
  SERVICE_LEVELS,
  SERVICE_SAMPLE_MIN,
  SERVICE_TASKS_MAX,
  SERVICE_WINDOW_EPOCHS,
  type ServiceFigures,
  type ServiceLevel,
  type ServiceVerdict,
  serviceCreditWei,
  serviceLevelOf,
  serviceVerdict,
} from "./serviceLevel.js";
export { type SetTree, setTree, verifySetChunk } from "./setTree.js";
export {
  decodeSettlementSet,
  encodeSettlementSet,
  type SetEntry,
  type SetPayee,
  type SettlementSet,
  setEntryId,
} from "./settlementSet.js";
export * from "./solana/index.js";
export {
  BPS,
  type FeeShares,
  findSplits,
  netWei,
  SESSION_CLASSES,
  type SessionClass,
  type Splits,
  sharesOf,
  splitsHash,
  splitsOf,
} from "./splits.js";
export { type Scanned, StopScanner } from "./stopScanner.js";
export {
  hashAccess,
  hashAcknowledgement,
  hashAssignment,
  hashBatch,
  hashCheckpoint,
  hashConnectionCertificate,
  hashCreditNote,
  hashDebit,
  hashPaidSegment,
  hashReceipt,
  hashResult,
  hashSpendingKey,
  hashTask,
} from "./structHash.js";
export { PRIVACIES, type Privacy, type Task } from "./task.js";
export {
  chosenTerms,
  isConsistentChoice,
  REDUNDANCIES,
  REDUNDANCY_DEFAULT,
  type Redundancy,
  type TaskChoice,
  VALIDATIONS,
  type Validation,
} from "./taskChoice.js";
export { TokenRoot, type TokenRootState, tokenRootOf } from "./tokenRoot.js";
export { underEndpoint } from "./underEndpoint.js";
export { createEd25519, type Ed25519Claim, portableEd25519, type VerifyEd25519 } from "./verifyEd25519.js";
export * from "./work/index.js";
