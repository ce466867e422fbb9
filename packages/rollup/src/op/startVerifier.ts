import { type Hex, hasCode } from "@cortensor/protocol";
import { type Clock, runLoop } from "@cortensor/runtime";
import type { LastStateParts } from "./deployOp.js";
import { Derivation } from "./derivation.js";
import { createJsonRpc } from "./jsonRpc.js";
import { type Machine, startMachine } from "./machine.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { checkParent, readParentBlock } from "./parentBlocks.js";
import { ParentSender } from "./parentSender.js";
import { type OutputFinding, Verifier } from "./verifier.js";
import { verifyContracts, verifyLastStateCode } from "./verifyContracts.js";

export type VerifierOptions = {
  readonly chain: OpChain;
  readonly parentRpcUrl: string;
  /** Left out, nothing is challenged. */
  readonly challengerKey?: Hex;
  /** Creation code of what a chain's outputs are posted through: needed where it has one. */
  readonly lastStateCreation?: (parts: LastStateParts) => Hex;
  readonly clock: Clock;
  /** Between two looks at the parent. */
  readonly everyMs: number;
  readonly onFinding: (finding: OutputFinding) => void;
  readonly onError: (error: unknown) => void;
  readonly signal?: AbortSignal;
};

export type RunningVerifier = {
  /** Block up to which the chain was derived, and outputs that were looked at. */
  status(): { readonly derived: number; readonly checked: number };
  stop(): Promise<void>;
};

/** Starts a verifier of a chain. Where its parent went back further than the chain waits, or its machine failed, it derives the chain anew. */
export async function startVerifier(options: VerifierOptions): Promise<RunningVerifier> {
  const { chain, clock, onError, everyMs } = options;
  const parent = createJsonRpc(options.parentRpcUrl);
  await checkParent(parent, chain);
  await verifyContracts(parent, chain);
  await verifyLastStateCode(parent, chain, options.lastStateCreation);
  const challenger = challengerOf(options);
  const begin = async (): Promise<Run> => {
    const start = await readParentBlock(parent, chain, chain.startBlock);
    const machine = await startMachine(chain, { keepsStates: false, signal: options.signal });
    try {
      const derivation = await Derivation.begin(chain, machine, start);
      const verifier = new Verifier({ chain, parent, derivation, challenger, onFinding: options.onFinding });
      return { machine, derivation, verifier };
    } catch (error) {
      await machine.stop();
      throw error;
    }
  };
  let run = await begin();
  const ending = new AbortController();
  const work = async (signal: AbortSignal): Promise<void> => {
    try {
      await run.verifier.round(signal);
    } catch (error) {
      if (!hasCode(error, "ROLLUP_PARENT_REORGANISED") && !hasCode(error, "ROLLUP_BAD_BLOCK")) throw error;
      onError(error);
      const old = run.machine;
      run = await begin();
      await old.stop();
    }
  };
  const looking = runLoop({ name: "outputs", everyMs, clock, signal: ending.signal, work, onError });
  return {
    status: () => ({ derived: run.derivation.head.number, checked: run.verifier.checked }),
    async stop() {
      ending.abort();
      await looking;
      await run.machine.stop();
    },
  };
}

type Run = { readonly machine: Machine; readonly derivation: Derivation; readonly verifier: Verifier };

function challengerOf({ chain, parentRpcUrl, challengerKey, clock }: VerifierOptions): ParentSender | undefined {
  if (challengerKey === undefined) return undefined;
  const rpc = createJsonRpc(parentRpcUrl);
  const sender = new ParentSender({ rpc, clock, chainId: chain.parentChainId, key: challengerKey });
  if (sender.address === chain.challenger) return sender;
  const reason = `the key is not of its challenger ${chain.challenger}`;
  throw new OpError({ code: "ROLLUP_BAD_FILE", file: "chain.json", reason });
}
