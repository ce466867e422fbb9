import type { Address, Bytes32 } from "@cortensor/protocol";
import { type Clock, runLoop } from "@cortensor/runtime";
import type { createDrawOpenings } from "./drawOpenings.js";
import { type Opening, type OpenTaskParts, openTask } from "./openTask.js";

/** Findings that are shown. */
const FOUND_MAX = 1_024;

/** What was found of an opened task. */
export type FoundOpening = { readonly epoch: number; readonly taskId: Bytes32 } & Extract<Opening, { kind: "found" }>;

export type OpenerParts = OpenTaskParts & {
  readonly draw: ReturnType<typeof createDrawOpenings>;
  /** The running epoch. */
  readonly epoch: () => number;
  readonly pollMs: number;
  readonly clock: Clock;
};

/** A validator's part: has each task opened that the beacon drew it for, while the epoch behind the task's runs. */
export class Opener {
  readonly #parts: OpenerParts;
  readonly #done = new Set<string>();
  readonly #found: FoundOpening[] = [];

  constructor(parts: OpenerParts) {
    this.#parts = parts;
  }

  /** The latest findings, the oldest first. */
  get found(): readonly FoundOpening[] {
    return this.#found;
  }

  /** Until the signal. What fails is tried again while its epoch lasts. */
  run(signal: AbortSignal): Promise<void> {
    const { pollMs, clock, log } = this.#parts;
    return runLoop({
      ...{ name: "openings", everyMs: pollMs, clock, signal },
      work: () => this.round(signal),
      onError: (error) => log.warn("Drawn tasks could not be opened", {}, error),
    });
  }

  async round(signal: AbortSignal): Promise<void> {
    const { draw, signer, log } = this.#parts;
    const epoch = this.#parts.epoch() - 1;
    const drawn = epoch < 0 ? undefined : await draw(epoch, signal);
    if (drawn === undefined) return;
    for (const [id, validator] of drawn.validators) {
      const task = drawn.tasks.get(id);
      const key = `${epoch} ${id}`;
      if (task === undefined || validator !== signer.address || this.#done.has(key)) continue;
      const opening = await openTask({ epoch, task }, this.#parts, signal);
      if (opening.kind === "tooFew") {
        const { good, threshold, wrong } = opening;
        log.warn("Too few guards released their shares", { epoch, taskId: id, good, threshold, wrong: words(wrong) });
        continue;
      }
      this.#done.add(key);
      if (opening.kind === "found") this.#keep({ epoch, taskId: id, ...opening });
    }
  }

  #keep(found: FoundOpening): void {
    const { epoch, taskId, miner, finding, why } = found;
    this.#found.push(found);
    if (this.#found.length > FOUND_MAX) this.#found.shift();
    this.#parts.log.info("A drawn task was opened", {
      ...{ epoch, taskId, miner, outcome: finding.outcome, firstDiff: finding.firstDiff },
      ...(why === undefined ? {} : { why }),
    });
  }
}

const words = (addresses: readonly Address[]): string => addresses.join(",");
