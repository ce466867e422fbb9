/** Signatures of one page: Solana's own bound. */
export const SOLANA_PAGE = 1_000;
/** Transactions of a vault that one look walks back over: 100 bytes each, and a minute of pages. A reader further behind reads on another RPC, or says so. */
export const SOLANA_BACKLOG_MAX = 50_000;
/** Transactions that one look fetches and checks; the next look goes on. */
export const SOLANA_FETCHES_MAX = 256;
/** An RPC that hasn't answered by then counts as silent. */
export const SOLANA_TIMEOUT_MS = 10_000;
