export { calibrateModel, type ModelCalibrationRun } from "./calibrate/calibrateModel.js";
export {
  type CalibratedPair,
  type CalibrationRun,
  calibratePair,
  makeTasks,
  type TaskPlan,
} from "./calibrate/calibratePair.js";
export { CALIBRATION_FAMILIES, type PromptFamily } from "./calibrate/calibrationPrompts.js";
export { cheatArms, type Substitute } from "./calibrate/cheatArms.js";
export { observeKernel } from "./calibrate/observeKernel.js";
export { rocSvg } from "./calibrate/rocSvg.js";
export { type Arm, type CalibrationTask, type CheckedSequence, runArm } from "./calibrate/runArm.js";
export { countSuspects, setThresholds, WINDOW_TOKENS, windowsOf } from "./calibrate/setThresholds.js";
export {
  type Calibration,
  CHECK_VERSION,
  type CheatRuns,
  type KernelFacts,
  type PairCalibration,
  type RunCounts,
  type SignedCalibration,
} from "./calibration/calibration.js";
export {
  CALIBRATION_BYTES_MAX,
  calibrationHash,
  encodeCalibrationFile,
  parseCalibrationFile,
  signCalibration,
} from "./calibration/calibrationFile.js";
export {
  type CheckedPair,
  findPair,
  isLargeEnough,
  maySlash,
  SLASHING_COUNTS,
  type SlashingRight,
} from "./calibration/maySlash.js";
export { checkHandedOver, type HandedOver } from "./check/checkHandedOver.js";
export { checkReplica, type SegmentCheck } from "./check/checkReplica.js";
export {
  checkTokens,
  entropyOf,
  LOGPROB_ERROR_MAX_NATS,
  logprobErrorOf,
  type TokensToCheck,
} from "./check/checkTokens.js";
export { type Judgement, judgeScore, type WindowThresholds } from "./check/judgeScore.js";
export { CUT_SLACK_NATS, MARGIN_MAX_NATS, marginAt, type TokenMargin } from "./check/marginAt.js";
export type { ReplicaClaim, SegmentClaim } from "./check/segmentClaim.js";
export { type SegmentFault, segmentFault } from "./check/segmentFault.js";
export { spelledText } from "./check/spelledText.js";
export {
  addScores,
  type CheckedToken,
  figuresOf,
  NO_TOKENS,
  type ScoreFigures,
  scoreOf,
  type TaskScore,
} from "./check/taskScore.js";
export { type AnswerGroup, calibrateDistance, type DistanceThreshold } from "./distance/calibrateDistance.js";
export { ANSWERS_COMPARED_MIN, type Comparison, compareAnswers } from "./distance/compareAnswers.js";
export {
  DISTANCES_BYTES_MAX,
  encodeDistanceFile,
  findDistance,
  HELD_ANSWERS_MIN,
  isTelling,
  type ModelDistance,
  parseDistanceFile,
} from "./distance/distanceFile.js";
export { geometricMedian } from "./distance/geometricMedian.js";
export { type DistanceRun, measureDistance } from "./distance/measureDistance.js";
export { cosineDistance, euclideanDistance, type Vector } from "./distance/vectorDistance.js";
export { CLIP_BELOW_POINTS, clippedMean, type StakedScore, stakeMedian } from "./judge/clipScores.js";
export { collectSheets, type JudgeReply, type JudgeSheet, scoresOf } from "./judge/collectSheets.js";
export { type AnswerVerdict, combineVerdicts } from "./judge/combineVerdicts.js";
export {
  type AnswerJudgement,
  judgeAnswer,
  PASS_POINTS,
  VALIDATORS_JUDGING_MIN,
  type ValidatorScores,
} from "./judge/judgeAnswer.js";
export { type JudgedWork, judgePrompt, REPLY_TOKENS_MAX } from "./judge/judgePrompt.js";
export { parsePoints } from "./judge/parsePoints.js";
export { CRITERIA, type Criterion, POINTS_MAX, RUBRIC, type RubricScores, renderRubric } from "./judge/rubric.js";
export { ProofError, type ProofErrorData } from "./proofError.js";
export { type RecipeFault, recipeFault } from "./replay/recipeFault.js";
export { type ReplayOutcome, replaySegment } from "./replay/replaySegment.js";
export { auditedShare } from "./statistics/auditedShare.js";
export { bootstrapInterval } from "./statistics/bootstrap.js";
export {
  addToCusum,
  type CusumRule,
  type CusumTask,
  calibrateAlarm,
  countAlarms,
  kappaBetween,
  tokensToAlarm,
} from "./statistics/cusum.js";
export { type AuditRates, caughtWithin, tasksUntilCaught } from "./statistics/detection.js";
export { normalQuantile } from "./statistics/normalQuantile.js";
export { meanOf, upperQuantile } from "./statistics/quantile.js";
export { createRandom, drawIndex, type Random } from "./statistics/random.js";
export { areaUnderRoc, operatingPoint, type RocPoint, rocCurve } from "./statistics/roc.js";
export { tokensNeeded } from "./statistics/tokensNeeded.js";
export { type Interval, wilsonInterval } from "./statistics/wilson.js";
export { type CheckedSegment, type CheckOptions, checkBodies, type SignedTokens } from "./verdict/checkBodies.js";
export { checkDisputed, type DisputedSeeds } from "./verdict/checkDisputed.js";
export { type AccusedSegment, type CheckedDuty, checkDuty } from "./verdict/checkDuty.js";
export { type CheckedOpening, checkOpened, checkOpenedDispute, type OpenedTask } from "./verdict/checkOpened.js";
export { claimOfBodies, type SeedFacts } from "./verdict/claimOfBodies.js";
export { type DutyFinding, dutyFinding, uncheckedFinding } from "./verdict/dutyFinding.js";
export { type MinerSum, MinerSums } from "./verdict/minerSums.js";
export { type Verdict, verdictOf } from "./verdict/verdictOf.js";
export { proofOfWork, type WorkProof } from "./work/proofOfWork.js";
export { renderWork } from "./work/renderWork.js";
export {
  type CheckMeans,
  type DisputeMeans,
  WORK,
  WORK_KINDS,
  type WorkKind,
  type WorkRow,
} from "./work/workKinds.js";
export { type AnsweredWork, workOf } from "./work/workOf.js";
