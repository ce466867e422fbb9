export { auditedWork, classSpeeds, type WorkFinding } from "./auditedWork.js";
export { mergeWork } from "./mergeWork.js";
export { provenWork } from "./provenWork.js";
export { NO_REPUTATIONS, type ReputationMemory, reputationStep } from "./reputationStep.js";
export { toldTasks } from "./toldTasks.js";
export { decodeWorkRecord, encodeWorkRecord, packWorkRecord, publishedWork } from "./workCodec.js";
export {
  type EpochPublished,
  NO_WORK,
  rememberWork,
  type SettledWork,
  settledWork,
  type WorkMemory,
} from "./workMemory.js";
export {
  begunOf,
  type PublishedWork,
  WORK_FAILURES,
  WORK_OUTCOMES,
  type WorkOutcome,
  type WorkPart,
  type WorkRecord,
  type WorkTask,
  type WorkWord,
} from "./workRecord.js";
