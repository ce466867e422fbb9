export type { MessengerAdapter, OpenedMessenger, TrialWorld } from "./messengerAdapter.js";
export { type FaultRun, playFaults } from "./playFaults.js";
export { quorumAdapter } from "./quorumAdapter.js";
export { sameChainAdapter } from "./sameChainAdapter.js";
export { TRIAL_CHECKS, type TrialCheck, TrialFault } from "./trialChecks.js";
export { TrialRun } from "./trialRun.js";
