import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";

export type { RunningAnvil };

/** Chain id of local networks: their money is play money. */
export const LOCAL_CHAIN_ID = 31_337;

/** The local chain's faucet: the account that deploys, and so holds the whole supply of COR. Its key is known to everybody. */
export const FAUCET_KEY = anvilKey(0);

/** Starts the local chain on 127.0.0.1: a block for each transaction, its state in a file between starts. */
export function startLocalChain(parts: {
  readonly port: number;
  readonly statePath: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}): Promise<RunningAnvil> {
  return startAnvil({ chainId: LOCAL_CHAIN_ID, ...parts });
}
