export { type Crosser, type CrosserParts, type CrossingDone, createCrosser } from "./crosser.js";
export { CrossingBook, type CrossingBookParts } from "./crossingBook.js";
export type { CrossingPayers } from "./crossingSender.js";
export type { CrossingAct } from "./nextCrossings.js";
