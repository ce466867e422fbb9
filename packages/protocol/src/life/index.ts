export {
  drawJudged,
  drawMakers,
  JUDGED_DRAW_PURPOSE,
  MAKERS_DRAW_PURPOSE,
  ROLE_COOL_SECONDS,
  type RoleCandidate,
  type RoleDraw,
} from "./drawRoles.js";
export { grantsOf, LEVEL_GRANTS, type LevelGrants, UNPROVED_LEVEL_MAX } from "./levelGrants.js";
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
} from "./levelRecord.js";
export {
  NETWORK_ANSWER_TOKENS_MAX,
  type NetworkAnswer,
  type NetworkQuestion,
  networkQuestion,
  networkResultHash,
  networkTopic,
  type QuestionSource,
  questionSource,
  questionsOf,
} from "./networkQuestion.js";
export { NODE_REFUSALS, type NodeRefusal, type NodeStep, nextNodeState } from "./nextNodeState.js";
export {
  NODE_DEADLINE_RULES,
  NODE_DEADLINES,
  type NodeDeadline,
  type NodeDeadlineKind,
  nextNodeDeadline,
  nodeLifeAt,
} from "./nodeDeadline.js";
export {
  NODE_EVENT_KINDS,
  NODE_EVENT_RULES,
  NODE_SENDERS,
  type NodeEvent,
  type NodeEventBody,
  type NodeEventKind,
  type NodeEventRule,
  type NodeSender,
} from "./nodeEvent.js";
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
} from "./nodeLife.js";
export {
  nodesReservedFor,
  POOL_DRAW_PURPOSE,
  POOL_REFUSALS,
  type PoolNode,
  type PoolRefusal,
  RESERVE_NODES_MAX,
  type Reserved,
  type ReserveRequest,
  reserveNodes,
} from "./nodePool.js";
export { type RankedFigures, type RankedNode, rankNodes } from "./rankNodes.js";
export { RESERVE_SECONDS_MAX, RESERVE_TASKS_MAX, type Reservation } from "./reservation.js";
