export type { KnownOutbox } from "./inboxReader.js";
export { LinkBook, type LinkBookParts, type MadeOutbox } from "./linkBook.js";
export type { DatedMessage } from "./outboxReader.js";
