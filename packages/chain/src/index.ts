export {
  type AnchorRef,
  type FoundAnchor,
  findAnchor,
  readAnchorRoot,
  readSentAnchors,
  type SentAnchor,
  sendAnchor,
} from "./anchors.js";
export { applyPlan, publishMembers } from "./applyPlan.js";
export {
  type PostedAttestation,
  postAttestation,
  readAttestations,
  readAttestedRoot,
  readPostedQuorum,
} from "./attestations.js";
export { closeBeacon, commitBeacon, readBeacon, readSeedBeacon, revealBeacon } from "./beacon.js";
export { type BeaconPledge, readBeaconPledge } from "./beaconPledge.js";
export { type BeaconRound, readBeaconRound } from "./beaconRound.js";
export {
  type BondRecord,
  depositBond,
  readBond,
  requestBondExit,
  withdrawBond,
} from "./bond.js";
export {
  answerClaim,
  type ClaimRecord,
  finaliseClaim,
  type ListedClaim,
  listClaims,
  type OpenedClaim,
  openCheckpointClaim,
  openNoteClaim,
  openReceiptClaim,
  type ProvenNote,
  readClaim,
  readClaimDeposit,
} from "./bondClaims.js";
export { type ChainOperators, opStackIntent, orbitConfig } from "./chainConfigs.js";
export { ChainError, type ChainErrorData } from "./chainError.js";
export { type ChainReader, createChainReader, createRpcClient, type HomeReader, type RpcWatch } from "./chainReader.js";
export {
  type ChainCall,
  type ChainReceipt,
  type ChainSender,
  type ChainWriter,
  createChainWriter,
  createSender,
  type HomeWriter,
  type SentCall,
} from "./chainWriter.js";
export {
  acceptSession,
  addDedicatedNode,
  addSessionRouter,
  deactivateSession,
  offerSession,
  removeDedicatedNode,
  removeSessionRouter,
  updateSession,
} from "./changeSession.js";
export type { RpcVerdict } from "./chooseRpc.js";
export { finaliseClose, requestClose } from "./closeAccount.js";
export { readIsDenied } from "./compliance.js";
export { approveCor, readCorBalance, transferCor } from "./cor.js";
export { type CreditRecord, readCredit, withdrawCredit } from "./credit.js";
export * from "./crossings/index.js";
export type { DeployStep } from "./deployContracts.js";
export { type DeployJournal, formatJournal, parseJournal, planHashOf } from "./deployJournal.js";
export { type DeployedLayers, type DeployLayersRequest, deployLayers } from "./deployLayers.js";
export type { Deployment, PartialDeployment } from "./deployment.js";
export { type DeployRequest, deployNetwork } from "./deployNetwork.js";
export { deployPrivate } from "./deployPrivate.js";
export { depositToSession, withdrawUnallotted } from "./depositToSession.js";
export { type ChainDescription, describeLayers } from "./describeLayers.js";
export { describeNetwork, type ModuleDescription, type ModuleParameter } from "./describeNetwork.js";
export {
  amendDispute,
  appealVerdict,
  castJuryVote,
  claimJudge,
  commitVerdict,
  DISPUTE_CHORES,
  type DisputeChore,
  dismissDispute,
  disputeResult,
  drawJudges,
  enforceDispute,
  readDisputeBondWei,
  revealVerdict,
} from "./disputes.js";
export { type DrandPlace, postDrandRound, readDrandNetwork, readDrandPlace } from "./drand.js";
export { commitDuty, commitVerdicts, type DutySteps, readDutySteps, showDuties } from "./duties.js";
export {
  claimDutyPay,
  collectDutyFees,
  type DutyPayment,
  readDutyPaid,
  readDutyPayments,
  readFundCredits,
} from "./dutyPay.js";
export { readCommittedVerdicts, readDutyRound } from "./dutyRound.js";
export { type EarningsRecord, readEarnings, withdrawMatured } from "./earnings.js";
export { epochAt } from "./epochAt.js";
export {
  type AboveJournal,
  askLastState,
  claimCall,
  deployPrivateAbove,
  type ExitPlace,
  type ExitStage,
  findHoldings,
  fixLastState,
  formatExitPlace,
  type Holding,
  type LeaveStep,
  lastStateCreation,
  leaveChain,
  lockCor,
  type ParentChain,
  parseExitPlace,
  readExitStage,
  readFixedBlock,
  signLeave,
} from "./exit/index.js";
export { findSetCid } from "./findSetCid.js";
export { freezeGuard, readIsFrozen, slashEquivocation } from "./freezeGuard.js";
export { type AuditEntry, readAuditLog } from "./gateEvents.js";
export { anchorsAbi, anchorsBytecode } from "./generated/Anchors.js";
export { registryAbi } from "./generated/Registry.js";
export { sessionPaymentAbi } from "./generated/SessionPayment.js";
export { sessionsAbi } from "./generated/Sessions.js";
export { yesNoMarketAbi, yesNoMarketBytecode } from "./generated/YesNoMarket.js";
export {
  type GrantOnChain,
  readGrantRevokedAt,
  revokeGrant,
  revokeObjectGrants,
} from "./grants.js";
export { clearGuardPlace, type GuardPlace, joinGuards, leaveGuards, readGuardPlace } from "./guardQueue.js";
export { type ChainGuardRules, listHostedGuard, readGuardRules, unlistHostedGuard } from "./guardRules.js";
export {
  type ChainGuardSet,
  fixGuardSet,
  type GuardSetsReader,
  type GuardSetsWriter,
  guardSetsAtHome,
  readGuardSet,
  readLastFixed,
} from "./guardSet.js";
export { type HomeProfile, homeOf } from "./homeOf.js";
export { type HomeHearing, readHomeHearing, reportToServing, retellStake } from "./homeReport.js";
export {
  type AnswerOpening,
  closeInference,
  deliverInference,
  type InferenceRecord,
  ORACLE_POLICIES,
  ORACLE_TEXT_BYTES_MAX,
  type OraclePolicy,
  type OracleQuestion,
  readInference,
  requestInference,
} from "./inferenceOracle.js";
export { applyAllotment, type LaneRecord, readLane, setAllotment } from "./lane.js";
export { lastBlockBefore } from "./lastBlockBefore.js";
export { readLayerAnchor } from "./layerAnchor.js";
export { crossingsOf, type LayerContract, type LinkContract } from "./layerModules.js";
export {
  type ChainPlan,
  type LayerStep,
  type LayersPlan,
  missingOf,
  planLayers,
  planSteps,
  unbuiltOf,
} from "./layerPlan.js";
export {
  formatLayerProfile,
  type LayerChain,
  type LayerName,
  type LayerProfile,
  parseLayerProfile,
  resolveRpcUrls,
  toNetworkProfile,
} from "./layerProfile.js";
export { leaveNode } from "./leaveNode.js";
export * from "./links/index.js";
export { listCondemnedSets } from "./listCondemnedSets.js";
export { type EnqueuedTask, listEnqueuedTasks, readTaskAssigner } from "./listEnqueuedTasks.js";
export { listNodes } from "./listNodes.js";
export { listOwed } from "./listOwed.js";
export { type ListedSession, listSessions } from "./listSessions.js";
export { listSetChallenges, type OpenedSetChallenge } from "./listSetChallenges.js";
export { readMember, readMemberRole, revokeMember, rotateMember } from "./memberRoles.js";
export { parameterLeaves, parameterRootOf, profileHashOf, readNetworkState } from "./networkState.js";
export {
  claimRole,
  commitTask,
  createTask,
  expireTask,
  openTask,
  precommitTask,
  prepareTask,
  readDrawnAt,
  requestTask,
  scoreTask,
  startTask,
  TASK_PLACES,
  TASK_ROLES,
  type TaskRole,
} from "./networkTask.js";
export {
  addAssessor,
  assessNode,
  type NodeAssessment,
  readAssessment,
  readDifficulty,
  readIsAssessor,
  readIsProvedClass,
  readLevelHistory,
  readNodeLevel,
  removeAssessor,
  setProvedClass,
} from "./nodeLevel.js";
export { readNodeLife, readNodeLives } from "./nodeLife.js";
export {
  claimForSession,
  dedicateNode,
  drawNodes,
  enterPool,
  expireNode,
  heedNode,
  leavePool,
  type NodesRequest,
  pingPool,
  readDrawnNodes,
  readNodesRequest,
  releaseNode,
  requestNodes,
  tellReservedTasks,
  undedicateNode,
} from "./nodePool.js";
export { NODE_ROLES, type NodeRecord, type NodeRole } from "./nodeRecord.js";
export { readNodeWeight, setNodeWeight } from "./nodeWeight.js";
export * from "./onboarding/index.js";
export { type OpenedSession, openSession } from "./openSession.js";
export type { Credit } from "./packedCredits.js";
export { commitPlant, openPlant, readAccountOwner, readIsPlanted, readOpenedPlants, readPlant } from "./plants.js";
export { type PrekeyKey, postPrekeyHash, readPrekeyHash, readPrekeyTimes } from "./prekeys.js";
export {
  formatProfile,
  type HomeAddresses,
  type NetworkAddresses,
  type NetworkProfile,
  parseProfile,
} from "./profile.js";
export { nameRatePoster, postRate, type RateRecord, readRate } from "./rate.js";
export { type BlockRecord, readBlock } from "./readBlock.js";
export {
  type DisputeRecord,
  dueChore,
  findDispute,
  readDispute,
  readDisputeCount,
  readFrozenMiners,
  readIsMinerFrozen,
} from "./readDispute.js";
export { readDisputeNews } from "./readDisputeNews.js";
export { readHead } from "./readHead.js";
export { type LevelEvent, readLevelEvents } from "./readLevelEvents.js";
export { type NetworkTaskRecord, readNetworkTask, type SeatedTask } from "./readNetworkTask.js";
export { type RegistryReader, readNode } from "./readNode.js";
export { readPaymentEvents } from "./readPaymentEvents.js";
export { type PaymentQuery, type PaymentRecord, readPayments } from "./readPayments.js";
export { readSession, type SessionRecord } from "./readSession.js";
export { readSettlements, type SettlementRecord } from "./readSettlements.js";
export { readTaskEvents, type TaskEvent } from "./readTaskEvents.js";
export { type NodeDetails, registerNode } from "./registerNode.js";
export type { RpcNotice } from "./rpcPool.js";
export { sendSettlement } from "./sendSettlement.js";
export {
  creditSession,
  type ListedSessionCredit,
  listSessionCredits,
  readSessionCredit,
  type SessionCreditKey,
} from "./sessionCredit.js";
export {
  type CompleteSessionParams,
  completeParams,
  encodeParams,
  SESSION_MODES,
  type SessionMode,
  type SessionParams,
} from "./sessionParams.js";
export {
  ackSessionTask,
  assignSessionTask,
  commitSessionTask,
  endSessionTask,
  enqueueSessionTask,
  expireSessionTask,
  PAYLOAD_KINDS,
  type PayloadKind,
  precommitSessionTask,
  type QueueTerms,
  readSessionTask,
  type SessionSeat,
  type SessionTaskRecord,
  setEnqueuer,
  type TaskPayload,
} from "./sessionTask.js";
export {
  answerSetChallenge,
  condemnSet,
  openSetChallenge,
  readSetChallenge,
  type SetChallenge,
} from "./setChallenges.js";
export {
  decodeSettlement,
  encodeSettlement,
  type Settlement,
  type SignedSettlement,
  settlementDigest,
  settlementId,
} from "./settlement.js";
export * from "./solana/index.js";
export {
  creditDeposit,
  listDepositsRoots,
  type PostedDepositsRoot,
  postDepositsRoot,
  readDepositsRoot,
  readTill,
  SOLANA_TILL,
} from "./solanaTill.js";
export { addSpendingKey, readSpendingKey, revokeSpendingKey, type SpendingKeyRecord } from "./spendingKey.js";
export {
  delegateStake,
  readServedStake,
  readStake,
  readStakePosition,
  requestUnstake,
  type StakePosition,
  type StakeRecord,
  stake,
  withdrawUnstaked,
} from "./stake.js";
export { type ProvenStake, readStakeProof, type StakeProof } from "./stakeProof.js";
export { openPayloadKind, PROMPT_PAYLOAD_BYTES_MAX, type TaskRequest, taskPayload } from "./taskPayload.js";
export { readNativeBalance, transferNative } from "./transferNative.js";
export { updateNode } from "./updateNode.js";
export {
  readVerification,
  readVerifications,
  signVerification,
  type Verification,
  type VerificationDomain,
  type VerificationRecord,
  verificationDigest,
  verifyNode,
} from "./verification.js";
export { addVerifier, readIsVerifier, removeVerifier } from "./verifier.js";
export { verifyNetwork } from "./verifyNetwork.js";
export {
  listCondemnedWork,
  type PostedWork,
  postWorkRecord,
  readWorkRecords,
  readWorkRoot,
  reportWorkRecord,
  type WorkKey,
  type WorkPosting,
} from "./workRecords.js";
