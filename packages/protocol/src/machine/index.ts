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
