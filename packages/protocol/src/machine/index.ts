export {
  DISPUTE_ENDINGS,
  DISPUTE_PARTIES_MAX,
  DISPUTE_PHASES,
  DISPUTE_ROUNDS_MAX,
  DISPUTE_SEATS,
  DISPUTE_SECONDS,
  DISPUTE_SECONDS_MAX,
  type Dispute,
  type DisputeEnding,
  type DisputePhase,
  DRAW_TRIES_MAX,
  isAppealWon,
  openDispute,
  SECOND_JURORS_MIN,
} from "./dispute.js";
export { missedTurns, type NetworkOutcome, networkOutcomes } from "./networkOutcomes.js";
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
} from "./networkTask.js";
export {
  DISPUTE_EVENT_PHASES,
  type DisputeEvent,
  type DisputeRefusal,
  type DisputeStep,
  nextDispute,
  type ShownFinding,
} from "./nextDispute.js";
export {
  NETWORK_EVENT_PHASES,
  type NetworkEvent,
  type NetworkRefusal,
  type NetworkStep,
  nextNetworkTask,
} from "./nextNetworkTask.js";
export {
  nextSessionTask,
  SESSION_EVENT_PHASES,
  type SessionEvent,
  type SessionRefusal,
  type SessionStep,
} from "./nextSessionTask.js";
export { opensPrecommit, type PrecommitDomain, type PrecommitParts, precommitHash } from "./precommit.js";
export { type Arrival, arrivedSeats, type Round } from "./round.js";
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
} from "./sessionTask.js";
export { moved, refused, SECONDS_END, type Step } from "./step.js";
