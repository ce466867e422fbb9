import { bytesToHex, concatBytes, sha256Bytes } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import { ProtocolError } from "./errors.js";
import { SET_BYTES_MAX, SET_CHUNK_BYTES_MAX, SET_ENTRIES_MAX, SET_PAYEES_MAX } from "./limits.js";
import { leafHash } from "./merkle.js";
import type { Address, Bytes32 } from "./primitives.js";
import { type SetTree, setTree } from "./setTree.js";

/** What one payee has of a task's fee, net of everybody else's part, in wei. */
export type SetPayee = { readonly payee: Address; readonly netWei: bigint };

/** What a settlement says of one task: no account, no client. */
export type SetEntry = {
  /** See `setEntryId`. */
  readonly id: Bytes32;
  /** That of the receipt. */
  readonly resultsHash: Bytes32;
  readonly feeWei: bigint;
  /** Each payee once, by address. What they leave of the fee is the operator's. */
  readonly payees: readonly SetPayee[];
};

/** A settlement's public record: every task that it pays, by id. */
export type SettlementSet = {
  readonly entries: readonly SetEntry[];
  /** All chunks joined: what is published. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`: under which it is published. */
  readonly setCid: Bytes32;
  /** As many whole entries as fit SET_CHUNK_BYTES_MAX, then the next: one way to cut a set. */
  readonly chunks: readonly Uint8Array[];
} & SetTree;

const HEAD_BYTES = 78;
const PAYEE_BYTES = 32;

/** The id of a task in a settlement set: `keccak256(abi.encode(taskId))`. */
export function setEntryId(taskId: Bytes32): Bytes32 {
  return leafHash(taskId);
}

/**
 * Packs a set: by id, each entry `id 32 ‖ resultsHash 32 ‖ feeWei 12 ‖ payee count 2 ‖ (payee 20 ‖ netWei 12)…`, big-endian. Takes
 * entries and payees in any order. Throws PROTOCOL_BAD_SET for none, an id or payee that comes twice, or more than fits.
 */
export function encodeSettlementSet(entries: readonly SetEntry[]): SettlementSet {
  if (entries.length === 0 || entries.length > SET_ENTRIES_MAX) refuse(0, `a set of ${entries.length} entries`);
  const ordered = [...entries].sort((left, right) => (left.id < right.id ? -1 : 1)).map(orderPayees);
  const packed = ordered.map(packEntry);
  return toSet(ordered, packed);
}

/** Reads a published set. Throws PROTOCOL_BAD_SET for bytes that `encodeSettlementSet` wouldn't have written. */
export function decodeSettlementSet(bytes: Uint8Array): SettlementSet {
  if (bytes.length > SET_BYTES_MAX) refuse(0, `more than ${SET_BYTES_MAX} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: SetEntry[] = [];
  const packed: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const index = entries.length;
    if (index >= SET_ENTRIES_MAX) refuse(index, `more than ${SET_ENTRIES_MAX} entries`);
    if (bytes.length - at < HEAD_BYTES) refuse(index, "it ends within its head");
    const count = view.getUint16(at + 76);
    if (count > SET_PAYEES_MAX) refuse(index, `${count} payees`);
    const end = at + HEAD_BYTES + count * PAYEE_BYTES;
    if (end > bytes.length) refuse(index, "it ends within its payees");
    entries.push(readEntry(bytes.subarray(at, end), view, at));
    packed.push(bytes.subarray(at, end));
    at = end;
  }
  if (entries.length === 0) refuse(0, "a set of 0 entries");
  return toSet(entries, packed);
}

function toSet(entries: readonly SetEntry[], packed: readonly Uint8Array[]): SettlementSet {
  for (const [index, entry] of entries.entries()) checkOrder(index, entry, entries[index - 1]);
  const chunks = cut(packed);
  const bytes = concatBytes(...chunks);
  if (bytes.length > SET_BYTES_MAX) refuse(entries.length - 1, `more than ${SET_BYTES_MAX} bytes`);
  return { entries, bytes, setCid: bytesToHex(sha256Bytes(bytes)), chunks, ...setTree(chunks) };
}

function checkOrder(index: number, { id, payees }: SetEntry, before: SetEntry | undefined): void {
  if (before !== undefined && before.id >= id)
    refuse(index, before.id === id ? "its id comes twice" : "its id is lower");
  for (const [place, { payee }] of payees.entries()) {
    const earlier = payees[place - 1];
    if (earlier !== undefined && earlier.payee >= payee) refuse(index, "its payees are not each once, by address");
  }
}

function orderPayees(entry: SetEntry): SetEntry {
  return { ...entry, payees: [...entry.payees].sort((left, right) => (left.payee < right.payee ? -1 : 1)) };
}

function packEntry({ id, resultsHash, feeWei, payees }: SetEntry, index: number): Uint8Array {
  if (payees.length > SET_PAYEES_MAX) refuse(index, `${payees.length} payees`);
  const writer = new ByteWriter();
  writer.hex(id, 32).hex(resultsHash, 32).uint("feeWei", feeWei, 12).uint("payees", payees.length, 2);
  for (const { payee, netWei } of payees) writer.hex(payee, 20).uint("netWei", netWei, 12);
  return writer.toBytes();
}

function readEntry(bytes: Uint8Array, view: DataView, at: number): SetEntry {
  const hex = (from: number, to: number) => bytesToHex(bytes.subarray(from, to));
  const wei = (from: number) => (BigInt(view.getUint32(at + from)) << 64n) | view.getBigUint64(at + from + 4);
  const payees = Array.from({ length: (bytes.length - HEAD_BYTES) / PAYEE_BYTES }, (_, index) => {
    const from = HEAD_BYTES + index * PAYEE_BYTES;
    return { payee: hex(from, from + 20), netWei: wei(from + 20) };
  });
  return { id: hex(0, 32), resultsHash: hex(32, 64), feeWei: wei(64), payees };
}

function cut(packed: readonly Uint8Array[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  let length = 0;
  for (const entry of packed) {
    if (length + entry.length > SET_CHUNK_BYTES_MAX) {
      chunks.push(concatBytes(...waiting));
      waiting = [];
      length = 0;
    }
    waiting.push(entry);
    length += entry.length;
  }
  chunks.push(concatBytes(...waiting));
  return chunks;
}

function refuse(entry: number, reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_SET", entry, reason });
}
