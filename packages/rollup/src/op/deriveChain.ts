import type { Hex } from "@cortensor/protocol";
import { Derivation } from "./derivation.js";
import { serveDoor } from "./door.js";
import { DoorRefusal } from "./doorRefusal.js";
import { followParent } from "./followParent.js";
import { createJsonRpc } from "./jsonRpc.js";
import { startMachine } from "./machine.js";
import type { OpChain } from "./opChain.js";
import { checkParent, readParentBlock } from "./parentBlocks.js";
import { verifyContracts } from "./verifyContracts.js";

const STOPPED = "the chain was derived from its parent: nobody makes its blocks";

/** A chain as its parent has it, on a machine of whoever derived it. */
export type DerivedChain = {
  /** Answers on 127.0.0.1 as the chain's door did. What is sent to it is refused. */
  readonly url: string;
  /** The newest block that the parent has. */
  readonly head: number;
  stop(): Promise<void>;
};

/**
 * Derives a chain from its parent's batches alone, as far as they go, and serves what there is: where its operator is gone, this is the chain. Takes as
 * long as making all its blocks again. Throws what a verifier throws.
 */
export async function deriveChain(options: {
  readonly chain: OpChain;
  readonly parentRpcUrl: string;
  /** Of its door, on 127.0.0.1; 0 for any. */
  readonly port: number;
  readonly onError: (error: unknown) => void;
  /** Told behind each part of the parent that was read. */
  readonly onProgress?: (block: number) => void;
  readonly signal?: AbortSignal;
}): Promise<DerivedChain> {
  const { chain, onError, onProgress, signal } = options;
  const parent = createJsonRpc(options.parentRpcUrl);
  await checkParent(parent, chain);
  await verifyContracts(parent, chain);
  const machine = await startMachine(chain, { keepsStates: true, signal });
  try {
    const derivation = await Derivation.begin(chain, machine, await readParentBlock(parent, chain, chain.startBlock));
    const onBatch: Parameters<typeof followParent>[0]["onBatch"] = async (batch, block) => {
      await derivation.applyBatch(batch, block.timestamp);
    };
    while (await followParent({ rpc: parent, chain, derivation, onBatch })) {
      signal?.throwIfAborted();
      onProgress?.(derivation.head.number);
    }
    const { number } = derivation.head;
    onProgress?.(number);
    const status = () => ({ head: number, safe: number, parent: derivation.parent.number, halted: STOPPED });
    const pool = { nextNonce: (_from: Hex, used: number) => used, add: refuse };
    const parts = { machine: machine.rpc, pool, wake: () => Promise.resolve(), status };
    const server = await serveDoor(parts, { port: options.port, onError });
    return {
      url: server.url,
      head: number,
      async stop() {
        await server.close();
        await machine.stop();
      },
    };
  } catch (error) {
    await machine.stop();
    throw error;
  }
}

async function refuse(): Promise<never> {
  throw new DoorRefusal(-32_000, STOPPED);
}
