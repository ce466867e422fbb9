import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import { FINGERPRINT_TOP } from "../fingerprint.js";
import type { Hex } from "../primitives.js";
import { FINISH_REASONS, type Result } from "../result.js";
import { PRIVACIES, type Task } from "../task.js";
import type { PlantedToken } from "./plant.js";

const WHAT = "a planted result";
const ID_BYTES = 3;
/** Tokens of a planted result: enough to be judged by. */
export const PLANT_TOKENS_MIN = 32;
/** What the contract takes: about 400 tokens. */
export const PLANT_PROOF_BYTES_MAX = 8_192;

/** What a planter shows of its result: all that the settled hash stands for, but for the log-probabilities, which its salt gives. */
export type PlantProof = { readonly task: Task; readonly result: Result; readonly tokens: readonly PlantedToken[] };

/**
 * `account u32 ‖ session ‖ seq u32 ‖ modelId ‖ promptCommit ‖ paramsHash ‖ maxIn u32 ‖ maxOut u32 ‖ feeCapWei u96 ‖ deadline u64 ‖ userNonce ‖ privacy u8 ‖ redundancy u8`, then of the
 * result `taskId ‖ miner ‖ tokenRoot ‖ fpRoot ‖ recipeHash ‖ outCommit ‖ nIn u32 ‖ finish u8 ‖ kernelClass ‖ tFirstMs u32 ‖ tTotalMs u32`, then `count u16` tokens of
 * `id u24 ‖ named u8 ‖ ids u24…`. The result is a whole answer: replica 0, segment 0, from the first token on.
 */
export function encodePlantProof({ task, result, tokens }: PlantProof): Uint8Array {
  const writer = new ByteWriter();
  writeTask(writer, task);
  writeResult(writer, result);
  writer.uint("tokens", tokens.length, 2);
  for (const { id, top } of tokens) {
    writer.uint("id", id, ID_BYTES).uint("named", top.length, 1);
    for (const one of top) writer.uint("id", one, ID_BYTES);
  }
  return writer.toBytes();
}

/** Reads one. Throws PROTOCOL_BAD_RECORD for bytes that `encodePlantProof` wouldn't have written. */
export function decodePlantProof(bytes: Uint8Array): PlantProof {
  const reader = new ByteReader(bytes, WHAT);
  const task = readTask(reader);
  const partial = readResult(reader);
  const count = reader.uint("tokens", 2);
  const tokens = Array.from({ length: count }, (): PlantedToken => {
    const id = reader.uint("id", ID_BYTES);
    const named = reader.uint("named", 1);
    if (named > FINGERPRINT_TOP) reader.refuse("a token names too many");
    return { id, top: Array.from({ length: named }, () => reader.uint("id", ID_BYTES)) };
  });
  reader.end();
  return { task, result: { ...partial, replica: 0, segment: 0, from: 0, to: count, nOut: count }, tokens };
}

function writeTask(writer: ByteWriter, task: Task): void {
  writer.uint("account", task.account, 4).hex(task.session, 32).uint("seq", task.seq, 4);
  writer.hex(task.modelId, 32).hex(task.promptCommit, 32).hex(task.paramsHash, 32);
  writer.uint("maxIn", task.maxIn, 4).uint("maxOut", task.maxOut, 4).uint("feeCapWei", task.feeCapWei, 12);
  writer.uint("deadline", task.deadline, 8).hex(task.userNonce, 32);
  writer.uint("privacy", PRIVACIES.indexOf(task.privacy), 1).uint("redundancy", task.redundancy, 1);
}

function readTask(reader: ByteReader): Task {
  return {
    account: reader.uint("account", 4),
    session: reader.hex(32),
    seq: reader.uint("seq", 4),
    modelId: reader.hex(32),
    promptCommit: reader.hex(32),
    paramsHash: reader.hex(32),
    maxIn: reader.uint("maxIn", 4),
    maxOut: reader.uint("maxOut", 4),
    feeCapWei: BigInt(reader.hex(12)),
    deadline: reader.uint("deadline", 8),
    userNonce: reader.hex(32),
    privacy: oneOf(reader, PRIVACIES),
    redundancy: reader.uint("redundancy", 1),
  };
}

function writeResult(writer: ByteWriter, result: Result): void {
  writer.hex(result.taskId, 32).hex(result.miner, 20).hex(result.tokenRoot, 32).hex(result.fpRoot, 32);
  writer.hex(result.recipeHash, 32).hex(result.outCommit, 32).uint("nIn", result.nIn, 4);
  writer.uint("finish", FINISH_REASONS.indexOf(result.finish), 1).hex(result.kernelClass, 32);
  writer.uint("tFirstMs", result.tFirstMs, 4).uint("tTotalMs", result.tTotalMs, 4);
}

function readResult(reader: ByteReader): Omit<Result, "replica" | "segment" | "from" | "to" | "nOut"> {
  const hex = (length: number): Hex => reader.hex(length);
  return {
    taskId: hex(32),
    miner: hex(20),
    tokenRoot: hex(32),
    fpRoot: hex(32),
    recipeHash: hex(32),
    outCommit: hex(32),
    nIn: reader.uint("nIn", 4),
    finish: oneOf(reader, FINISH_REASONS),
    kernelClass: hex(32),
    tFirstMs: reader.uint("tFirstMs", 4),
    tTotalMs: reader.uint("tTotalMs", 4),
  };
}

function oneOf<Each>(reader: ByteReader, all: readonly Each[]): Each {
  const found = all[reader.uint("number", 1)];
  return found ?? reader.refuse("a number that names nothing");
}
