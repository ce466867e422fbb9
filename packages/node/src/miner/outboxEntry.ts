import {
  type Address,
  addressField,
  type Bytes32,
  type Checkpoint,
  checkpointSchema,
  weiField,
} from "@cortensor/protocol";
import { decodeNoticeBody, encodeNoticeBody, type ReofferedResult } from "@cortensor/wire";
import { z } from "zod";

/** A result whose receipt has not come, with all that its fee may be claimed by. */
export type OutboxEntry = {
  /** Whose routers owe the fee. */
  readonly operator: Address;
  readonly reoffered: ReofferedResult;
  /** What the whole result earns. */
  readonly owedWei: bigint;
  /** What the part earns that the router certainly has: a receipt below it is not believed. */
  readonly acknowledgedWei: bigint;
  /** The last checkpoint that the router acknowledged, if any. */
  readonly acknowledgement?: Checkpoint;
  /** A router said that it won't pay. Kept as evidence and counted, not offered again. */
  readonly isDisputed: boolean;
  readonly storedAtMs: number;
};

/** One result per task, replica and segment. */
export type EntryName = { readonly taskId: Bytes32; readonly replica: number; readonly segment: number };

export function entryKey({ taskId, replica, segment }: EntryName): string {
  return `${taskId}.${replica}.${segment}`;
}

const header = z.strictObject({
  operator: addressField,
  owedWei: weiField,
  acknowledgedWei: weiField,
  acknowledgement: checkpointSchema.optional(),
  isDisputed: z.boolean(),
  storedAtMs: z.number().nonnegative(),
});

const LENGTH_BYTES = 4;

/** Header length u32 ‖ header in JSON ‖ the result as it crosses the wire. */
export function encodeEntry(entry: OutboxEntry): Buffer {
  const { reoffered, acknowledgement, operator, owedWei, acknowledgedWei, isDisputed, storedAtMs } = entry;
  // What `header` reads, without its costs: this stands before each result on its way out.
  const wei = { owedWei: owedWei.toString(), acknowledgedWei: acknowledgedWei.toString() };
  const json = JSON.stringify({ operator, ...wei, acknowledgement, isDisputed, storedAtMs });
  const head = Buffer.from(json, "utf8");
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, encodeNoticeBody("reoffer", reoffered)]);
}

/** Throws when the bytes are not what `encodeEntry` wrote. */
export function decodeEntry(bytes: Buffer): OutboxEntry {
  const end = LENGTH_BYTES + bytes.readUInt32BE(0);
  const { acknowledgement, ...fields } = header.parse(JSON.parse(bytes.toString("utf8", LENGTH_BYTES, end)));
  return {
    ...fields,
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    reoffered: decodeNoticeBody("reoffer", Buffer.from(bytes.subarray(end))),
  };
}
