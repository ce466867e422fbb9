import { assert } from "../errors.js";

/** The smallest frame; each further size is twice the one before. */
export const BUCKET_BYTES_MIN = 256;
/** The largest frame: as much as a link sends in one piece without keeping others waiting. */
export const BUCKET_BYTES_MAX = 65_536;
/** A frame begins with how many of its bytes are data. */
const LENGTH_BYTES = 4;

/** Bytes of data that a frame of so many bytes holds. */
export function bucketCapacity(bucket: number): number {
  return bucket - LENGTH_BYTES;
}

/** Whether a frame may have this size: 256 · 2^k, at most 64 KiB. */
export function isBucket(bytes: number): boolean {
  if (bytes < BUCKET_BYTES_MIN || bytes > BUCKET_BYTES_MAX) return false;
  return Number.isInteger(Math.log2(bytes));
}

/** The smallest frame that holds so much data; the largest where none does. */
export function bucketOf(dataBytes: number): number {
  let bucket = BUCKET_BYTES_MIN;
  while (bucketCapacity(bucket) < dataBytes && bucket < BUCKET_BYTES_MAX) bucket *= 2;
  return bucket;
}

/** Length u32 ‖ data ‖ zeros, `bucket` bytes in all. */
export function padTo(bucket: number, data: Uint8Array): Uint8Array {
  assert(isBucket(bucket) && data.length <= bucketCapacity(bucket), "a frame's data fits its bucket");
  const padded = new Uint8Array(bucket);
  new DataView(padded.buffer).setUint32(0, data.length);
  padded.set(data, LENGTH_BYTES);
  return padded;
}

/** The data of a padded frame; undefined where the size is no bucket, the length goes beyond it, or the padding isn't all zeros. */
export function unpad(padded: Uint8Array): Uint8Array | undefined {
  if (!isBucket(padded.length)) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset, padded.length).getUint32(0);
  if (length > bucketCapacity(padded.length)) return undefined;
  const end = LENGTH_BYTES + length;
  for (let at = end; at < padded.length; at += 1) if (padded[at] !== 0) return undefined;
  return padded.slice(LENGTH_BYTES, end);
}

/** What one frame carries, and how large it is. */
export type PaddedPart = { readonly data: Uint8Array; readonly bucket: number };

/**
 * A whole message in frames whose sizes add up to one of 256 · 2^k bytes, so that they tell the message's bucket and nothing else: one frame up to 64 KiB,
 * beyond that frames of 64 KiB each, the last of which may be empty. At least one frame.
 */
export function paddedParts(message: Uint8Array): readonly PaddedPart[] {
  let total = BUCKET_BYTES_MIN;
  while (messageCapacity(total) < message.length) total *= 2;
  const bucket = Math.min(total, BUCKET_BYTES_MAX);
  const capacity = bucketCapacity(bucket);
  return Array.from({ length: total / bucket }, (_, index) => ({
    data: message.subarray(index * capacity, (index + 1) * capacity),
    bucket,
  }));
}

function messageCapacity(total: number): number {
  const bucket = Math.min(total, BUCKET_BYTES_MAX);
  return (total / bucket) * bucketCapacity(bucket);
}
