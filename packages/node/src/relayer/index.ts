export { type RelayerConfig, relayerConfig } from "./config.js";
export * from "./crossings/index.js";
export { createEventCarrier } from "./eventCarrier.js";
export type { CarriedMessage, LinkCarrier, RelayCost } from "./linkCarrier.js";
export { BATCH_GAS_MAX, nextRelayActs, type RelayAct, type RelayTry, TRIES_MAX } from "./nextRelayActs.js";
export { createQuorumCarrier, type QuorumCarrierParts } from "./quorumCarrier.js";
export { createRelayer, type RelayDone, type Relayer, type RelayerParts } from "./relayer.js";
export * from "./trial/index.js";
