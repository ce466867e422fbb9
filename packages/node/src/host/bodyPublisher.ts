import { type ContentNode, type DatumKind, mayPublish, retainUntil } from "@cortensor/data";
import { hashResult, type SegmentBody } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { encodeSegmentBody } from "@cortensor/wire";
import { DISPUTE_WINDOW_SECONDS } from "./disputeWindow.js";

/** Bodies that wait to be put: what comes faster than a disk takes it isn't put. */
export const BODIES_WAITING_MAX = 32;
/** What a body holds: it may be put where all of them may. */
const HOLDS: readonly DatumKind[] = ["prompt", "completion", "segmentBody", "fingerprints", "result"];

export type Published = "kept" | "forbidden" | "dropped" | "failed";

export type BodyPublisherParts = {
  readonly node: Pick<ContentNode, "put">;
  /** Whose pins they are. */
  readonly owner: string;
  readonly nowSeconds: () => number;
  readonly onOutcome: (outcome: Published) => void;
  readonly log: Pick<Logger, "warn">;
};

/**
 * Puts bodies into a node of content, each under its result's hash, for the dispute window. Whoever offers one waits for nothing: they are put
 * one after the other, and one that finds the queue full isn't.
 */
export class BodyPublisher {
  readonly #parts: BodyPublisherParts;
  readonly #waiting: SegmentBody[] = [];
  #running: Promise<void> | undefined;

  constructor(parts: BodyPublisherParts) {
    this.#parts = parts;
  }

  offer(body: SegmentBody): void {
    const { onOutcome } = this.#parts;
    const isForbidden = !HOLDS.every((kind) => mayPublish(kind, body.task.privacy, "plain"));
    if (isForbidden || this.#waiting.length >= BODIES_WAITING_MAX) {
      onOutcome(isForbidden ? "forbidden" : "dropped");
      return;
    }
    this.#waiting.push(body);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // The answer leaves first.
    await new Promise((resolve) => setImmediate(resolve));
    for (let body = this.#waiting.shift(); body !== undefined; body = this.#waiting.shift()) {
      this.#parts.onOutcome(await this.#put(body));
    }
  }

  async #put(body: SegmentBody): Promise<"kept" | "failed"> {
    const { node, owner, nowSeconds, log } = this.#parts;
    const name = hashResult(body.result);
    const ends = { nowSeconds: nowSeconds(), disputeWindowSeconds: DISPUTE_WINDOW_SECONDS };
    const { privacy } = body.task;
    try {
      const datum = { kind: "segmentBody", privacy, form: "plain", owner, name } as const;
      await node.put([encodeSegmentBody(body)], { ...datum, untilSeconds: retainUntil("segmentBody", ends) });
      return "kept";
    } catch (error) {
      log.warn("A body could not be put among peers", { result: name }, error);
      return "failed";
    }
  }
}
