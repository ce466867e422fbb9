/** Slots whose blockhash a transaction may still name, as on Solana: a minute at 400 ms. */
export const BLOCKHASH_SLOTS = 150;
/** Bytes of one transaction on the wire: Solana's own bound for those it takes here. */
export const TRANSACTION_BYTES_MAX = 1_232;
/** Transactions that are kept, and thereby all that a run may have: about 4 KB each. A cluster that is full refuses more, and a restart begins anew. */
export const TRANSACTIONS_MAX = 100_000;
/** Bytes of one request: a transaction in base64, or 256 signatures. */
export const REQUEST_BYTES_MAX = 65_536;
/** Open connections: a few clients on one machine. */
export const CONNECTIONS_MAX = 64;
/** A request that isn't whole by then is dropped, so that a silent socket holds nothing. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** Signatures of one page, and of one question for statuses: Solana's own bounds. */
export const SIGNATURES_PAGE_MAX = 1_000;
export const STATUSES_MAX = 256;
/** Accounts of one question: Solana's own bound. */
export const ACCOUNTS_MAX = 100;
/** Token accounts of one owner that are answered: an answer of a few hundred KB. */
export const TOKEN_ACCOUNTS_MAX = 1_000;
/** Data that an account may have: Solana's own bound. */
export const ACCOUNT_BYTES_MAX = 10_485_760;
/** Largest gift of one airdrop, in lamports: 10 SOL. */
export const AIRDROP_LAMPORTS_MAX = 10_000_000_000;
/** Slots that are made up at once after a pause of the machine; the rest come with the next ticks. */
export const SLOTS_AT_ONCE_MAX = 1_000;
/** Accounts of one program that are answered: an answer of some MB. More are refused, not cut. */
export const PROGRAM_ACCOUNTS_MAX = 4_096;
/** Filters of one question for a program's accounts: Solana's own bound. */
export const FILTERS_MAX = 4;
