import { assert } from "../errors.js";
import { BUCKET_BYTES_MAX, bucketCapacity, bucketOf } from "./padding.js";

/** When a stream's frames may leave: at its start, and then every step, whatever there is to say. */
export type FramePace = {
  /** Monotonic milliseconds. */
  readonly startMs: number;
  readonly stepMs: number;
  /** The last step that was used, counted from 0; −1 before the first. */
  readonly lastStep: number;
};

/** The step at which the next frame leaves. A sender that was late doesn't make up for it: steps that passed stay empty. */
export function nextFrameAt(pace: FramePace, nowMs: number): { readonly step: number; readonly atMs: number } {
  const { startMs, stepMs, lastStep } = pace;
  assert(stepMs > 0, "a step takes time");
  const due = Math.ceil((nowMs - startMs) / stepMs);
  const step = Math.max(lastStep + 1, due, 0);
  return { step, atMs: startMs + step * stepMs };
}

/** What the frame of one step holds. */
export type FrameFill = {
  /** Of the bytes that wait, the first so many; may be none: the frame leaves all the same. */
  readonly dataBytes: number;
  readonly bucket: number;
  readonly isFinal: boolean;
};

/**
 * What of the waiting bytes goes with the next frame. It depends on how much waits, never on what: a frame grows only where it must. The last frame is
 * the first that leaves nothing behind after the stream has ended.
 */
export function fillFrame(waiting: { readonly bytes: number; readonly hasEnded: boolean }): FrameFill {
  const dataBytes = Math.min(waiting.bytes, bucketCapacity(BUCKET_BYTES_MAX));
  return { dataBytes, bucket: bucketOf(dataBytes), isFinal: waiting.hasEnded && dataBytes === waiting.bytes };
}
