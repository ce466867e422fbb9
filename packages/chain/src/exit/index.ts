export { claimCall, signLeave } from "./claims.js";
export { type AboveJournal, deployPrivateAbove, type ParentChain } from "./deployAbove.js";
export { type ExitPlace, formatExitPlace, parseExitPlace } from "./exitPlace.js";
export { findHoldings, type Holding } from "./holdings.js";
export {
  askLastState,
  type ExitStage,
  fixLastState,
  lastStateCreation,
  readExitStage,
  readFixedBlock,
} from "./lastState.js";
export { type LeaveStep, leaveChain } from "./leaveChain.js";
export { lockCor } from "./lockCor.js";
