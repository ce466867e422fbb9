import type { FailedTransactionMetadata } from "litesvm";
import type { Wire } from "./wire.js";

const FAILED = /^FailedTransactionMetadata\(FailedTransactionMetadata \{ err: (.*), meta: TransactionMetadata/s;
const INSTRUCTION = /^InstructionError\((\d+), (\w+)(?:\((\d+)\))?\)$/;
const PLAIN = /^\w+$/;

/** A transaction's error as Solana's RPC writes it: `"AlreadyProcessed"`, `{"InstructionError": [1, {"Custom": 3}]}`. */
export function toTransactionError(failed: FailedTransactionMetadata): Wire {
  const text = FAILED.exec(failed.toString())?.[1] ?? "SanitizeFailure";
  const [whole, index, name = "GenericError", code] = INSTRUCTION.exec(text) ?? [];
  if (whole !== undefined)
    return { InstructionError: [Number(index), code === undefined ? name : { [name]: Number(code) }] };
  return PLAIN.test(text) ? text : "SanitizeFailure";
}

/** Whether a transaction failed by what its instructions did: such a one is in its block, and its fee is paid. */
export function isExecutionError(error: Wire): boolean {
  return typeof error === "object" && error !== null && "InstructionError" in error;
}
