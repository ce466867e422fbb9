import { join } from "node:path";
import type { Hex } from "@cortensor/protocol";
import { type Clock, lockFolder, runLoop } from "@cortensor/runtime";
import { Derivation } from "./derivation.js";
import { serveDoor } from "./door.js";
import type { DoorStatus } from "./doorMethods.js";
import { Journal } from "./journal.js";
import { createJsonRpc, type JsonRpc } from "./jsonRpc.js";
import { type Machine, startMachine } from "./machine.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { DOOR_BLOCK_WAIT_MS } from "./opLimits.js";
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

export type OpTiming = {
  /** Between two looks at the parent and the pool. A transaction that comes in is looked at once. */
  readonly roundMs: number;
  /** Between two posts. */
  readonly postMs: number;
  /** After which an output that waits for more blocks gets empty ones. */
  readonly padMs: number;
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

/** What can't pass by itself. Whatever else fails is tried again with the next round. */
const FATAL: readonly string[] = ["ROLLUP_PARENT_REORGANISED", "ROLLUP_BAD_BLOCK"];

/** Starts the one that makes a chain's blocks, behind its door: derives what there is, and goes on. */
export async function startOpChain(options: OpChainOptions): Promise<RunningOpChain> {
  const { chain, clock, folder, onError, timing = TIMING } = options;
  const lock = await lockFolder(folder);
  let machine: Machine | undefined;
  try {
    const parent = createJsonRpc(options.parentRpcUrl);
    await checkParent(parent, chain);
    await verifyContracts(parent, chain);
    machine = await startMachine(chain, options.signal);
    const derivation = await Derivation.begin(chain, machine, await readParentBlock(parent, chain, chain.startBlock));
    const pool = new Pool({ rpc: machine.rpc, chain });
    const journal = new Journal(join(folder, "blocks.jsonl"));
    const sequencer = new Sequencer({ chain, parent, derivation, journal, pool, clock });
    await sequencer.resume();
    const loops = new Loops({
      sequencer,
      poster: posterOf({ options, parent, derivation, sequencer }),
      timing,
      clock,
      onError,
    });
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

function posterOf(parts: {
  readonly options: OpChainOptions;
  readonly parent: JsonRpc;
  readonly derivation: Derivation;
  readonly sequencer: Sequencer;
}): Poster {
  const { options, ...rest } = parts;
  const { chain, clock } = options;
  const senderOf = (key: Hex): ParentSender =>
    new ParentSender({ rpc: rest.parent, clock, chainId: chain.parentChainId, key });
  const batcher = senderOf(options.batcherKey);
  const proposer = senderOf(options.proposerKey);
  for (const [what, is, should] of [
    ["batcher", batcher.address, chain.batcher],
    ["proposer", proposer.address, chain.proposer],
  ] as const) {
    if (is !== should)
      throw new OpError({
        code: "ROLLUP_BAD_FILE",
        file: "chain.json",
        reason: `the key is not of its ${what} ${should}`,
      });
  }
  return new Poster({ ...rest, chain, batcher, proposer, clock });
}

async function atMost(work: Promise<void>, clock: Clock): Promise<void> {
  const ending = new AbortController();
  const waited = clock.sleep(DOOR_BLOCK_WAIT_MS, ending.signal).catch(() => undefined);
  await Promise.race([work, waited]);
  ending.abort();
}

type LoopsParts = {
  readonly sequencer: Sequencer;
  readonly poster: Poster;
  readonly timing: OpTiming;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
};

/** The rounds of making and of posting. A bug or a parent that went back ends the making; what the door reads stays. */
class Loops {
  readonly #parts: LoopsParts;
  readonly #ending = new AbortController();
  #running: readonly Promise<void>[] = [];
  #turn: Promise<void> = Promise.resolve();
  #reason: string | undefined;
  #quietMs = 0;
  #tell: (reason: string) => void = () => undefined;
  readonly halted = new Promise<string>((resolve) => {
    this.#tell = resolve;
  });

  constructor(parts: LoopsParts) {
    this.#parts = parts;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  halt(reason: string): void {
    if (this.#ending.signal.aborted) return;
    this.#reason ??= reason;
    this.#tell(reason);
  }

  start(): void {
    const { timing, clock, onError } = this.#parts;
    const common = { clock, signal: this.#ending.signal, onError };
    this.#running = [
      runLoop({ ...common, name: "blocks", everyMs: timing.roundMs, work: () => this.#round(timing.roundMs) }),
      runLoop({ ...common, name: "posts", everyMs: timing.postMs, work: (signal) => this.#post(signal) }),
    ];
  }

  /** Makes what is due without waiting for the next round. */
  async wake(): Promise<void> {
    if (!this.#ending.signal.aborted) await this.#round(0).catch(this.#parts.onError);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
    await this.#turn;
  }

  /** Rounds queue behind one another. */
  #round(passedMs: number): Promise<void> {
    const mine = this.#turn.then(() => this.#make(passedMs));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #make(passedMs: number): Promise<void> {
    if (this.#reason !== undefined) return;
    const { sequencer, timing } = this.#parts;
    try {
      const before = sequencer.headNumber;
      await sequencer.round();
      this.#quietMs = sequencer.headNumber === before ? this.#quietMs + passedMs : 0;
      if (this.#quietMs < timing.padMs) return;
      this.#quietMs = 0;
      await sequencer.pad();
    } catch (error) {
      if (error instanceof OpError && FATAL.includes(error.code)) this.halt(error.message);
      throw error;
    }
  }

  async #post(signal: AbortSignal): Promise<void> {
    if (this.#reason === undefined) await this.#parts.poster.round(signal);
  }
}
