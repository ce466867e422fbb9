import { ByteReader } from "../byteReader.js";
import { concatBytes, keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { outCommit } from "../commit.js";
import { ProtocolError } from "../errors.js";
import { type Address, type Bytes32, isAddress } from "../primitives.js";
import { FINISH_REASONS, type Result } from "../result.js";
import { hashTask } from "../structHash.js";
import { PRIVACIES, type Task } from "../task.js";
import { SOLANA_ANSWER_BYTES_MAX } from "./limits.js";

const WHAT = "solana answer";
const VERSION = 1;
const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What a task's account answers: the network's own task with what opens its prompt, the one result that its text is, and the text. Whoever reads it
 * computes task id and results' hash, and finds receipt, settlement and validation by them.
 */
export type SolanaAnswer = {
  readonly task: Task;
  readonly promptSalt: Bytes32;
  readonly result: Result;
  readonly text: string;
};

/** Bytes of an answer without its text. */
export const SOLANA_ANSWER_HEAD_BYTES = 1 + 198 + 32 + 176;

/** version u8 = 1 ‖ task ‖ promptSalt ‖ result without what follows from the others ‖ text in UTF-8. Throws PROTOCOL_BAD_RECORD for one that an account doesn't hold. */
export function encodeSolanaAnswer({ task, promptSalt, result, text }: SolanaAnswer): Uint8Array {
  const writer = new ByteWriter().uint("version", VERSION, 1);
  writeTask(writer, task);
  writer.hex(promptSalt, 32).hex(result.miner, 20).uint("replica", result.replica, 1);
  writer.uint("segment", result.segment, 2).uint("from", result.from, 4).uint("to", result.to, 4);
  writer.hex(result.tokenRoot, 32).hex(result.fpRoot, 32).hex(result.recipeHash, 32);
  writer.uint("nIn", result.nIn, 4).uint("nOut", result.nOut, 4);
  writer.uint("finish", FINISH_REASONS.indexOf(result.finish), 1).hex(result.kernelClass, 32);
  writer.uint("tFirstMs", result.tFirstMs, 4).uint("tTotalMs", result.tTotalMs, 4);
  const bytes = concatBytes(writer.toBytes(), utf8ToBytes(text));
  if (bytes.length <= SOLANA_ANSWER_BYTES_MAX) return bytes;
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason: `it has ${bytes.length} bytes` });
}

/** Throws PROTOCOL_BAD_RECORD for bytes that `encodeSolanaAnswer` wouldn't have written. */
export function decodeSolanaAnswer(bytes: Uint8Array): SolanaAnswer {
  const reader = new ByteReader(bytes, WHAT);
  if (bytes.length > SOLANA_ANSWER_BYTES_MAX) reader.refuse(`it has ${bytes.length} bytes`);
  if (reader.uint("version", 1) !== VERSION) reader.refuse(`its version isn't ${VERSION}`);
  const task = readTask(reader);
  const promptSalt = reader.hex(32);
  const rest = readResult(reader);
  const output = bytes.subarray(SOLANA_ANSWER_HEAD_BYTES);
  const taskId = hashTask(task);
  const result: Result = { taskId, ...rest, outCommit: outCommit(taskId, output) };
  try {
    return { task, promptSalt, result, text: UTF8.decode(output) };
  } catch {
    return reader.refuse("its text isn't UTF-8");
  }
}

/** What a miner commits to: `keccak256("solana-answer-v1" ‖ task's account ‖ answer)`. */
export function solanaResultHash(account: Bytes32, answer: Uint8Array): Bytes32 {
  return keccak256(new ByteWriter().tag("solana-answer-v1").hex(account, 32).bytes(answer).toBytes());
}

function writeTask(writer: ByteWriter, task: Task): void {
  writer.uint("account", task.account, 4).hex(task.session, 32).uint("seq", task.seq, 4);
  writer.hex(task.modelId, 32).hex(task.promptCommit, 32).hex(task.paramsHash, 32);
  writer.uint("maxIn", task.maxIn, 4).uint("maxOut", task.maxOut, 4).uint("feeCapWei", task.feeCapWei, 12);
  writer.uint("deadline", task.deadline, 8).hex(task.userNonce, 32);
  writer.uint("privacy", PRIVACIES.indexOf(task.privacy), 1).uint("redundancy", task.redundancy, 1);
}

function readTask(reader: ByteReader): Task {
  const [account, session, seq] = [reader.uint("account", 4), reader.hex(32), reader.uint("seq", 4)];
  const [modelId, promptCommit, paramsHash] = [reader.hex(32), reader.hex(32), reader.hex(32)];
  const [maxIn, maxOut, feeCapWei] = [reader.uint("maxIn", 4), reader.uint("maxOut", 4), BigInt(reader.hex(12))];
  const [deadline, userNonce] = [reader.uint("deadline", 8), reader.hex(32)];
  const privacy = PRIVACIES[reader.uint("privacy", 1)] ?? reader.refuse("its privacy is none");
  const bounds = { maxIn, maxOut, feeCapWei, deadline, userNonce, privacy, redundancy: reader.uint("redundancy", 1) };
  return { account, session, seq, modelId, promptCommit, paramsHash, ...bounds };
}

function readResult(reader: ByteReader): Omit<Result, "taskId" | "outCommit"> {
  const miner: Address = readMiner(reader);
  const [replica, segment] = [reader.uint("replica", 1), reader.uint("segment", 2)];
  const [from, to] = [reader.uint("from", 4), reader.uint("to", 4)];
  const [tokenRoot, fpRoot, recipeHash] = [reader.hex(32), reader.hex(32), reader.hex(32)];
  const [nIn, nOut] = [reader.uint("nIn", 4), reader.uint("nOut", 4)];
  const finish = FINISH_REASONS[reader.uint("finish", 1)] ?? reader.refuse("its ending is none");
  const [kernelClass, tFirstMs, tTotalMs] = [reader.hex(32), reader.uint("tFirstMs", 4), reader.uint("tTotalMs", 4)];
  return {
    miner,
    replica,
    segment,
    from,
    to,
    tokenRoot,
    fpRoot,
    recipeHash,
    nIn,
    nOut,
    finish,
    kernelClass,
    tFirstMs,
    tTotalMs,
  };
}

function readMiner(reader: ByteReader): Address {
  const miner = reader.hex(20);
  return isAddress(miner) ? miner : reader.refuse("its miner is no address");
}
