import { CarReader, CarWriter } from "@ipld/car";
import { CID } from "multiformats/cid";
import { type Cid, checkCid, isNamed } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import {
  BLOCK_BYTES_MAX,
  CAR_HEADER_BYTES_MAX,
  CAR_ROOTS_MAX,
  OBJECT_BLOCKS_MAX,
  OBJECT_BYTES_MAX,
} from "./contentLimits.js";
import type { WalkedBlock } from "./walkObject.js";

/** A block as a CAR file holds it, checked. */
export type CarBlock = { readonly cid: Cid; readonly block: Uint8Array };

/** A CID beside its block: the longest that is read here. */
const CID_BYTES_MAX = 64;
/** Bytes of a frame's length. */
const VARINT_BYTES_MAX = 5;
/** Nodes above the leaves, and CIDs, weigh less than this part of the bytes. */
const OVERHEAD = 1.25;

/** Writes an object as a CAR file of version 1: its root in the header, each block once, a node before its parts. */
export async function* writeCar(root: Cid, walk: AsyncIterable<WalkedBlock>): AsyncGenerator<Uint8Array> {
  const { writer, out } = CarWriter.create([root]);
  const written = writeBlocks(writer, walk);
  // It is awaited below; until then a failure isn't unhandled, and ends the file instead of leaving its reader waiting.
  written.catch(() => undefined);
  yield* out;
  await written;
}

async function writeBlocks(
  writer: ReturnType<typeof CarWriter.create>["writer"],
  walk: AsyncIterable<WalkedBlock>,
): Promise<void> {
  const seen = new Set<string>();
  try {
    for await (const { cid, block } of walk) {
      const key = cid.toString();
      if (seen.has(key)) continue;
      seen.add(key);
      await writer.put({ cid, bytes: block });
    }
  } finally {
    await writer.close();
  }
}

/**
 * Reads a CAR file as it comes, each block checked against its CID. `roots` is called before the first block. Throws CONTENT_BAD_CAR for one that is cut off,
 * malformed or larger than a few objects may be; CONTENT_MISMATCH for a block that isn't what it is named; CONTENT_BLOCK_TOO_LARGE, and
 * what `checkCid` throws.
 */
export async function* readCar(
  source: AsyncIterable<Uint8Array>,
  onRoots: (roots: readonly Cid[]) => void,
): AsyncGenerator<CarBlock> {
  const frames = new FrameReader(source);
  const header = await frames.next(CAR_HEADER_BYTES_MAX);
  if (header === undefined) throw bad("empty");
  const roots = await readRoots(header);
  onRoots(roots);
  let blocks = 0;
  let bytes = 0;
  for (;;) {
    const frame = await frames.next(BLOCK_BYTES_MAX + CID_BYTES_MAX);
    if (frame === undefined) return;
    const { cid, block } = readBlock(frame.bytes);
    blocks += 1;
    bytes += block.length;
    if (blocks > OBJECT_BLOCKS_MAX * roots.length) throw bad("more blocks than its roots may have");
    if (bytes > OBJECT_BYTES_MAX * OVERHEAD * roots.length) throw bad("larger than its roots may be");
    yield { cid, block };
  }
}

async function readRoots(header: Frame): Promise<readonly Cid[]> {
  let roots: readonly CID[];
  try {
    roots = await (await CarReader.fromBytes(header.withLength)).getRoots();
  } catch (cause) {
    throw new ContentError({ code: "CONTENT_BAD_CAR", problem: "a malformed header" }, { cause });
  }
  if (roots.length < 1 || roots.length > CAR_ROOTS_MAX) throw bad(`${roots.length} roots, not 1 to ${CAR_ROOTS_MAX}`);
  return roots.map(checkCid);
}

function readBlock(frame: Uint8Array): CarBlock {
  const { cid, block } = split(frame);
  const checked = checkCid(cid);
  if (block.length > BLOCK_BYTES_MAX) {
    throw new ContentError({ code: "CONTENT_BLOCK_TOO_LARGE", bytes: block.length, most: BLOCK_BYTES_MAX });
  }
  if (!isNamed(checked, block)) {
    throw new ContentError({ code: "CONTENT_MISMATCH", cid: checked.toString(), source: "CAR file" });
  }
  return { cid: checked, block };
}

function split(frame: Uint8Array): { readonly cid: CID; readonly block: Uint8Array } {
  try {
    const [cid, block] = CID.decodeFirst(frame);
    return { cid, block };
  } catch (cause) {
    throw new ContentError({ code: "CONTENT_BAD_CAR", problem: "a block without a CID" }, { cause });
  }
}

type Frame = { readonly bytes: Uint8Array; readonly withLength: Uint8Array };

/** Cuts a stream at its lengths. Holds one frame, and what came with it. */
class FrameReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next frame; undefined at the end. A frame that says it is longer than `most` is refused before it is read. */
  async next(most: number): Promise<Frame | undefined> {
    const length = await this.#length();
    if (length === undefined) return undefined;
    if (length.value === 0) throw bad("an empty frame");
    if (length.value > most) throw bad(`a frame of ${length.value} bytes, at most ${most}`);
    const end = length.bytes + length.value;
    if (!(await this.#fill(end))) throw bad("cut off");
    const withLength = this.#held.subarray(0, end);
    this.#held = this.#held.subarray(end);
    return { bytes: withLength.subarray(length.bytes), withLength };
  }

  async #length(): Promise<{ readonly value: number; readonly bytes: number } | undefined> {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
      if (!(await this.#fill(index + 1))) {
        if (index === 0) return undefined;
        throw bad("cut off");
      }
      const byte = this.#held[index] ?? 0;
      value += (byte & 0x7f) * 0x80 ** index;
      if (byte < 0x80) return { value, bytes: index + 1 };
    }
    throw bad("a length without an end");
  }

  /** False when the stream ends before there are so many bytes. */
  async #fill(bytes: number): Promise<boolean> {
    const parts = [this.#held];
    let held = this.#held.length;
    while (held < bytes) {
      const { done, value } = await this.#source.next();
      if (done === true) break;
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      held += value.length;
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts);
    return held >= bytes;
  }
}

function bad(problem: string): ContentError {
  return new ContentError({ code: "CONTENT_BAD_CAR", problem });
}
