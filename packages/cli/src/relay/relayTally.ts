import type { CrossingAct, CrossingDone, RelayDone } from "@cortensor/node";
import type { WithdrawalStep } from "@cortensor/rollup";
import { countOf } from "../countOf.js";
import type { Output } from "../output.js";

/** Says what a relayer does as it does it, and in the end what all of it was and cost. */
export function createRelayTally(output: Output) {
  const spent = { gasUsed: 0n, feeWei: 0n, messages: 0, crossings: 0 };
  const count = ({ gasUsed, feeWei }: { readonly gasUsed: bigint; readonly feeWei: bigint }): string => {
    spent.gasUsed += gasUsed;
    spent.feeWei += feeWei;
    return `${gasUsed} gas, ${feeWei} wei`;
  };
  return {
    onRelayed: (done: RelayDone): void => {
      const { link, kind, ids } = done;
      spent.messages += ids.length;
      const what = `${kind === "deliver" ? "Handed in" : "Tried again"} ${countOf(ids.length, "message")}`;
      output.progress("relay.done", `${what} by ${link}: ${count(done)}`, { ...done });
    },
    onCrossed: (done: CrossingDone): void => {
      spent.crossings += 1;
      output.progress("relay.crossed", `${sentenceOf(done.act)} over ${done.crossing}: ${count(done)}`, { ...done });
    },
    onWithdrawal: ({ kind, ...step }: WithdrawalStep): void => {
      const what = kind === "prove" ? "Proved" : "Carried out";
      output.progress("relay.withdrawal", `${what} withdrawal ${step.withdrawalHash}`, { kind, ...step });
    },
    end: (reasons: readonly string[]): void => {
      const { messages, crossings, gasUsed, feeWei } = spent;
      const what = `${countOf(messages, "message")} handed in, ${countOf(crossings, "report")} sent`;
      output.result([`${what}, ${gasUsed} gas, ${feeWei} wei.`, ...reasons], { ...spent, reasons });
    },
  };
}

function sentenceOf(act: CrossingAct): string {
  switch (act.kind) {
    case "reportNodes":
      return `Reported ${countOf(act.signers.length, "node")}`;
    case "syncStake":
      return `Reported the stake of ${act.operator}`;
    case "reportBlock":
      return "Reported a block";
    case "proveStake":
      return `Proved the stake of ${act.operator}`;
    case "sendAnchor":
      return `Anchored ${countOf(act.refs.length, "root")}`;
  }
}
