/** Blocks of one log query: what public RPCs commonly allow. */
export const LOG_BLOCKS_MAX = 10_000n;

/** Cuts an inclusive block range into inclusive pieces that an RPC will search. */
export function* blockRanges(
  fromBlock: bigint,
  toBlock: bigint,
): Generator<{ readonly fromBlock: bigint; readonly toBlock: bigint }> {
  for (let from = fromBlock; from <= toBlock; from += LOG_BLOCKS_MAX) {
    const last = from + LOG_BLOCKS_MAX - 1n;
    yield { fromBlock: from, toBlock: last < toBlock ? last : toBlock };
  }
}
