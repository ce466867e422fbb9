export { type GuardConfig, guardConfig } from "./config.js";
export { createGuardChain, createGuardReader, type GuardReader } from "./createGuardChain.js";
export { createGuard, type Guard, type GuardParts } from "./guard.js";
export type { BlockRange, GuardBlock, GuardChain, KindEpoch } from "./guardChain.js";
export { GuardError, type GuardErrorData } from "./guardError.js";
export type { LeafRange, ReadReputation } from "./readLeaves.js";
