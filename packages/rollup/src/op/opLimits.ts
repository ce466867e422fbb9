/** An RPC on this machine answers within milliseconds; the rest is a busy one. */
export const RPC_TIMEOUT_MS = 30_000;
/** Gas of one block: the portal's deposits of one parent block (20 million) twice over, and as much for others. */
export const BLOCK_GAS_LIMIT = 60_000_000;
/** Gas that deposits may take of one block; further ones come in the next. */
export const DEPOSIT_GAS_MAX = 40_000_000n;
/** Transactions of one block. */
export const BLOCK_TRANSACTIONS_MAX = 500;
/** Blocks of one batch. */
export const BATCH_BLOCKS_MAX = 1_000;
/** A block's base fee, in wei a unit of gas: a batch that names more is none. */
export const BASE_FEE_WEI_MAX = 1_000_000_000_000_000_000n;
/** Bytes of a batch on an Ethereum parent, whose nodes take transactions of 128 KiB. A chain above another takes less: its batch is a transaction there. */
export const BATCH_BYTES_MAX = 124_000;
/** What a batch may be inflated to. */
export const BATCH_INFLATED_BYTES_MAX = 4_194_304;
/** What a batch needs beside its blocks' transactions: numbers, hashes, and what can't be compressed. */
export const BATCH_ROOM_BYTES = 8_000;
/** Seconds that a block may be ahead of the parent's block that holds its batch: clocks differ. */
export const DRIFT_SECONDS_MAX = 1_800;
/** Blocks that the parent doesn't have deep enough: with as many, none is made until some are posted. */
export const OPEN_BLOCKS_MAX = 10_000;
/** Lines that a journal may have beyond those blocks before it is written anew. */
export const JOURNAL_SPARE_LINES = 1_000;
/** Parent blocks after which a quiet chain makes an empty block, so that who derives it need remember no more of them. */
export const ORIGIN_LAG_MAX = 5_000;
/** Transactions that wait for a block, in all and of one account. */
export const POOL_TRANSACTIONS_MAX = 5_000;
export const POOL_ACCOUNT_TRANSACTIONS_MAX = 64;
/** Outputs that a chain remembers: its proposals are never further behind. */
export const OUTPUTS_KEPT_MAX = 10_000;
/** Parent blocks that are read in one round; the rest come with the next. */
export const PARENT_BLOCKS_AT_ONCE = 500;
/** Those of them that are asked for without waiting for each other. */
export const PARENT_READS_AT_ONCE = 16;
/** The door: bytes of a request, calls in one, blocks of one question for logs, open connections, and what an answer may have. */
export const DOOR_REQUEST_BYTES_MAX = 524_288;
export const DOOR_BATCH_MAX = 50;
export const DOOR_LOG_BLOCKS_MAX = 10_000;
export const DOOR_CONNECTIONS_MAX = 256;
export const DOOR_ANSWER_BYTES_MAX = 33_554_432;
/** An answer to a transaction waits this long for its block, so that who asks for the receipt next finds it. */
export const DOOR_BLOCK_WAIT_MS = 500;
/** A request that isn't whole by then is dropped. */
export const DOOR_REQUEST_TIMEOUT_MS = 10_000;
