import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FramePace, fillFrame, nextFrameAt } from "./framePace.js";
import { BUCKET_BYTES_MAX, bucketCapacity, bucketOf, isBucket, paddedParts, padTo, unpad } from "./padding.js";

const times = fc.record({
  startMs: fc.nat(1_000_000),
  stepMs: fc.integer({ min: 1, max: 1_000 }),
  waits: fc.array(fc.nat(3_000), { maxLength: 40 }),
});

describe("frames at fixed steps", () => {
  it("leave at whole steps from the start, one a step, never before now and never more than a step after it", () => {
    fc.assert(
      fc.property(times, ({ startMs, stepMs, waits }) => {
        let pace: FramePace = { startMs, stepMs, lastStep: -1 };
        let nowMs = startMs;
        for (const wait of waits) {
          nowMs += wait;
          const { step, atMs } = nextFrameAt(pace, nowMs);
          expect(atMs).toBe(startMs + step * stepMs);
          expect(step).toBeGreaterThan(pace.lastStep);
          expect(atMs).toBeGreaterThanOrEqual(nowMs);
          const isFirstFree = atMs - stepMs < nowMs || step === pace.lastStep + 1;
          expect(isFirstFree).toBe(true);
          pace = { ...pace, lastStep: step };
          nowMs = atMs;
        }
      }),
    );
  });

  it("leave at the same times whatever is said, as long as the sender is never late", () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.nat(60_000)),
        (startMs, stepMs, said) => {
          let pace: FramePace = { startMs, stepMs, lastStep: -1 };
          const sentAt = said.map(() => {
            const { step, atMs } = nextFrameAt(pace, startMs + (pace.lastStep + 1) * stepMs);
            pace = { ...pace, lastStep: step };
            return atMs;
          });
          expect(sentAt).toEqual(said.map((_, index) => startMs + index * stepMs));
        },
      ),
    );
  });

  it("aren't made up for when the sender was late", () => {
    expect(nextFrameAt({ startMs: 100, stepMs: 50, lastStep: 1 }, 371)).toEqual({ step: 6, atMs: 400 });
    expect(nextFrameAt({ startMs: 100, stepMs: 50, lastStep: 1 }, 350)).toEqual({ step: 5, atMs: 350 });
    expect(nextFrameAt({ startMs: 100, stepMs: 50, lastStep: -1 }, 0)).toEqual({ step: 0, atMs: 100 });
  });

  it("carry what waits in order, leave when nothing does, and end when all is said", () => {
    fc.assert(
      fc.property(fc.nat(300_000), (bytes) => {
        let left = bytes;
        let frames = 0;
        for (let isFinal = false; !isFinal; frames += 1) {
          const fill = fillFrame({ bytes: left, hasEnded: true });
          expect(fill.bucket).toBe(bucketOf(fill.dataBytes));
          left -= fill.dataBytes;
          isFinal = fill.isFinal;
        }
        expect(left).toBe(0);
        expect(frames).toBe(Math.max(1, Math.ceil(bytes / bucketCapacity(BUCKET_BYTES_MAX))));
      }),
    );
    expect(fillFrame({ bytes: 0, hasEnded: false })).toEqual({ dataBytes: 0, bucket: 256, isFinal: false });
  });
});

describe("padding", () => {
  it("comes off as it went on, and takes the smallest bucket", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (data) => {
        const bucket = bucketOf(data.length);
        expect(isBucket(bucket)).toBe(true);
        expect(bucket === 256 || bucketCapacity(bucket / 2) < data.length).toBe(true);
        expect(unpad(padTo(bucket, data))).toEqual(data);
      }),
    );
  });

  it("of a whole message adds up to 256 · 2^k, less than twice what it must be", () => {
    fc.assert(
      fc.property(fc.nat(2_000_000), (length) => {
        const parts = paddedParts(new Uint8Array(length));
        const total = parts.reduce((sum, part) => sum + part.bucket, 0);
        expect(Number.isInteger(Math.log2(total / 256))).toBe(true);
        expect(parts.reduce((sum, part) => sum + part.data.length, 0)).toBe(length);
        expect(parts.every((part) => part.data.length <= bucketCapacity(part.bucket))).toBe(true);
        expect(total === 256 || total / 2 - 4 * Math.max(1, total / 2 / BUCKET_BYTES_MAX) < length).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses sizes that are no bucket", () => {
    for (const bytes of [0, 128, 255, 257, 384, 131_072]) {
      expect(isBucket(bytes)).toBe(false);
      expect(unpad(new Uint8Array(bytes))).toBeUndefined();
    }
    expect(() => padTo(300, new Uint8Array(1))).toThrow("PROTOCOL_ASSERTION_FAILED");
    expect(() => padTo(256, new Uint8Array(253))).toThrow("PROTOCOL_ASSERTION_FAILED");
  });
});
