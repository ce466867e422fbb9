/** Sessions of one operator read at once: a mirror of its part of the chain, a few hundred bytes each. */
export const SESSIONS_MAX = 100_000;
/** Rows of one page of keys, receipts or commitments. */
export const PAGE_ROWS_MAX = 1_000;
/** Receipts read for one settlement: ten seconds of a router at full load, some 100 MB in memory. */
export const UNSETTLED_MAX = 100_000;
/** Receipts written by one call: the leaves of several batches. */
export const RECEIPTS_PUT_MAX = 8_192;
/** Receipts of one settlement. */
export const SETTLEMENT_RECEIPTS_MAX = 100_000;
/** Debits kept of one lane. Each covers a chunk of receipts; a settlement comes long before this many chunks. */
export const DEBITS_KEPT_MAX = 256;
/** A settlement's calldata: three times what the most debits and payees come to. */
export const SETTLEMENT_CALL_BYTES_MAX = 65_536;
/** Settlements under way at once: an operator sends them one after another. */
export const SETTLEMENTS_OPEN_MAX = 64;
/** Holds that may wait for the database at once; beyond, they are refused as a queue of seconds would be. */
export const HOLDS_WAITING_MAX = 20_000;
/** A note of work: some ten thousand tasks, more than a process sees between two notes. */
export const WORK_NOTE_BYTES_MAX = 4_194_304;
/** A hold's largest amount: what a uint96 on chain holds. */
export const WEI_MAX = (1n << 96n) - 1n;
/** A lease is dead to its router this long after its last renewal. */
export const LEASE_MS = 30_000;
/** No task runs longer: a dead router's slices are reclaimed only after it, so that its running tasks keep their money. */
export const LONGEST_TASK_MS = 900_000;
