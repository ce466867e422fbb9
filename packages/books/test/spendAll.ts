import type { Bytes32 } from "@cortensor/protocol";
import { aFee, aReceipt } from "../src/compliance/makers.js";
import type { BookedReceipt, Books } from "../src/index.js";

export const ACCOUNT = 1;
export const HOLD_WEI = 9n;
export const FEE_WEI = 7n;
/** Receipts of one write. */
const GROUP = 20;

/** Tasks asked for at once. */
const AT_ONCE = 100;

/** Asks for tasks, many at once, and books a receipt for each that was held. Returns how many were. */
export async function spendAll(
  books: Books,
  wishes: {
    readonly name: string;
    readonly keyHash: Bytes32;
    readonly tasks: number;
    readonly onHeld: () => void;
    readonly onDurable: (count: number) => void;
  },
): Promise<number> {
  const { name, keyHash } = wishes;
  let held = 0;
  let waiting: BookedReceipt[] = [];
  const flush = async (): Promise<void> => {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    await books.putReceipts(group);
    wishes.onDurable(group.length);
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < wishes.tasks; n = next++) {
      const outcome = await books.hold({ account: ACCOUNT, keyHash, wei: HOLD_WEI });
      if (outcome.kind !== "held") continue;
      held += 1;
      wishes.onHeld();
      books.release(outcome.holdId, aFee(`${name} ${n}`, FEE_WEI));
      waiting.push(aReceipt({ task: `${name} ${n}`, account: ACCOUNT, feeWei: FEE_WEI, keyHash }));
      if (waiting.length >= GROUP) await flush();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await flush();
  return held;
}
