export type { ApiKeyRecord, BookedReceipt, BookedSession, Books, HoldOutcome } from "./books.js";
