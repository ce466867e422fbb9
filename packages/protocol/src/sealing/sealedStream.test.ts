import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../bytes.js";
import type { Bytes32 } from "../primitives.js";
import { bytesOf } from "../test/aSealing.js";
import { aWord } from "../test/aTask.js";
import { type Aead, portableAead } from "./aead.js";
import { bucketOf, padTo } from "./padding.js";
import { decodeSealedFrame, encodeSealedFrame, type SealDirection, type SealedFrame } from "./sealedFrame.js";
import { StreamOpener, StreamSealer, type StreamSetup, streamKey } from "./sealedStream.js";

const DATA_KEY = bytesOf("data key");
const OPENING = bytesOf("opening");
const LIMITS = { framesMax: 64, bytesMax: 100_000 };

function setupOf(
  changes: { taskId?: Bytes32; direction?: SealDirection; limits?: typeof LIMITS; aead?: Aead } = {},
): StreamSetup {
  const { taskId = aWord("task"), direction = "down", limits = LIMITS, aead = portableAead } = changes;
  const id = { suite: "x25519", taskId, direction } as const;
  return { id, key: streamKey(id, DATA_KEY, OPENING), aead, limits };
}

function framesOf(parts: readonly Uint8Array[], setup: StreamSetup = setupOf()): readonly SealedFrame[] {
  const sealer = new StreamSealer(setup);
  return parts.map((data, index) =>
    sealer.seal({ data, bucket: bucketOf(data.length), isFinal: index === parts.length - 1 }),
  );
}

/** What a receiver makes of frames: their data, or the name of what it refused. */
function read(frames: readonly SealedFrame[], setup: StreamSetup = setupOf()): Uint8Array | string {
  const opener = new StreamOpener(setup);
  const parts: Uint8Array[] = [];
  for (const frame of frames) {
    const opened = opener.open(frame);
    if (opened.kind === "refused") {
      expect(opener.open(frame)).toEqual(opened);
      expect(opener.end()).toEqual(opened);
      return opened.refusal;
    }
    parts.push(opened.data);
  }
  return opener.end()?.refusal ?? concatBytes(...parts);
}

const text = (...words: string[]) => words.map((word) => new TextEncoder().encode(word));
const THREE = framesOf(text("one", "two", "three"));

/** A frame of a stream of three. */
function frame(index: number, of: readonly SealedFrame[] = THREE): SealedFrame {
  const found = of[index];
  if (found === undefined) throw new Error("a stream of three frames");
  return found;
}

describe("a sealed stream", () => {
  it("gives what was sealed, however it was cut, through its bytes", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.constantFrom<SealDirection>("up", "down"), (data, direction) => {
        const setup = setupOf({ direction });
        const sent = framesOf(data, setup).map((one) => decodeSealedFrame(encodeSealedFrame(one)));
        expect(read(sent, setup)).toEqual(concatBytes(...data));
      }),
      { numRuns: 60 },
    );
  });

  it("may be empty: its one frame says so", () => {
    expect(read(framesOf([new Uint8Array(0)]))).toEqual(new Uint8Array(0));
    expect(read([])).toBe("truncated");
  });

  it("tells of its frames nothing but their bucket", () => {
    const lengths = framesOf([1, 100, 252, 253, 508].map((length) => new Uint8Array(length))).map(
      (one) => one.sealed.length,
    );
    expect(lengths).toEqual([272, 272, 272, 528, 528]);
  });

  it("refuses to end before its last frame", () => {
    expect(read(THREE.slice(0, 2))).toBe("truncated");
  });

  it("refuses a last frame made of another", () => {
    expect(read([frame(0), { ...frame(1), isFinal: true }])).toBe("tampered");
    expect(read([frame(0), frame(1), { ...frame(2), isFinal: false }])).toBe("tampered");
  });

  it("refuses frames in another order", () => {
    expect(read([frame(1), frame(0), frame(2)])).toBe("outOfOrder");
    expect(read([{ ...frame(1), seq: 0 }, { ...frame(0), seq: 1 }, frame(2)])).toBe("tampered");
  });

  it("refuses a frame that came before, also behind the end", () => {
    expect(read([frame(0), frame(1), frame(1)])).toBe("repeated");
    expect(read([...THREE, frame(2)])).toBe("repeated");
  });

  it("refuses frames behind the last", () => {
    expect(read([...THREE, { ...frame(2), seq: 3 }])).toBe("afterEnd");
  });

  it("refuses a frame of another task, named or not", () => {
    const other = framesOf(text("one", "two", "three"), setupOf({ taskId: aWord("another task") }));
    expect(read([frame(0), frame(1, other), frame(2)])).toBe("otherTask");
    expect(read([frame(0), { ...frame(1, other), taskId: aWord("task") }, frame(2)])).toBe("tampered");
  });

  it("refuses a frame of the other direction, named or not", () => {
    const other = framesOf(text("one", "two", "three"), setupOf({ direction: "up" }));
    expect(read([frame(0), frame(1, other), frame(2)])).toBe("otherDirection");
    expect(read([frame(0), { ...frame(1, other), direction: "down" }, frame(2)])).toBe("tampered");
  });

  it("refuses a frame of the same task under another opening: a stream that began again", () => {
    const setup = setupOf();
    const again = framesOf(text("one", "two", "three"), {
      ...setup,
      key: streamKey(setup.id, DATA_KEY, bytesOf("another opening")),
    });
    expect(read([frame(0), frame(1, again), frame(2)])).toBe("tampered");
  });

  it("refuses another suite's frames", () => {
    const setup = setupOf();
    const id = { ...setup.id, suite: "xwing" } as const;
    expect(read(framesOf(text("one"), { ...setup, id }))).toBe("tampered");
    expect(streamKey(id, DATA_KEY, OPENING)).not.toEqual(setup.key);
  });

  it("refuses every bit of its text when it is turned", () => {
    const length = frame(0).sealed.length;
    fc.assert(
      fc.property(fc.nat(8 * length - 1), (bit) => {
        const sealed = frame(0).sealed.slice();
        sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(read([{ ...frame(0), sealed }])).toBe("tampered");
      }),
      { numRuns: 200 },
    );
  });

  it("refuses padding that isn't zeros, and a length beyond the frame", () => {
    const dirty = (change: (padded: Uint8Array) => void): readonly SealedFrame[] =>
      framesOf(
        text("one"),
        setupOf({
          aead: {
            ...portableAead,
            seal: (key, box) => {
              const data = box.data.slice();
              change(data);
              return portableAead.seal(key, { ...box, data });
            },
          },
        }),
      );
    expect(read(dirty((data) => data.fill(1, 255)))).toBe("badPadding");
    expect(read(dirty((data) => data.set([0, 0, 0, 253], 0)))).toBe("badPadding");
    expect(read(dirty((data) => data.set(padTo(256, text("two")[0] ?? data), 0)))).toEqual(text("two")[0]);
  });

  it("refuses more frames, and more bytes, than it may have, to the frame and the byte", () => {
    const parts = [new Uint8Array(100), new Uint8Array(100), new Uint8Array(100)];
    const within = (limits: typeof LIMITS) => read(framesOf(parts), setupOf({ limits }));
    expect(within({ framesMax: 3, bytesMax: 300 })).toEqual(new Uint8Array(300));
    expect(within({ framesMax: 2, bytesMax: 300 })).toBe("tooManyFrames");
    expect(within({ framesMax: 3, bytesMax: 299 })).toBe("tooManyBytes");
    expect(() => framesOf(parts, setupOf({ limits: { framesMax: 2, bytesMax: 300 } }))).toThrow(
      "PROTOCOL_ASSERTION_FAILED",
    );
  });

  it("isn't sealed on behind its end", () => {
    const sealer = new StreamSealer(setupOf());
    const part = { data: new Uint8Array(0), bucket: 256 };
    sealer.seal({ ...part, isFinal: true });
    expect(() => sealer.seal({ ...part, isFinal: false })).toThrow("PROTOCOL_ASSERTION_FAILED");
  });
});
