/** Largest amount of an SPL token: it counts in 64 bits. */
export const SPL_AMOUNT_MAX: bigint = 2n ** 64n - 1n;
/** Bytes of a memo that is looked at. The longest of ours has 214; Solana's own bound is what a transaction of 1,232 bytes holds. */
export const MEMO_BYTES_MAX = 320;
/** Top-level instructions of one transaction: Solana's own bound is 64, since 1,232 bytes hold no more. */
export const SOLANA_INSTRUCTIONS_MAX = 64;
/** Deposits under one root: what guards fetch and check one by one within a tenth of an epoch, ten times over. */
export const SOLANA_DEPOSITS_MAX = 4_096;
/** Decimals of COR on EVM chains. An SPL mint has at most as many, so that no deposit is rounded. */
export const COR_DECIMALS = 18;
/** Verdicts under one root: tasks that were committed within two epochs; a path of 12 steps fits a transaction. */
export const SOLANA_VERDICTS_MAX = 4_096;
/** Guards whose set fits a hub's account, and whose signatures fit one transaction. */
export const SOLANA_GUARDS_MAX = 11;
/** Bytes of a request over Solana: what one transaction holds beside the opening's accounts. */
export const SOLANA_REQUEST_BYTES_MAX = 700;
/** Bytes of an answer that an account keeps: five transactions of the miner's. */
export const SOLANA_ANSWER_BYTES_MAX = 4_096;
/** Shares of the fee are counted in ten-thousandths; together at most half of it. */
export const SOLANA_SHARES_BPS_MAX = 5_000;
