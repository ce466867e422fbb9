import {
  ATTRIBUTES_MAX,
  type Bytes32,
  isBytes32,
  keccak256,
  leafHash,
  merkleTree,
  utf8ToBytes,
} from "@cortensor/protocol";
import { z } from "zod";
import { cutObject } from "../content/cutObject.js";
import { canonicalJson } from "../sinks/record/canonicalJson.js";
import type { Attributes } from "./attributeFilter.js";
import { vectorFromBytes, vectorToBytes } from "./vectorBytes.js";
import { VectorError } from "./vectorError.js";
import { COLLECTION_LINE_BYTES_MAX, DIMENSION_MAX, STORE_CHUNKS_MAX } from "./vectorLimits.js";

/** One text with its vector, and the file that it is of. */
export type CollectionEntry = {
  readonly file: string;
  readonly filename: string;
  readonly attributes: Attributes;
  readonly text: string;
  readonly vector: Float32Array;
};

/** What a collection consists of, without a word of it. `root` covers every text and every number, in their order. */
export type CollectionManifest = {
  readonly version: 1;
  readonly kind: "collection";
  /** Whose it is: who may grant it. */
  readonly owner: string;
  readonly embeddingModel: string;
  readonly dimension: number;
  readonly count: number;
  readonly root: Bytes32;
  /** Of the entries' lines, as they are exported. */
  readonly cid: string;
};

export type Collection = { readonly manifest: CollectionManifest; readonly entries: readonly CollectionEntry[] };

const TAG = utf8ToBytes("cortensor vector v1");

/**
 * The Merkle root over a collection: leaf `i` is of `keccak256("cortensor vector v1" ‖ i u32 ‖ keccak256(text) ‖ the vector, 32-bit floats, little-endian)`. Whoever changes one
 * number, one text, or the order, has another root.
 */
export function rootOfEntries(entries: readonly Pick<CollectionEntry, "text" | "vector">[]): Bytes32 {
  return merkleTree(
    entries.map(({ text, vector }, index) => {
      const place = Buffer.alloc(4);
      place.writeUInt32BE(index);
      const said = Buffer.from(keccak256(utf8ToBytes(text)).slice(2), "hex");
      return leafHash(keccak256(Buffer.concat([TAG, place, said, vectorToBytes(vector)])));
    }),
  ).root;
}

/** Says what entries are. They have one dimension at least, or VECTORS_BAD_VECTOR. */
export async function makeManifest(
  entries: readonly CollectionEntry[],
  { owner, embeddingModel }: Pick<CollectionManifest, "owner" | "embeddingModel">,
): Promise<CollectionManifest> {
  const dimension = entries[0]?.vector.length ?? 0;
  if (dimension === 0 || entries.some(({ vector }) => vector.length !== dimension)) {
    throw new VectorError({ code: "VECTORS_BAD_VECTOR", reason: "a collection has vectors, all of one length" });
  }
  const { cid } = await cutObject([linesOf(entries)], async () => undefined);
  const root = rootOfEntries(entries);
  return {
    ...{ version: 1, kind: "collection", owner, embeddingModel, dimension },
    ...{ count: entries.length, root, cid: cid.toString() },
  };
}

/** The manifest as the first line, then one line an entry: JSON Lines, one form for one collection. */
export function exportCollection({ manifest, entries }: Collection): Uint8Array {
  return Buffer.concat([Buffer.from(`${canonicalJson({ ...manifest })}\n`), linesOf(entries)]);
}

/** Reads and checks an export: count, dimension, root and CID. Throws VECTORS_MALFORMED, VECTORS_BAD_VECTOR, VECTORS_ROOT_MISMATCH. */
export async function importCollection(bytes: Uint8Array): Promise<Collection> {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8").split("\n");
  if (lines.pop() !== "" || lines.length < 2) throw malformed("no whole lines");
  if (lines.length > STORE_CHUNKS_MAX + 1) throw malformed(`more than ${STORE_CHUNKS_MAX} entries`);
  if (lines.some((line) => line.length > COLLECTION_LINE_BYTES_MAX)) throw malformed("a line that is too long");
  const [first, ...rest] = lines;
  const manifest = manifestSchema.safeParse(parseLine(first ?? ""));
  if (!manifest.success) throw malformed("no manifest in the first line");
  const { root, ...said } = manifest.data;
  const entries = rest.map((line) => toEntry(line, said.dimension));
  if (entries.length !== said.count) throw malformed(`${entries.length} entries, the manifest says ${said.count}`);
  const found = rootOfEntries(entries);
  if (found !== root) throw new VectorError({ code: "VECTORS_ROOT_MISMATCH", expected: root, found });
  const again = await makeManifest(entries, said);
  if (again.cid !== said.cid)
    throw new VectorError({ code: "VECTORS_ROOT_MISMATCH", expected: said.cid, found: again.cid });
  return { manifest: again, entries };
}

const bytes32 = z.string().refine(isBytes32, "32 bytes in hex");
const manifestSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal("collection"),
  owner: z.string().min(1).max(200),
  embeddingModel: z.string().min(1).max(256),
  dimension: z.int().min(1).max(DIMENSION_MAX),
  count: z.int().min(1).max(STORE_CHUNKS_MAX),
  root: bytes32,
  cid: z.string().min(1).max(128),
});
const attribute = z.union([z.string().max(512), z.number(), z.boolean()]);
const entrySchema = z.strictObject({
  file: z.string().min(1).max(128),
  filename: z.string().max(255),
  attributes: z.record(z.string().max(64), attribute).refine((all) => Object.keys(all).length <= ATTRIBUTES_MAX),
  text: z.string(),
  vector: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
});

function linesOf(entries: readonly CollectionEntry[]): Uint8Array {
  const lines = entries.map(({ vector, attributes, ...entry }) => {
    const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    return `${canonicalJson({ ...entry, attributes: sorted, vector: vectorToBytes(vector).toString("base64") })}\n`;
  });
  return Buffer.from(lines.join(""));
}

function toEntry(line: string, dimension: number): CollectionEntry {
  const parsed = entrySchema.safeParse(parseLine(line));
  if (!parsed.success) throw malformed("an entry that can't be read");
  return { ...parsed.data, vector: vectorFromBytes(Buffer.from(parsed.data.vector, "base64"), dimension) };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function malformed(reason: string): VectorError {
  return new VectorError({ code: "VECTORS_MALFORMED", reason });
}
