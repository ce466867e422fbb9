export {
  chooseMiner,
  DEFAULT_MATCH_RULES,
  type MatchOutcome,
  type MatchRequest,
  type MatchRules,
  type MinerOffer,
  type Misfit,
} from "./chooseMiner.js";
export { type RouterConfig, routerConfig } from "./config.js";
export { FairQueue, type PrioritisedTask } from "./fairQueue.js";
export { createQueueChain, type QueueChain } from "./queue/queueChain.js";
export type { RequestContent } from "./queue/requestDesk.js";
export { createRouter } from "./router.js";
export { createRouterChain, type RouterChain } from "./routerChain.js";
export type { DigestSigner, PublishedKind, Router, RouterParts, TakeLinks } from "./routerParts.js";
export { type Conduct, ScoreBook } from "./scoreBook.js";
export { openSampleShelf, type SampleShelf } from "./sealed/sampleShelf.js";
export { serviceTokens } from "./serviceTokens.js";
export type { SinkParts } from "./sinks/sinkParts.js";
export { SolanaDesk, type SolanaDeskParts } from "./solana/solanaDesk.js";
export { createSolanaTasks, type SolanaTasks } from "./solana/solanaTasks.js";
