/** A running local chain. */
export type RunningAnvil = {
  readonly url: string;
  readonly port: number;
  readonly chainId: number;
  /** Process id, for a supervisor's own list. */
  readonly pid: number;
  /** Settles when the process ends by itself or by `stop`; never rejects. */
  readonly exited: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly output: string;
  }>;
  /** Ends the process, letting it write its state first; killed when that takes too long. */
  stop(): Promise<void>;
};

export type AnvilRequest = {
  readonly chainId: number;
  /** Default: a free one. */
  readonly port?: number;
  /** File that the chain is loaded from and written to, each second and at the end. Default: nothing is kept. */
  readonly statePath?: string;
  /** Seconds between blocks. Default: a block for each transaction. */
  readonly blockSeconds?: number;
  /** Seed phrase of the funded accounts. Default: anvil's own, known to everybody. */
  readonly mnemonic?: string;
  /** Funded accounts, by anvil's own keys from 0 on. Default: ten. */
  readonly accounts?: number;
  /** Runs as an OP-Stack chain. */
  readonly optimism?: boolean;
  /**
   * Makes no block by itself, and begins with a genesis file of geth's form in place of funded accounts; keeps what its older blocks left behind, or not.
   * Default: none of it.
   */
  readonly sequenced?: { readonly genesisPath: string; readonly gasLimit: number; readonly keepsStates: boolean };
  /** Ends the process when it aborts. */
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
};

/**
 * Starts anvil on 127.0.0.1 and resolves once it answers with its chain id. Installs anvil first when it is missing.
 * Rejects when the process ends before that (a taken port, a broken state file), with what it printed.
 */
export function startAnvil(request: AnvilRequest): Promise<RunningAnvil>;

/** Private key of one of anvil's funded accounts, 0…9. Known to everybody: for local chains alone. */
export function anvilKey(index: number): `0x${string}`;
