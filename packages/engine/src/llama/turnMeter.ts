import { performance } from "node:perf_hooks";
import type { EngineUse } from "../engineUse.js";
import type { Turn } from "./turn.js";

const MICROSECONDS = 1_000_000;
const MILLISECONDS = 1_000;

/** What work that is done in turns asks for: the turn itself, or one that counts. */
export type TakeTurn = Pick<Turn, "take">;

/** One call's turns, counted. */
export type MeteredTurn = TakeTurn & { used(): EngineUse };

/**
 * Splits the process's work among calls that take turns: processor time since any turn's end belongs to the call whose turn ends next, so that its steps between turns,
 * the sampler's for one, are its own.
 */
export class TurnMeter {
  readonly #turn: Turn;
  #cpuTaken = readCpu();

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  open(): MeteredTurn {
    let [ms, cpu] = [0, 0];
    const ended = (startMs: number): void => {
      ms += performance.now() - startMs;
      cpu += this.#takeCpu();
    };
    return {
      take: (work) =>
        this.#turn.take(async () => {
          const startMs = performance.now();
          try {
            return await work();
          } finally {
            ended(startMs);
          }
        }),
      used: () => ({ seconds: ms / MILLISECONDS, cpuSeconds: cpu / MICROSECONDS }),
    };
  }

  /** Since it was taken last. */
  #takeCpu(): number {
    const now = readCpu();
    const taken = now - this.#cpuTaken;
    this.#cpuTaken = now;
    return taken;
  }
}

function readCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
