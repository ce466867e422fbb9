import { bytesToHex } from "@cortensor/protocol";
import { type Cid, digestOf, sha256Of } from "./contentCid.js";
import { GIVEN_UP_MAX } from "./contentLimits.js";

type Waiter = { readonly resolve: (block: Uint8Array | undefined) => void; readonly reject: (reason: Error) => void };

/**
 * What one peer was asked for and hasn't answered. A block is matched by its own hash: one that nobody asked this peer for is a lie, and
 * ends all that it was asked.
 */
export class AskBook {
  readonly #waiting = new Map<string, Waiter>();
  /** Asked and given up, oldest first: their answers may still come. */
  readonly #givenUp = new Set<string>();

  /** Questions that wait. */
  get open(): number {
    return this.#waiting.size;
  }

  /** Waits for the block, undefined when the peer hasn't it. Rejects with the signal's reason, or when the peer is done with. */
  wait(cid: Cid, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const key = digestOf(cid);
    if (this.#waiting.has(key)) return Promise.reject(new Error("asked already"));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(key);
        this.#giveUp(key);
        reject(signal.reason);
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener("abort", onAbort, { once: true });
      const done = (): void => signal.removeEventListener("abort", onAbort);
      this.#waiting.set(key, {
        resolve: (block) => {
          done();
          resolve(block);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      });
    });
  }

  /** Takes a block that the peer sent. False where it isn't one that it was asked for. */
  takeBlock(data: Uint8Array): boolean {
    const key = bytesToHex(sha256Of(data));
    const waiter = this.#waiting.get(key);
    if (waiter === undefined) return this.#givenUp.delete(key);
    this.#waiting.delete(key);
    waiter.resolve(data);
    return true;
  }

  /** The peer says that it hasn't the block. */
  takeAbsence(cid: Cid): void {
    const key = digestOf(cid);
    this.#waiting.get(key)?.resolve(undefined);
    this.#waiting.delete(key);
  }

  /** Ends all questions. */
  end(why: string): void {
    for (const waiter of this.#waiting.values()) waiter.reject(new Error(why));
    this.#waiting.clear();
  }

  #giveUp(key: string): void {
    this.#givenUp.add(key);
    if (this.#givenUp.size <= GIVEN_UP_MAX) return;
    for (const oldest of this.#givenUp) {
      this.#givenUp.delete(oldest);
      return;
    }
  }
}
