import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";

export type { RunningAnvil };

/** Chain id of a local network on one chain: its money is play money. */
export const LOCAL_CHAIN_ID = 31_337;
/** The same for each chain of a local network over layers. */
export const LAYER_CHAIN_IDS = { l1: 31_401, l2: 31_402, l3: 31_403, base: 31_404 } as const;

/** The local chain's faucet: the account that deploys, and so holds the whole supply of COR. Its key is known to everybody. */
export const FAUCET_KEY = anvilKey(0);

/** Starts a local chain on 127.0.0.1: a block for each transaction, its state in a file between starts. */
export function startLocalChain(parts: {
  readonly chainId: number;
  readonly port: number;
  /** Funded accounts, the faucet's the first. Default: ten, whose keys everybody knows. */
  readonly accounts?: number;
  readonly statePath: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}): Promise<RunningAnvil> {
  return startAnvil(parts);
}
