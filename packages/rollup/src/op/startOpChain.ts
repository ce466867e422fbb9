import { join } from "node:path";
import type { Hex } from "@cortensor/protocol";
import { type Clock, lockFolder } from "@cortensor/runtime";
import { Derivation } from "./derivation.js";
import { serveDoor } from "./door.js";
import type { DoorStatus } from "./doorMethods.js";
import { Journal } from "./journal.js";
import { createJsonRpc, type JsonRpc } from "./jsonRpc.js";
import { type Machine, startMachine } from "./machine.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { DOOR_BLOCK_WAIT_MS } from "./opLimits.js";
import { OpLoops, type OpTiming } from "./opLoops.js";
import { checkParent, readParentBlock } from "./parentBlocks.js";
import { ParentSender } from "./parentSender.js";
import { Pool } from "./pool.js";
import { Poster } from "./poster.js";
import { Sequencer } from "./sequencer.js";
import { verifyContracts } from "./verifyContracts.js";

export type OpChainOptions = {
  readonly chain: OpChain;
  readonly parentRpcUrl: string;
  /** Of the door, on 127.0.0.1; 0 for any. */
  readonly port: number;
  /** Holds what the parent doesn't have yet. One sequencer at a time. */
  readonly folder: string;
  readonly batcherKey: Hex;
  readonly proposerKey: Hex;
  readonly clock: Clock;
  readonly timing?: OpTiming;
  readonly onError: (error: unknown) => void;
  readonly signal?: AbortSignal;
};

const TIMING: OpTiming = { roundMs: 100, postMs: 500, padMs: 1_000 };

export type RunningOpChain = {
  /** The door's address. */
  readonly url: string;
  status(): DoorStatus;
  /** Resolves, with why, when no more blocks are made. The door goes on answering what it has. */
  readonly halted: Promise<string>;
  stop(): Promise<void>;
};

/** Starts the one that makes a chain's blocks, behind its door: derives what there is, and goes on. */
export async function startOpChain(options: OpChainOptions): Promise<RunningOpChain> {
  const { chain, clock, folder, onError, timing = TIMING } = options;
  const lock = await lockFolder(folder);
  let machine: Machine | undefined;
  try {
    const parent = createJsonRpc(options.parentRpcUrl);
    await checkParent(parent, chain);
    await verifyContracts(parent, chain);
    const senders = sendersOf(options, parent);
    machine = await startMachine(chain, { keepsStates: true, signal: options.signal });
    const derivation = await Derivation.begin(chain, machine, await readParentBlock(parent, chain, chain.startBlock));
    const pool = new Pool({ rpc: machine.rpc, chain });
    const journal = new Journal(join(folder, "blocks.jsonl"));
    const sequencer = new Sequencer({ chain, parent, derivation, journal, pool, clock });
    await sequencer.resume();
    const poster = new Poster({ ...senders, chain, parent, derivation, sequencer, clock });
    const loops = new OpLoops({ sequencer, poster, timing, clock, onError });
    const status = (): DoorStatus => ({
      head: derivation.head.number,
      safe: sequencer.safeNumber,
      parent: derivation.parent.number,
      halted: loops.reason,
    });
    const running = machine;
    void running.exited.then(({ output }) => loops.halt(`its anvil ended: ${output}`));
    const wake = (): Promise<void> => atMost(loops.wake(), clock);
    const server = await serveDoor({ machine: machine.rpc, pool, wake, status }, { port: options.port, onError });
    loops.start();
    return {
      url: server.url,
      status,
      halted: loops.halted,
      async stop() {
        await server.close();
        await loops.stop();
        await running.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await machine?.stop();
    await lock.release();
    throw error;
  }
}

type Senders = { readonly batcher: ParentSender; readonly proposer: ParentSender };

/** Throws ROLLUP_BAD_FILE for a key that isn't the chain's. */
function sendersOf({ chain, clock, batcherKey, proposerKey }: OpChainOptions, rpc: JsonRpc): Senders {
  const senderOf = (what: "batcher" | "proposer", key: Hex): ParentSender => {
    const sender = new ParentSender({ rpc, clock, chainId: chain.parentChainId, key });
    if (sender.address === chain[what]) return sender;
    const reason = `the key is not of its ${what} ${chain[what]}`;
    throw new OpError({ code: "ROLLUP_BAD_FILE", file: "chain.json", reason });
  };
  return { batcher: senderOf("batcher", batcherKey), proposer: senderOf("proposer", proposerKey) };
}

async function atMost(work: Promise<void>, clock: Clock): Promise<void> {
  const ending = new AbortController();
  const waited = clock.sleep(DOOR_BLOCK_WAIT_MS, ending.signal).catch(() => undefined);
  await Promise.race([work, waited]);
  ending.abort();
}
