export { escrowAddress, hubAddress, parseHubPlace, type SolanaHubPlace, taskAddress } from "./hubAddresses.js";
export {
  ANSWER_PART_BYTES,
  buildAccept,
  buildAssign,
  buildChangeGuards,
  buildCloseTask,
  buildCommit,
  buildExpire,
  buildJudge,
  buildMakeHub,
  buildOpenTask,
  buildPayout,
  buildPostRoot,
  buildWrites,
  HUB_INSTRUCTIONS,
  type SolanaTaskOrder,
} from "./hubInstructions.js";
export { HUB_REFUSALS, type HubRefusal, hubRefusalIn, hubRefusalOf } from "./hubRefusals.js";
export {
  COMMIT_SPAN_SECONDS,
  decodeHub,
  decodeTask,
  type HubRoot,
  type HubState,
  TASK_OFFSETS,
  type TaskState,
} from "./hubState.js";
export { type HubCommitment, listCommits, listRouterTasks, readHub, readTask, requireHub } from "./readHub.js";
export { hubGuards, type MadeVerdicts, readVerdicts } from "./readVerdicts.js";
