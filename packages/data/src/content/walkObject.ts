import { type Cid, RAW_CODEC } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { BLOCKS_AHEAD, DEPTH_MAX, OBJECT_BLOCKS_MAX, OBJECT_BYTES_MAX } from "./contentLimits.js";
import { decodeFileNode, type FilePart } from "./fileNode.js";

/** Gives a block, checked against its CID, from wherever it is. Throws where nobody has it. */
export type LoadBlock = (cid: Cid) => Promise<Uint8Array>;

/** A block of an object, as a walk meets it: in the order of the bytes, a node before its parts. */
export type WalkedBlock = { readonly cid: Cid; readonly block: Uint8Array; readonly bytes: Uint8Array | undefined };

/** What a walk has left of its bounds. */
type Budget = { readonly root: string; blocks: number; bytes: number };

/** Gives an object's bytes in order. Throws what `walkObject` throws. */
export async function* readObject(root: Cid, load: LoadBlock): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of walkObject(root, load)) if (bytes !== undefined && bytes.length > 0) yield bytes;
}

/**
 * Walks an object, whoever made it, a few blocks ahead of its reader. What it is said to hold is counted before it is loaded. Throws
 * CONTENT_OBJECT_TOO_LARGE, CONTENT_TOO_MANY_BLOCKS, CONTENT_TOO_WIDE, CONTENT_TOO_DEEP, CONTENT_MALFORMED_NODE, and what `load` throws.
 */
export async function* walkObject(root: Cid, load: LoadBlock): AsyncGenerator<WalkedBlock> {
  const budget: Budget = { root: root.toString(), blocks: OBJECT_BLOCKS_MAX - 1, bytes: OBJECT_BYTES_MAX };
  yield* walkPart({ cid: root, fileBytes: undefined }, { block: await load(root), load, budget, depth: 0 });
}

type Step = {
  readonly block: Uint8Array;
  readonly load: LoadBlock;
  readonly budget: Budget;
  readonly depth: number;
};

async function* walkPart(
  part: { readonly cid: Cid; readonly fileBytes: number | undefined },
  step: Step,
): AsyncGenerator<WalkedBlock> {
  const { cid } = part;
  const { block, budget, depth } = step;
  const node =
    cid.code === RAW_CODEC
      ? { kind: "bytes" as const, bytes: block, fileBytes: block.length }
      : decodeFileNode(cid, block);
  if (part.fileBytes !== undefined && node.fileBytes !== part.fileBytes) {
    const problem = `${node.fileBytes} bytes where ${part.fileBytes} were said`;
    throw new ContentError({ code: "CONTENT_MALFORMED_NODE", cid: cid.toString(), problem });
  }
  if (part.fileBytes === undefined) spendBytes(node.fileBytes, budget);
  if (node.kind === "bytes") {
    yield { cid, block, bytes: node.bytes };
    return;
  }
  if (depth >= DEPTH_MAX) throw new ContentError({ code: "CONTENT_TOO_DEEP", cid: budget.root, most: DEPTH_MAX });
  spendBlocks(node.parts.length, budget);
  yield { cid, block, bytes: undefined };
  for await (const { part: below, block: loaded } of loadAhead(node.parts, step.load)) {
    yield* walkPart(below, { ...step, block: loaded, depth: depth + 1 });
  }
}

/** Blocks of parts in order, the next few on their way already. */
async function* loadAhead(
  parts: readonly FilePart[],
  load: LoadBlock,
): AsyncGenerator<{ readonly part: FilePart; readonly block: Uint8Array }> {
  const coming: { readonly part: FilePart; readonly block: Promise<Uint8Array> }[] = [];
  let next = 0;
  while (next < parts.length || coming.length > 0) {
    while (coming.length < BLOCKS_AHEAD) {
      const part = parts[next];
      if (part === undefined) break;
      const block = load(part.cid);
      // Whoever awaits it in its turn hears of its failure; until then, or when nobody ever does, it isn't unhandled.
      block.catch(() => undefined);
      coming.push({ part, block });
      next += 1;
    }
    const first = coming.shift();
    if (first !== undefined) yield { part: first.part, block: await first.block };
  }
}

function spendBytes(bytes: number, budget: Budget): void {
  if (bytes > budget.bytes) {
    throw new ContentError({ code: "CONTENT_OBJECT_TOO_LARGE", bytes, most: OBJECT_BYTES_MAX });
  }
  budget.bytes -= bytes;
}

function spendBlocks(blocks: number, budget: Budget): void {
  if (blocks > budget.blocks) {
    throw new ContentError({ code: "CONTENT_TOO_MANY_BLOCKS", cid: budget.root, most: OBJECT_BLOCKS_MAX });
  }
  budget.blocks -= blocks;
}
