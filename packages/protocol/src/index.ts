export type { Assignment } from "./assignment.js";
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
export { canonicalParams, encodeParams, paramsHash } from "./canonicalParams.js";
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
  encodePayees,
  encodePrompt,
  outCommit,
  payeesHash,
  promptCommit,
  recipeHash,
  resultsHash,
  textsCommit,
} from "./commit.js";
export type { CreditNote, PaidSegment } from "./creditNote.js";
export type { Debit, SignedDebit } from "./debit.js";
export { DRAW_EPOCHS_AHEAD, type DrawWindow, drawRefusal, drawWindow, type EpochClock } from "./draw/drawEpoch.js";
export { DRAW_WEIGHT_MAX, type DrawCandidate, type DrawSource, drawOrder } from "./draw/drawOrder.js";
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
export { assembleVirtualBlock, type ChainPoint, type EpochRecords } from "./guards/assembleVirtualBlock.js";
export {
  ATTESTATION_KINDS,
  ATTESTATION_TYPE,
  type Attestation,
  type AttestationKind,
  attestationDigest,
  attestationSigner,
  hashAttestation,
  kindNumber,
  kindOfNumber,
  type SignedAttestation,
  signAttestation,
} from "./guards/attestation.js";
export {
  type Beacon,
  type BeaconCommit,
  type BeaconReveal,
  beaconCommitment,
  beaconOf,
  type DrandRound,
  drandRoundDue,
} from "./guards/beacon.js";
export { COMMITTEE_SEATS_MAX, type Committee, committeeOf } from "./guards/committee.js";
export { recoverCompact, toCompactSignature } from "./guards/compactSignature.js";
export {
  type BeaconLeaf,
  type CheckpointLeaf,
  type EpochLeaves,
  packLeaves,
  type ReputationLeaf,
  type ResultsLeaf,
  type SettlementLeaf,
} from "./guards/epochLeaves.js";
export { type EpochRoot, epochRoot, hashRootParts, type RootParts, type RootRange } from "./guards/epochRoot.js";
export {
  cutOffOf,
  type EpochTimes,
  epochStart,
  firstOpenEpoch,
  leaderSlotAt,
  recordEpochAt,
} from "./guards/epochTimes.js";
export {
  decodeEquivocation,
  type Equivocation,
  encodeEquivocation,
  equivocationOf,
  equivocatorOf,
} from "./guards/equivocation.js";
export { type GuardMember, type GuardSet, guardSet, guardSetHash, isQuorum, totalStakeWei } from "./guards/guardSet.js";
export { type GuardCandidate, type GuardRules, guardSetAt } from "./guards/guardSetAt.js";
export { leaderOfSlot, leaderOrder } from "./guards/leaderOrder.js";
export { maySign, type SigningFacts, type SigningVerdict, type Unsigned } from "./guards/maySign.js";
export { decodeQuorum, encodeQuorum, type GuardSignature, type QuorumVerdict, verifyQuorum } from "./guards/quorum.js";
export {
  attestationsRootOf,
  type ChainRange,
  type DutyRecord,
  dutiesRootOf,
  gapOf,
  packHead,
  stateRootOf,
  type VirtualBlock,
  virtualBlockHash,
} from "./guards/virtualBlock.js";
export { decodeVirtualBlock, encodeVirtualBlock } from "./guards/virtualBlockCodec.js";
export { type VirtualBlockFault, virtualBlockFault } from "./guards/virtualBlockFault.js";
export { gumbelNoise } from "./gumbel.js";
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
export {
  drawJudged,
  drawMakers,
  ROLE_COOL_SECONDS,
  type RoleCandidate,
  type RoleDraw,
} from "./life/drawRoles.js";
export { grantsOf, LEVEL_GRANTS, type LevelGrants, UNPROVED_LEVEL_MAX } from "./life/levelGrants.js";
export {
  DEMANDS,
  type Demand,
  FALL_MISSES,
  highestLevel,
  KEEP_WINDOW,
  LEVEL_HISTORY_MAX,
  type LevelChange,
  type LevelRecord,
  nextDifficulty,
  OUTCOMES,
  type Outcome,
  outcomeOf,
  RISE_PASSES,
  UNKNOWN_LEVEL,
  withOutcome,
} from "./life/levelRecord.js";
export { NODE_REFUSALS, type NodeRefusal, type NodeStep, nextNodeState } from "./life/nextNodeState.js";
export {
  NODE_DEADLINE_RULES,
  NODE_DEADLINES,
  type NodeDeadline,
  type NodeDeadlineKind,
  nextNodeDeadline,
  nodeLifeAt,
} from "./life/nodeDeadline.js";
export {
  NODE_EVENT_KINDS,
  NODE_EVENT_RULES,
  NODE_SENDERS,
  type NodeEvent,
  type NodeEventBody,
  type NodeEventKind,
  type NodeEventRule,
  type NodeSender,
} from "./life/nodeEvent.js";
export {
  LEVEL_SECONDS,
  levelAt,
  NODE_STATES,
  type NodeLife,
  type NodeState,
  POOL_COOL_SECONDS,
  SILENCE_SECONDS,
  UNREGISTERED,
  VERIFICATION_SECONDS_MAX,
} from "./life/nodeLife.js";
export {
  nodesReservedFor,
  POOL_REFUSALS,
  type PoolNode,
  type PoolRefusal,
  RESERVE_NODES_MAX,
  type Reserved,
  type ReserveRequest,
  reserveNodes,
} from "./life/nodePool.js";
export { type RankedFigures, type RankedNode, rankNodes } from "./life/rankNodes.js";
export { RESERVE_SECONDS_MAX, RESERVE_TASKS_MAX, type Reservation } from "./life/reservation.js";
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
} from "./limits.js";
export { expCanonical, lnCanonical } from "./ln.js";
export type { OutputCounts } from "./logitShift.js";
export type { TimeRefusal } from "./machine/deadline.js";
export { missedTurns, type NetworkOutcome, networkOutcomes } from "./machine/networkOutcomes.js";
export {
  areApart,
  CREATORS_MAX,
  makersOf,
  NETWORK_ENDINGS,
  NETWORK_PHASES,
  NETWORK_SECONDS,
  NETWORK_TASK_SECONDS_MAX,
  type NetworkEnding,
  type NetworkPhase,
  type NetworkTask,
  PREPARERS_MAX,
  requestNetworkTask,
  SCORERS_MAX,
  type Seat,
  SOLVERS_MAX,
} from "./machine/networkTask.js";
export {
  NETWORK_EVENT_PHASES,
  type NetworkEvent,
  type NetworkRefusal,
  type NetworkStep,
  nextNetworkTask,
} from "./machine/nextNetworkTask.js";
export {
  nextSessionTask,
  SESSION_EVENT_PHASES,
  type SessionEvent,
  type SessionRefusal,
  type SessionStep,
} from "./machine/nextSessionTask.js";
export { opensPrecommit, type PrecommitDomain, type PrecommitParts, precommitHash } from "./machine/precommit.js";
export { type Arrival, arrivedSeats, type Round } from "./machine/round.js";
export {
  enqueueTask,
  SESSION_ENDINGS,
  SESSION_PHASES,
  SESSION_SECONDS,
  SESSION_TASK_SECONDS_MAX,
  type SessionEnding,
  type SessionPhase,
  type SessionTask,
  WORK_SECONDS_MAX,
} from "./machine/sessionTask.js";
export { moved, refused, SECONDS_END, type Step } from "./machine/step.js";
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
export {
  OFFENCES,
  type Offence,
  PENALTIES,
  type Penalty,
  type PenaltyShares,
  penaltyWeiUp,
  sharePenalty,
} from "./offences.js";
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
export { FINISH_REASONS, type FinishReason, type RecipeStep, type Result } from "./result.js";
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
