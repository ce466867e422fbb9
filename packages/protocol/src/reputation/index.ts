export { type AuditCounts, agedCounts, FAIL_WEIGHT, MICRO, NO_AUDITS, withFinding } from "./auditCounts.js";
export { betaQuantile } from "./betaQuantile.js";
export { HALF_LIFE_SECONDS, KEPT_ONE, keptShare } from "./keptShare.js";
export {
  type AuditedTask,
  type EpochDeliveries,
  type EpochWork,
  nextReputation,
  type Reputation,
  reputationAt,
  reputationLeaf,
  speedPpmOf,
} from "./reputationAt.js";
export { availabilityPpm, type Deliveries, qualityPpm, reputationPpm } from "./reputationPpm.js";
