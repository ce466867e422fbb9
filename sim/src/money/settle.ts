import { type BookedReceipt, planSettlement } from "@cortensor/books";
import { type SignedDebit, ZERO_BYTES32 } from "@cortensor/protocol";
import type { SimReceipt } from "../network/simTask.js";
import { OPERATOR, TREASURY, type World } from "../network/world.js";

/** Once an epoch: receipts whose audits are over go on chain, by the routers' own plan. Each account signs for exactly those. */
export function settle(world: World): void {
  const ready: SimReceipt[] = [];
  for (const booked of world.receipts.values()) if (booked.task.openAudits === 0) ready.push(booked);
  if (ready.length === 0) return;
  const debits = debitsFor(world, ready);
  const plan = planSettlement({ receipts: ready, debits, treasury: TREASURY });
  world.chain.settle(plan, { accounts: world.accounts, receipts: world.receipts, treasury: TREASURY });
  for (const taskId of plan.taskIds) {
    const task = world.receipts.get(taskId)?.task;
    if (task?.fee !== "due") world.chain.violations.push(`${taskId} is settled, though its fee is ${task?.fee}`);
    else task.fee = "settled";
    world.receipts.delete(taskId);
  }
}

function debitsFor(
  world: World,
  receipts: readonly BookedReceipt[],
): readonly { readonly signed: SignedDebit; readonly settledWei: bigint }[] {
  const due = new Map<number, { wei: bigint; count: number }>();
  for (const { receipt } of receipts) {
    const sum = due.get(receipt.account);
    if (sum === undefined) due.set(receipt.account, { wei: receipt.feeWei, count: 1 });
    else {
      sum.wei += receipt.feeWei;
      sum.count += 1;
    }
  }
  return [...due].map(([index, { wei, count }]) => {
    const settledWei = world.accounts[index]?.settledWei ?? 0n;
    const debit = {
      account: index,
      lane: OPERATOR,
      cumulativeWei: settledWei + wei,
      receiptsRoot: ZERO_BYTES32,
      count,
      epoch: world.epoch,
    };
    return { signed: { debit, signature: "0x" as const }, settledWei };
  });
}
