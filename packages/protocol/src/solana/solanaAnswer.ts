import { ByteReader } from "../byteReader.js";
import { concatBytes, keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Bytes32 } from "../primitives.js";
import { SOLANA_ANSWER_BYTES_MAX } from "./limits.js";
import type { SolanaVerdictKind } from "./solanaVerdict.js";

const WHAT = "solana answer";
const VERSION = 1;
const HEAD_BYTES = 1 + 32 + 32;
const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a task's account answers, and under which task and results the network's own record has it: receipt, settlement and validation are found by these. */
export type SolanaAnswer = { readonly taskId: Bytes32; readonly resultsHash: Bytes32; readonly text: string };

/** version u8 = 1 ‖ taskId ‖ resultsHash ‖ text in UTF-8. Throws PROTOCOL_BAD_RECORD for one that an account doesn't hold, or without a text. */
export function encodeSolanaAnswer({ taskId, resultsHash, text }: SolanaAnswer): Uint8Array {
  const head = new ByteWriter().uint("version", VERSION, 1).hex(taskId, 32).hex(resultsHash, 32).toBytes();
  const bytes = concatBytes(head, utf8ToBytes(text));
  if (bytes.length <= HEAD_BYTES || bytes.length > SOLANA_ANSWER_BYTES_MAX)
    throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason: `it has ${bytes.length} bytes` });
  return bytes;
}

/** Throws PROTOCOL_BAD_RECORD for bytes that `encodeSolanaAnswer` wouldn't have written. */
export function decodeSolanaAnswer(bytes: Uint8Array): SolanaAnswer {
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VERSION) reader.refuse(`its version isn't ${VERSION}`);
  const [taskId, resultsHash] = [reader.hex(32), reader.hex(32)];
  if (bytes.length <= HEAD_BYTES || bytes.length > SOLANA_ANSWER_BYTES_MAX)
    reader.refuse(`it has ${bytes.length} bytes`);
  try {
    return { taskId, resultsHash, text: UTF8.decode(bytes.subarray(HEAD_BYTES)) };
  } catch {
    return reader.refuse("its text isn't UTF-8");
  }
}

/** What a miner commits to: `keccak256("solana-answer-v1" ‖ task's account ‖ answer)`. */
export function solanaResultHash(task: Bytes32, answer: Uint8Array): Bytes32 {
  return keccak256(new ByteWriter().tag("solana-answer-v1").hex(task, 32).bytes(answer).toBytes());
}

/** What every guard finds of an answer, from what lies in its account alone: whether it is one, and the one that was committed to. */
export function judgeSolanaAnswer(of: {
  readonly task: Bytes32;
  readonly answer: Uint8Array;
  readonly resultHash: Bytes32;
}): SolanaVerdictKind {
  if (solanaResultHash(of.task, of.answer) !== of.resultHash) return "refused";
  try {
    decodeSolanaAnswer(of.answer);
    return "attested";
  } catch (error) {
    if (error instanceof ProtocolError) return "refused";
    throw error;
  }
}
