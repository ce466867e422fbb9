import type { Holding, LeaveStep } from "@cortensor/chain";
import { formatEther } from "viem";
import { formatCor } from "../money.js";

/** What was done about each holding, in a line. */
export function leaveLines(steps: readonly LeaveStep[]): readonly string[] {
  return steps.map(lineOf);
}

function lineOf(step: LeaveStep): string {
  switch (step.kind) {
    case "paid":
      return `${nameOf(step.holding)}: ${formatCor(step.holding.amountWei)} paid, ${step.txHash}`;
    case "paidBefore":
      return `${nameOf(step.holding)}: ${formatCor(step.holding.amountWei)} was paid before`;
    case "takenBack":
      return `COR that never arrived: ${formatCor(step.amountWei)} back, ${step.txHash}`;
    case "takenBackBefore":
      return `COR that never arrived: ${formatCor(step.amountWei)} went back before`;
    case "coinsProposed":
      return `coins: ${formatEther(step.amountWei)} claimed`;
    case "coinsWaiting":
      return `coins: ${formatEther(step.amountWei)} proved; run this again from ${new Date(step.payableAt * 1_000).toISOString()} on`;
    case "coinsPaid":
      return `coins: ${formatEther(step.amountWei)} paid, ${step.txHash}`;
    case "coinsPaidBefore":
      return `coins: ${formatEther(step.amountWei)} were paid before`;
  }
}

/** The same as JSON takes it: amounts as digits. */
export function toLeaveRecord(step: LeaveStep): Readonly<Record<string, unknown>> {
  const amountWei = "holding" in step ? step.holding.amountWei : step.amountWei;
  const { kind } = step;
  const of = "holding" in step ? { holding: step.holding.kind } : {};
  const txHash = "txHash" in step ? { txHash: step.txHash } : {};
  const payableAt = "payableAt" in step ? { payableAt: step.payableAt } : {};
  return { kind, ...of, amountWei: amountWei.toString(), ...txHash, ...payableAt };
}

function nameOf(holding: Holding): string {
  switch (holding.kind) {
    case "balance":
      return "wallet";
    case "session":
      return `session ${holding.session}`;
    case "credit":
      return `credit of ${holding.lane}`;
    case "earnings":
      return holding.isMatured ? "matured earnings" : "earnings";
    case "bond":
      return "bond";
    case "stake":
      return `stake with ${holding.operator}`;
  }
}
