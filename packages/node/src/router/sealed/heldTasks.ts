import type { Caller } from "@cortensor/api";
import type { Bytes32, SealedEvent } from "@cortensor/protocol";
import type { AnswerQueue } from "../answerQueue.js";
import type { ClientId } from "../clientFlows.js";
import { clientOf } from "../clientOf.js";
import type { SampleDraft } from "./sampleDraft.js";
import type { SealedRun } from "./sealedRun.js";

/** Assignments of one client that may wait for their envelopes: each keeps a miner's place for half a minute. */
export const UNCLAIMED_CLIENT_MAX = 8;

/** A sealed task that waits for an envelope, or runs. */
export type HeldTask = {
  readonly caller: Caller;
  readonly run: SealedRun;
  /** Of a task that may be opened later alone. */
  readonly draft: SampleDraft | undefined;
  queue: AnswerQueue<SealedEvent> | undefined;
};

/** Sealed tasks from their assignment to their end, and how many of each client nobody has sealed to yet. */
export class HeldTasks {
  readonly #tasks = new Map<Bytes32, HeldTask>();
  readonly #unclaimed = new Map<ClientId, Set<Bytes32>>();

  get(taskId: Bytes32): HeldTask | undefined {
    return this.#tasks.get(taskId);
  }

  /** Whether one more of a client's may wait for its envelope. */
  mayAdd(caller: Caller): boolean {
    return (this.#unclaimed.get(clientOf(caller))?.size ?? 0) < UNCLAIMED_CLIENT_MAX;
  }

  /** It is assigned, and waits for its envelope. */
  add(taskId: Bytes32, held: HeldTask): void {
    this.#tasks.set(taskId, held);
    const client = clientOf(held.caller);
    const waiting = this.#unclaimed.get(client) ?? new Set();
    this.#unclaimed.set(client, waiting.add(taskId));
  }

  /** Its first envelope has come. Nothing happens the second time. */
  claim(taskId: Bytes32): void {
    const held = this.#tasks.get(taskId);
    if (held === undefined) return;
    const client = clientOf(held.caller);
    const waiting = this.#unclaimed.get(client);
    waiting?.delete(taskId);
    if (waiting?.size === 0) this.#unclaimed.delete(client);
  }

  /** It has ended. */
  delete(taskId: Bytes32): void {
    this.claim(taskId);
    this.#tasks.delete(taskId);
  }
}
