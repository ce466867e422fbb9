export type { MinerState, RefusalCode, Verdict } from "./acceptTask.js";
export { answerProbe, type ProbeParts } from "./answerProbe.js";
export { type MinerConfig, minerConfig } from "./config.js";
export {
  createFetchDocuments,
  type FetchDocuments,
  type FetchedPrompt,
} from "./fetchDocuments.js";
export { type FoundStore, findStore } from "./findStore.js";
export { createLifeChain, type LifeChain } from "./life/lifeChain.js";
export { createMiner, type Miner, type MinerParts } from "./miner.js";
export { authoriseRouters, createMinerChain, type MinerChain } from "./minerChain.js";
export { MinerError, type MinerErrorData } from "./minerError.js";
export { type NoteBook, openNoteBook } from "./noteBook.js";
export { type Outbox, openOutbox } from "./outbox.js";
export type { OutboxEntry } from "./outboxEntry.js";
export { type ClaimPlan, planClaims } from "./planClaims.js";
export { createSeatChain, type SeatChain } from "./queue/seatChain.js";
export { createPrekeyChain, type PrekeyChain } from "./sealed/prekeyChain.js";
export { PrekeyDesk, type PrekeyDeskParts } from "./sealed/prekeyDesk.js";
export { openPrekeyShelf, type PrekeyShelf } from "./sealed/prekeyShelf.js";
export { type MinerStore, openStore } from "./store.js";
export { vectorsBytes } from "./vectorsBytes.js";
