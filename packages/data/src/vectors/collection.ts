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
import { linesOfSource } from "./sourceLines.js";
import { vectorFromBytes, vectorToBytes } from "./vectorBytes.js";
import { VectorError } from "./vectorError.js";
import { DIMENSION_MAX, STORE_CHUNKS_MAX } from "./vectorLimits.js";

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
  return merkleTree(entries.map(leafOf)).root;
}

function leafOf({ text, vector }: Pick<CollectionEntry, "text" | "vector">, index: number): Bytes32 {
  const place = Buffer.alloc(4);
  place.writeUInt32BE(index);
  const said = Buffer.from(keccak256(utf8ToBytes(text)).slice(2), "hex");
  return leafHash(keccak256(Buffer.concat([TAG, place, said, vectorToBytes(vector)])));
}

/** Entries one after another: a collection may be larger than memory. */
export type Entries = AsyncIterable<CollectionEntry> | Iterable<CollectionEntry>;

/** Says what entries are, and holds one of them at a time. They have one dimension at least, or VECTORS_BAD_VECTOR. */
export async function makeManifest(
  entries: Entries,
  { owner, embeddingModel }: Pick<CollectionManifest, "owner" | "embeddingModel">,
): Promise<CollectionManifest> {
  const leaves: Bytes32[] = [];
  let dimension = 0;
  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const entry of entries) {
      if (leaves.length === 0) dimension = entry.vector.length;
      if (entry.vector.length !== dimension || dimension === 0) throw notOfOneLength();
      leaves.push(leafOf(entry, leaves.length));
      yield lineOf(entry);
    }
    if (leaves.length === 0) throw notOfOneLength();
  }
  const { cid } = await cutObject(lines(), async () => undefined);
  const { root } = merkleTree(leaves);
  return {
    ...{ version: 1, kind: "collection", owner, embeddingModel, dimension },
    ...{ count: leaves.length, root, cid: cid.toString() },
  };
}

/** The manifest as the first line, then one line an entry: JSON Lines, one form for one collection. */
export async function* exportLines(manifest: CollectionManifest, entries: Entries): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${canonicalJson({ ...manifest })}\n`);
  for await (const entry of entries) yield lineOf(entry);
}

/** The same as a whole. */
export function exportCollection({ manifest, entries }: Collection): Uint8Array {
  return Buffer.concat([Buffer.from(`${canonicalJson({ ...manifest })}\n`), ...entries.map(lineOf)]);
}

/** An export whose manifest is read, and whose entries are still to come. */
export type OpenedCollection = {
  /** What it says that it is: true once all was read. */
  readonly said: CollectionManifest;
  /**
   * Reads it to its end, each entry handed on before the next is read; undefined where `take` wants no more. Throws what `openCollection` does,
   * VECTORS_BAD_VECTOR and VECTORS_ROOT_MISMATCH: only then is it known whether what was handed on was the collection's.
   */
  read(take: (entry: CollectionEntry) => Promise<boolean>): Promise<CollectionManifest | undefined>;
};

/** Opens an export of any size up to an object's, at most a line of it in memory. Throws VECTORS_MALFORMED. */
export async function openCollection(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<OpenedCollection> {
  const lines = linesOfSource(source);
  const first = await lines.next();
  const manifest = manifestSchema.safeParse(first.done === true ? undefined : parseLine(first.value));
  if (!manifest.success) throw malformed("no manifest in the first line");
  const said = manifest.data;
  return {
    said,
    async read(take) {
      let isStopped = false;
      let count = 0;
      async function* entries(): AsyncGenerator<CollectionEntry> {
        for await (const line of lines) {
          count += 1;
          if (count > said.count) throw malformed(`more entries than the ${said.count} of the manifest`);
          const entry = toEntry(line, said.dimension);
          isStopped = !(await take(entry));
          yield entry;
          if (isStopped) return;
        }
        if (count !== said.count) throw malformed(`${count} entries, the manifest says ${said.count}`);
      }
      const found = await makeManifest(entries(), said);
      if (isStopped) return undefined;
      for (const name of ["root", "cid"] as const) {
        const [expected, is] = [said[name], found[name]];
        if (is !== expected) throw new VectorError({ code: "VECTORS_ROOT_MISMATCH", expected, found: is });
      }
      return found;
    },
  };
}

/** Reads and checks an export as a whole: count, dimension, root and CID. Throws VECTORS_MALFORMED, VECTORS_BAD_VECTOR, VECTORS_ROOT_MISMATCH. */
export async function importCollection(bytes: Uint8Array): Promise<Collection> {
  const entries: CollectionEntry[] = [];
  const opened = await openCollection([bytes]);
  await opened.read(async (entry) => {
    entries.push(entry);
    return true;
  });
  return { manifest: opened.said, entries };
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

function lineOf({ vector, attributes, ...entry }: CollectionEntry): Uint8Array {
  const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(
    `${canonicalJson({ ...entry, attributes: sorted, vector: vectorToBytes(vector).toString("base64") })}\n`,
  );
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

function notOfOneLength(): VectorError {
  return new VectorError({ code: "VECTORS_BAD_VECTOR", reason: "a collection has vectors, all of one length" });
}
