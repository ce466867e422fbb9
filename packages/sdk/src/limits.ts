/** Time a call may take, and a stream may be silent, unless told otherwise. Longer than a long answer's pauses. */
export const DEFAULT_TIMEOUT_MS = 120_000;
/** Bytes of an answer that isn't a stream: far above the longest answer or list of a router. */
export const ANSWER_BYTES_MAX = 64 * 1_048_576;
/** Answers between two debits that the client signs unasked; a router that wants one sooner says so. */
export const ANSWERS_PER_DEBIT = 16;
/** Life of the bearer that a wallet's signature buys, and how long before its end a new one is signed. */
export const ACCESS_SECONDS = 3_600;
export const ACCESS_RENEWAL_SECONDS = 60;
/** Pause before a broken event stream is opened again, doubled at each failure up to the most. */
export const WATCH_PAUSE_MS = 250;
export const WATCH_PAUSE_MS_MAX = 10_000;
/** Pause between two looks for a receipt that isn't there yet: half the time in which a router acknowledges. */
export const RECEIPT_POLL_MS = 250;
/** A session opened here may be unknown to its router this long: routers look at the chain every few seconds. */
export const FRESH_SESSION_MS = 15_000;
/** Pause between two tries of such a session's first access. */
export const ACCESS_POLL_MS = 250;
