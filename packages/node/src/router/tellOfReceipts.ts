import type { Address } from "@cortensor/protocol";
import type { ReceiptsNotice } from "@cortensor/wire";
import type { EventHub } from "./eventHub.js";
import type { MinerBoard } from "./minerBoard.js";
import { noticedBy, type SignedReceipt } from "./receiptDesk.js";

/**
 * Durable receipts go to each miner that they pay, once: together to the one whose batch notice has their leaves, with a proof of
 * its own to any other.
 */
export function tellOfReceipts(parts: {
  readonly board: Pick<MinerBoard, "seatOf">;
  readonly hub: Pick<EventHub, "isWatched" | "emit">;
  readonly nowMs: () => number;
}): (receipts: readonly SignedReceipt[]) => void {
  const { board, hub, nowMs } = parts;
  return (receipts) => {
    const together = new Map<Address, ReceiptsNotice["receipts"][number][]>();
    for (const { receipt, payees, proof } of receipts) {
      const first = noticedBy({ payees });
      if (first !== undefined) together.set(first, pushed(together.get(first), { receipt, payees }));
      for (const miner of new Set(payees.slice(1).map((payee) => payee.miner))) {
        if (miner !== first) board.seatOf(miner)?.link.notify("receipt", { receipt, payees, proof });
      }
      if (hub.isWatched) hub.emit({ kind: "receiptAcknowledged", taskId: receipt.taskId, atMs: nowMs() });
    }
    for (const [miner, noticed] of together) board.seatOf(miner)?.link.notify("receipts", { receipts: noticed });
  };
}

function pushed<Item>(list: Item[] | undefined, item: Item): Item[] {
  if (list === undefined) return [item];
  list.push(item);
  return list;
}
