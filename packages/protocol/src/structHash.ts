import type { Assignment } from "./assignment.js";
import type { Batch } from "./batch.js";
import { utf8ToBytes } from "./bytes.js";
import type { Access, ConnectionCertificate, SpendingKey } from "./certificates.js";
import type { Acknowledgement, Checkpoint } from "./checkpoint.js";
import type { CreditNote, PaidSegment } from "./creditNote.js";
import type { Debit } from "./debit.js";
import { type StructName, typeString } from "./eip712Types.js";
import { keccak256Bytes } from "./keccak.js";
import type { Bytes32 } from "./primitives.js";
import { CUSTODIES, type Receipt } from "./receipt.js";
import { FINISH_REASONS, type Result } from "./result.js";
import { PRIVACIES, type Task } from "./task.js";
import { WordWriter } from "./wordWriter.js";

/** Type hash and the sixteen fields of the largest struct, `Result`. */
const WORDS_MAX = 17;
const writer = new WordWriter(WORDS_MAX);

const typeHash = {
  Task: typeHashOf("Task"),
  Assignment: typeHashOf("Assignment"),
  Checkpoint: typeHashOf("Checkpoint"),
  Acknowledgement: typeHashOf("Acknowledgement"),
  Result: typeHashOf("Result"),
  Receipt: typeHashOf("Receipt"),
  CreditNote: typeHashOf("CreditNote"),
  PaidSegment: typeHashOf("PaidSegment"),
  Debit: typeHashOf("Debit"),
  Batch: typeHashOf("Batch"),
  ConnectionCertificate: typeHashOf("ConnectionCertificate"),
  Access: typeHashOf("Access"),
  SpendingKey: typeHashOf("SpendingKey"),
} as const satisfies Record<StructName, Uint8Array>;

/** EIP-712 struct hash of a task: its `taskId`. */
export function hashTask(task: Task): Bytes32 {
  return writer
    .begin(typeHash.Task)
    .uint32("account", task.account)
    .bytes32(task.session)
    .uint32("seq", task.seq)
    .bytes32(task.modelId)
    .bytes32(task.promptCommit)
    .bytes32(task.paramsHash)
    .uint32("maxIn", task.maxIn)
    .uint32("maxOut", task.maxOut)
    .uint96("feeCapWei", task.feeCapWei)
    .uint64("deadline", task.deadline)
    .bytes32(task.userNonce)
    .uint8("privacy", PRIVACIES.indexOf(task.privacy))
    .uint8("redundancy", task.redundancy)
    .hash();
}

export function hashAssignment(assignment: Assignment): Bytes32 {
  return writer
    .begin(typeHash.Assignment)
    .bytes32(assignment.taskId)
    .address(assignment.miner)
    .uint8("replica", assignment.replica)
    .uint16("segment", assignment.segment)
    .uint32("from", assignment.from)
    .bytes32(assignment.kernelClass)
    .uint64("epoch", assignment.epoch)
    .uint64("expires", assignment.expires)
    .uint96("weiPerTokenIn", assignment.weiPerTokenIn)
    .uint96("weiPerTokenOut", assignment.weiPerTokenOut)
    .hash();
}

export function hashCheckpoint(checkpoint: Checkpoint): Bytes32 {
  return hashPosition(typeHash.Checkpoint, checkpoint);
}

export function hashAcknowledgement(acknowledgement: Acknowledgement): Bytes32 {
  return hashPosition(typeHash.Acknowledgement, acknowledgement);
}

export function hashResult(result: Result): Bytes32 {
  return writer
    .begin(typeHash.Result)
    .bytes32(result.taskId)
    .address(result.miner)
    .uint8("replica", result.replica)
    .uint16("segment", result.segment)
    .uint32("from", result.from)
    .uint32("to", result.to)
    .bytes32(result.tokenRoot)
    .bytes32(result.fpRoot)
    .bytes32(result.recipeHash)
    .bytes32(result.outCommit)
    .uint32("nIn", result.nIn)
    .uint32("nOut", result.nOut)
    .uint8("finish", FINISH_REASONS.indexOf(result.finish))
    .bytes32(result.kernelClass)
    .uint32("tFirstMs", result.tFirstMs)
    .uint32("tTotalMs", result.tTotalMs)
    .hash();
}

export function hashReceipt(receipt: Receipt): Bytes32 {
  return writer
    .begin(typeHash.Receipt)
    .bytes32(receipt.taskId)
    .uint32("account", receipt.account)
    .address(receipt.operator)
    .bytes32(receipt.resultsHash)
    .bytes32(receipt.payeesHash)
    .uint96("feeWei", receipt.feeWei)
    .uint32("nIn", receipt.nIn)
    .uint32("nOut", receipt.nOut)
    .uint8("custody", CUSTODIES.indexOf(receipt.custody))
    .uint8("finish", FINISH_REASONS.indexOf(receipt.finish))
    .uint64("epoch", receipt.epoch)
    .bytes32(receipt.splitsHash)
    .hash();
}

export function hashCreditNote(note: CreditNote): Bytes32 {
  return writer
    .begin(typeHash.CreditNote)
    .address(note.operator)
    .address(note.payee)
    .uint96("cumulativeWei", note.cumulativeWei)
    .bytes32(note.receiptsRoot)
    .uint32("count", note.count)
    .uint64("epoch", note.epoch)
    .hash();
}

/** Not signed itself: `leafHash` of it stands under a credit note's root. */
export function hashPaidSegment(paid: PaidSegment): Bytes32 {
  return writer
    .begin(typeHash.PaidSegment)
    .bytes32(paid.taskId)
    .uint8("replica", paid.replica)
    .uint16("segment", paid.segment)
    .uint96("netWei", paid.netWei)
    .hash();
}

export function hashDebit(debit: Debit): Bytes32 {
  return writer
    .begin(typeHash.Debit)
    .uint32("account", debit.account)
    .address(debit.lane)
    .uint96("cumulativeWei", debit.cumulativeWei)
    .bytes32(debit.receiptsRoot)
    .uint32("count", debit.count)
    .uint64("epoch", debit.epoch)
    .hash();
}

export function hashBatch(batch: Batch): Bytes32 {
  return writer
    .begin(typeHash.Batch)
    .bytes32(batch.root)
    .uint32("count", batch.count)
    .uint64("sequence", batch.sequence)
    .hash();
}

export function hashConnectionCertificate(certificate: ConnectionCertificate): Bytes32 {
  return writer
    .begin(typeHash.ConnectionCertificate)
    .address(certificate.node)
    .bytes32(certificate.connectionKey)
    .uint64("expires", certificate.expires)
    .hash();
}

export function hashAccess(access: Access): Bytes32 {
  return writer
    .begin(typeHash.Access)
    .uint32("account", access.account)
    .address(access.lane)
    .uint64("expires", access.expires)
    .hash();
}

export function hashSpendingKey(grant: SpendingKey): Bytes32 {
  return writer
    .begin(typeHash.SpendingKey)
    .uint32("account", grant.account)
    .address(grant.key)
    .uint96("capPerEpochWei", grant.capPerEpochWei)
    .uint96("totalCapWei", grant.totalCapWei)
    .uint64("expires", grant.expires)
    .hash();
}

function hashPosition(kind: Uint8Array, position: Checkpoint): Bytes32 {
  return writer
    .begin(kind)
    .bytes32(position.taskId)
    .address(position.miner)
    .uint8("replica", position.replica)
    .uint16("segment", position.segment)
    .uint32("position", position.position)
    .bytes32(position.tokenRoot)
    .hash();
}

function typeHashOf(name: StructName): Uint8Array {
  return keccak256Bytes(utf8ToBytes(typeString(name)));
}
