export type { MinerState, RefusalCode, Verdict } from "./acceptTask.js";
export { type MinerConfig, minerConfig } from "./config.js";
export { fingerprintRoot, type TokenFingerprint } from "./fingerprintRoot.js";
export { createMiner, type Miner, type MinerParts } from "./miner.js";
export { authoriseRouters, createMinerChain, type MinerChain } from "./minerChain.js";
export { MinerError, type MinerErrorData } from "./minerError.js";
export { type Outbox, openOutbox } from "./outbox.js";
export type { OutboxEntry } from "./outboxEntry.js";
export { vectorsBytes } from "./vectorsBytes.js";
