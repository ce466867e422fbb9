import { createNode, decode, encode } from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { type Cid, checkCid, cidOf, NODE_CODEC } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { FAN_OUT_MAX } from "./contentLimits.js";

/** A part of an object: what it holds of it, and how much it and all below weigh as blocks. */
export type FilePart = { readonly cid: Cid; readonly fileBytes: number };
export type WeighedPart = FilePart & { readonly dagBytes: number };

/** What a node of a file says: either its parts, in order, or bytes of its own. */
export type FileNode =
  | { readonly kind: "parts"; readonly parts: readonly FilePart[]; readonly fileBytes: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly fileBytes: number };

/** The node above these parts, as UnixFS writes it. */
export function encodeFileNode(parts: readonly WeighedPart[]): { readonly cid: Cid; readonly block: Uint8Array } {
  const file = new UnixFS({ type: "file" });
  for (const { fileBytes } of parts) file.addBlockSize(BigInt(fileBytes));
  const links = parts.map(({ cid, dagBytes }) => ({ Name: "", Tsize: dagBytes, Hash: cid }));
  const block = encode(createNode(file.marshal(), links));
  return { cid: cidOf(NODE_CODEC, block), block };
}

/**
 * Reads a node of a file. Throws CONTENT_TOO_WIDE, CONTENT_MALFORMED_NODE for anything else than a file whose sizes add up, and
 * what `checkCid` throws for a link.
 */
export function decodeFileNode(cid: Cid, block: Uint8Array): FileNode {
  const malformed = (problem: string, cause?: unknown) =>
    new ContentError({ code: "CONTENT_MALFORMED_NODE", cid: cid.toString(), problem }, { cause });
  const { node, file } = attempt(block, malformed);
  const links = node.Links.length;
  if (links > FAN_OUT_MAX) {
    throw new ContentError({ code: "CONTENT_TOO_WIDE", cid: cid.toString(), links, most: FAN_OUT_MAX });
  }
  if (file.type !== "file" && file.type !== "raw") throw malformed("not a file");
  const own = file.data ?? new Uint8Array(0);
  if (links !== file.blockSizes.length) throw malformed("as many sizes as links are due");
  if (links > 0 && own.length > 0) throw malformed("bytes of its own beside parts");
  if (links === 0) return { kind: "bytes", bytes: own, fileBytes: own.length };
  const parts = node.Links.map(({ Hash }, index) => {
    const fileBytes = Number(file.blockSizes[index]);
    if (!Number.isSafeInteger(fileBytes)) throw malformed("a part's size out of range");
    return { cid: checkCid(Hash), fileBytes };
  });
  const fileBytes = parts.reduce((sum, part) => sum + part.fileBytes, 0);
  if (!Number.isSafeInteger(fileBytes)) throw malformed("a size out of range");
  return { kind: "parts", parts, fileBytes };
}

function attempt(block: Uint8Array, malformed: (problem: string, cause: unknown) => ContentError) {
  try {
    const node = decode(block);
    return { node, file: UnixFS.unmarshal(node.Data ?? new Uint8Array(0)) };
  } catch (cause) {
    throw malformed("not a UnixFS node", cause);
  }
}
