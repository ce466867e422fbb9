export type { Checker, CheckTask } from "./checkTask.js";
export type { DutySource } from "./dutySource.js";
export {
  createFetchDutyEvidence,
  type DutyEvidence,
  type FetchDutyEvidence,
  type TaskToCheck,
} from "./fetchDutyEvidence.js";
export { type DutyPayWatch, fetchDutyPay } from "./fetchDutyPay.js";
export {
  createDrawOpenings,
  createOpenings,
  type DrawnOpenings,
  type Openings,
  type OpenTaskParts,
} from "./openings/index.js";
export { createDutyCheck, createValidator, type Validator, type ValidatorParts } from "./validator.js";
export { claimOutOfFund, createDutyPayWatch, createValidatorChain, type ValidatorChain } from "./validatorChain.js";
export { ValidatorError, type ValidatorErrorData } from "./validatorError.js";
