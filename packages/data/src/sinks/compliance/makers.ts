import { createHash } from "node:crypto";
import type { Bytes32, ReceiptDocument } from "@cortensor/protocol";
import type { SinkDraft, SinkRecord } from "../record/sinkRecord.js";

export const NOW_MS = 1_700_000_000_000;

export function word(tag: string): Bytes32 {
  return `0x${createHash("sha256").update(tag).digest("hex")}`;
}

/** Well-formed; no signature in it is anybody's. */
export function aReceiptDocument(taskId: Bytes32): ReceiptDocument {
  const miner = `0x${"cd".repeat(20)}` as const;
  return {
    receipt: {
      taskId,
      account: 7,
      operator: `0x${"ef".repeat(20)}`,
      resultsHash: word("results"),
      payeesHash: word("payees"),
      feeWei: 2n ** 90n + 1n,
      nIn: 10,
      nOut: 128,
      custody: "delegated",
      finish: "stop",
      epoch: 3,
      splitsHash: word("splits"),
    },
    payees: [{ miner, replica: 0, segment: 0, from: 0, to: 128, wei: 2n ** 90n + 1n }],
    results: [word("result")],
    proof: {
      batch: { root: word("root"), count: 3, sequence: 9 },
      signer: `0x${"ab".repeat(20)}`,
      signature: `0x${"11".repeat(65)}`,
      path: [word("a"), word("b")],
    },
    custody: "delegated",
    acknowledgedAtMs: NOW_MS,
    label: "statistical",
  };
}

type Over = { readonly prompt?: string; readonly result?: string; readonly model?: string };

/** The nth task of a session, before it is numbered. */
export function aDraft(session: Bytes32, n: number, over: Over = {}): SinkDraft {
  const taskId = word(`${session} ${n}`);
  const { prompt = `What is ${n}?`, result = `“${n}” — 数 🧮`, model = "cortensor-tiny" } = over;
  return {
    session,
    taskId,
    model,
    content: { kind: "whole", promptKind: "text", prompt, result },
    usage: { promptTokens: 10, completionTokens: n, feeWei: 2n ** 90n + BigInt(n) },
    receipt: aReceiptDocument(taskId),
    askedAtMs: NOW_MS + n,
    answeredAtMs: NOW_MS + n + 5,
  };
}

export function aRecord(session: Bytes32, sequence: number, over: Over = {}): SinkRecord {
  return { ...aDraft(session, sequence, over), sequence };
}

/** Records `from` to `to`, both included. */
export function someRecords(session: Bytes32, from: number, to: number): readonly SinkRecord[] {
  return Array.from({ length: to - from + 1 }, (_, index) => aRecord(session, from + index));
}
