import type { Address } from "@cortensor/protocol";
import { addToCusum, type CusumRule, type CusumTask } from "../statistics/cusum.js";

/** What a miner's checked tasks add up to. */
export type MinerSum = {
  readonly miner: Address;
  readonly tasks: number;
  readonly tokens: number;
  /** C, nats. */
  readonly sumNats: number;
  /** h, nats: of the last task's rule. */
  readonly alarmNats: number;
  /** C passed h at some task, and stays said. */
  readonly isAlarmed: boolean;
};

/** The CUSUM of each miner over its tasks, in the order in which they are added. */
export class MinerSums {
  readonly #sums = new Map<Address, MinerSum>();

  add(miner: Address, task: CusumTask, rule: CusumRule): void {
    const before = this.#sums.get(miner);
    const sumNats = addToCusum(before?.sumNats ?? 0, task, rule);
    const { alarmNats } = rule;
    this.#sums.set(miner, {
      miner,
      tasks: (before?.tasks ?? 0) + 1,
      tokens: (before?.tokens ?? 0) + task.tokens,
      sumNats,
      alarmNats,
      isAlarmed: before?.isAlarmed === true || sumNats > alarmNats,
    });
  }

  all(): readonly MinerSum[] {
    return [...this.#sums.values()];
  }
}
