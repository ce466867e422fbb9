export { AUDIT_RULES, type AuditRules, auditRatePpm, PPM } from "./auditRate.js";
export { type AuditRates, auditRates, leastTrustedRate } from "./auditRates.js";
export { CASE_REQUEST_TYPE, type CaseRequest, caseRequestDigest, caseRequestSigner } from "./caseRequest.js";
export {
  DISPUTE_VALIDATORS,
  DISPUTE_WRONG_MIN,
  type DisputeOutcome,
  type DisputeVerdict,
  disputeOutcome,
  isDisputed,
} from "./dispute.js";
export { drawJury, type Juror, juryTicket } from "./drawJury.js";
export { drawValidators, VALIDATORS_DRAW_PURPOSE } from "./drawValidators.js";
export { type Duties, type DutyFacts, type DutyTask, dutiesOf, type ShownVerdict } from "./dutiesOf.js";
export { type DutyWeight, dutyBound, dutyDraw, isBelow, isDuty } from "./dutyDraw.js";
export {
  DUTY_OUTCOMES_MAX,
  decodeOutcomes,
  dutyVerdictsCommitment,
  encodeOutcomes,
} from "./dutyOutcomes.js";
export {
  type Accusation,
  accusedEpochs,
  DUTY_PAY_EPOCHS,
  type DutyPayBook,
  type DutyPayEpoch,
  dutyPayLeaves,
  dutyPayStep,
  type FundCredit,
  NO_DUTY_PAY,
} from "./dutyPay.js";
export { type DutyPayProof, dutyPayProof, isDutyPayProof } from "./dutyPayProof.js";
export { DUTY_REQUEST_TYPE, type DutyRequest, dutyRequestDigest, dutyRequestSigner } from "./dutyRequest.js";
export {
  type DutyCommit,
  type DutyReveal,
  type DutySecrets,
  dutyCommitment,
  openDutySecrets,
} from "./dutySecret.js";
export { type DutyTally, dutyTallies } from "./dutyTally.js";
export { type DutyTaskSource, dutyTaskOf } from "./dutyTaskOf.js";
export { type DutyTimes, dutyTimes } from "./dutyTimes.js";
export { type DutyCandidate, type DutyValidator, dutyWeights, MINER_DUTY_PPM } from "./dutyWeights.js";
export type { DisputeNews, RightJudge } from "./hearDisputes.js";
export { type CastVote, JURORS_TO_SLASH, type JuryVerdict, juryVerdict, verdictOfJury } from "./juryVerdict.js";
export {
  decodeJuryVote,
  encodeJuryVote,
  hashJuryVote,
  JURY_OUTCOMES,
  JURY_VOTE_TYPE,
  type JuryOutcome,
  type JuryVote,
  juryVoteDigest,
  juryVoteSigner,
  type SignedJuryVote,
  signJuryVote,
} from "./juryVote.js";
export { type PlantedToken, plantCommitment, plantedFingerprint, plantedLogprobs } from "./plant.js";
export {
  decodePlantProof,
  encodePlantProof,
  PLANT_PROOF_BYTES_MAX,
  PLANT_TOKENS_MIN,
  type PlantProof,
} from "./plantProof.js";
export { type OpenedPlant, ownPlants, type ProvenPlant, provenPlants } from "./provenPlants.js";
export {
  type DutyPledge,
  type DutyRound,
  type DutyShow,
  drawOpenings,
  drawOwnDuties,
  type EpochDuties,
  ownOpenings,
  recomputeDuties,
} from "./recomputeDuties.js";
export { type TaskFinding, taskFinding } from "./taskFinding.js";
export {
  decodeVerdict,
  encodeVerdict,
  hashVerdict,
  NO_DIFF,
  type SignedVerdict,
  signVerdict,
  VERDICT_OUTCOMES,
  VERDICT_TIERS,
  VERDICT_TYPE,
  type Verdict,
  type VerdictOutcome,
  type VerdictTier,
  verdictCommitment,
  verdictDigest,
  verdictSigner,
} from "./verdict.js";
export {
  decodeVerdictDocument,
  encodeVerdictDocument,
  isSignedDocument,
  VERDICT_DOCUMENT_BYTES_MAX,
  type VerdictDocument,
  verdictDocumentCid,
} from "./verdictDocument.js";
