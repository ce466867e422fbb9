import { type Address, type GuardOffence, offenderOf } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import { settleRace } from "./settleRace.js";

/** Proofs that wait to be posted: one for each guard of a set, and again as many. */
const WAITING_MAX = 64;

export type EquivocationParts = {
  readonly chain: Pick<GuardChain, "readFrozen" | "freezeGuard">;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/** Posts proofs that a guard signed two roots, until the guard is frozen. One proof for each guard is enough. */
export class EquivocationDesk {
  readonly #parts: EquivocationParts;
  readonly #waiting = new Map<Address, GuardOffence>();

  constructor(parts: EquivocationParts) {
    this.#parts = parts;
  }

  take(proof: GuardOffence): void {
    const guard = offenderOf(proof);
    const { epoch, roots } = proof;
    const kind = "way" in proof ? "outbox" : proof.kind;
    this.#parts.log.error("A guard signed two roots", { guard, kind, epoch, roots });
    if (this.#waiting.size < WAITING_MAX) this.#waiting.set(guard, proof);
  }

  async post(): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    for (const [guard, proof] of [...this.#waiting]) {
      const isFrozen = async () => (await chain.readFrozen([guard])).has(guard);
      if (!(await isFrozen())) {
        const outcome = await settleRace(() => chain.freezeGuard(proof), isFrozen);
        if (outcome === "done") metrics.freezes.add({});
        log.info("Guard is frozen", { guard, outcome });
      }
      this.#waiting.delete(guard);
    }
  }
}
