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
