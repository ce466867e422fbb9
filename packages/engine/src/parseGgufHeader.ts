import { GgufCursor } from "./ggufCursor.js";
import { refuseGguf } from "./ggufRefusal.js";
import { type GgufTensor, parseGgufTensors } from "./parseGgufTensors.js";

/** More metadata entries than any published model has, few enough to hold. */
const METADATA_ENTRIES_MAX = 4_096;
/** The largest published models have some ten thousand tensors. */
const TENSORS_MAX = 65_536;
/** Format limit. */
const KEY_BYTES_MAX = 65_535;
/** Chat templates are the longest strings; published ones stay below 64 KiB. */
const STRING_BYTES_MAX = 1_048_576;
/** Vocabularies and merge lists are the longest arrays; published ones stay below 2²⁰. */
const ARRAY_ELEMENTS_MAX = 4_194_304;
const ALIGNMENT_DEFAULT = 32;
const ALIGNMENT_MAX = 65_536;
const VERSIONS = [2, 3];

export type MetadataValue = number | bigint | boolean | string | MetadataArray;
export type MetadataArray = {
  readonly kind: "array";
  readonly values: readonly (number | bigint | boolean | string)[];
};

export type GgufParts = {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: readonly GgufTensor[];
  /** Where tensor data begins in the file. */
  readonly dataOffset: number;
};

/**
 * Parses the part of a GGUF file before its tensor data. Pure. `bytes` is a prefix of a file of `fileBytes` bytes.
 * Returns undefined when the prefix is too short but the file is not.
 * @throws CodedError ENGINE_MODEL_TRUNCATED, ENGINE_MODEL_MALFORMED
 */
export function parseGgufHeader(bytes: Uint8Array, fileBytes: number): GgufParts | undefined {
  const cursor = new GgufCursor(bytes, fileBytes);
  try {
    return parseParts(cursor, fileBytes);
  } catch (cause) {
    if (cursor.ranOut(cause)) return undefined;
    throw cause;
  }
}

function parseParts(cursor: GgufCursor, fileBytes: number): GgufParts {
  if (cursor.latin1(4) !== "GGUF") refuseGguf("it does not begin with GGUF");
  const version = cursor.u32();
  if (!VERSIONS.includes(version)) refuseGguf(`its version ${version} is not one of ${VERSIONS.join(", ")}`);
  const tensorCount = cursor.count("tensor count", TENSORS_MAX);
  const entryCount = cursor.count("metadata count", METADATA_ENTRIES_MAX);
  if (tensorCount === 0) refuseGguf("it holds no tensors");
  const metadata = parseMetadata(cursor, entryCount);
  const alignment = alignmentOf(metadata);
  const { tensors, dataOffset } = parseGgufTensors(cursor, { tensorCount, alignment, fileBytes });
  return { version, metadata, tensors, dataOffset };
}

function parseMetadata(cursor: GgufCursor, entryCount: number): ReadonlyMap<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  for (let entry = 0; entry < entryCount; entry++) {
    const key = cursor.text("a metadata key", KEY_BYTES_MAX);
    if (key === "") refuseGguf("a metadata key is empty");
    if (metadata.has(key)) refuseGguf(`metadata key ${JSON.stringify(key)} occurs twice`);
    metadata.set(key, parseValue(cursor, key));
  }
  return metadata;
}

const ARRAY_TYPE = 9;

function parseValue(cursor: GgufCursor, key: string): MetadataValue {
  const type = cursor.u32();
  if (type !== ARRAY_TYPE) return scalarReader(cursor, { type, key })();
  const elementType = cursor.u32();
  if (elementType === ARRAY_TYPE) refuseGguf(`metadata ${JSON.stringify(key)} is an array of arrays`);
  const length = cursor.count(`length of ${JSON.stringify(key)}`, ARRAY_ELEMENTS_MAX);
  const read = scalarReader(cursor, { type: elementType, key });
  const values: (number | bigint | boolean | string)[] = [];
  for (let index = 0; index < length; index++) values.push(read());
  return { kind: "array", values };
}

function scalarReader(
  cursor: GgufCursor,
  { type, key }: { readonly type: number; readonly key: string },
): () => number | bigint | boolean | string {
  switch (type) {
    case 0:
      return () => cursor.u8();
    case 1:
      return () => cursor.i8();
    case 2:
      return () => cursor.u16();
    case 3:
      return () => cursor.i16();
    case 4:
      return () => cursor.u32();
    case 5:
      return () => cursor.i32();
    case 6:
      return () => cursor.f32();
    case 7:
      return () => cursor.bool(key);
    case 8:
      return () => cursor.text(`metadata ${JSON.stringify(key)}`, STRING_BYTES_MAX);
    case 10:
      return () => cursor.u64();
    case 11:
      return () => cursor.i64();
    case 12:
      return () => cursor.f64();
    default:
      return refuseGguf(`metadata ${JSON.stringify(key)} has the unknown type ${type}`);
  }
}

function alignmentOf(metadata: ReadonlyMap<string, MetadataValue>): number {
  const alignment = metadata.get("general.alignment") ?? ALIGNMENT_DEFAULT;
  const isPower = typeof alignment === "number" && Number.isInteger(Math.log2(alignment));
  if (!isPower || alignment < 1 || alignment > ALIGNMENT_MAX) refuseGguf("its alignment is not a sane power of two");
  return alignment;
}
