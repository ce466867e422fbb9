import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EngineError } from "../engineError.js";
import { GGML_TYPES } from "../ggmlTypes.js";
import { alignedBytes, GGUF_ALIGNMENT, padded, textField, u32, u64 } from "../ggufFields.js";
import { refuseGguf } from "../ggufRefusal.js";
import { type GgufParts, parseGgufHeader } from "../parseGgufHeader.js";
import type { GgufTensor } from "../parseGgufTensors.js";
import { readGgufHeader } from "../readGgufHeader.js";

/** Magic, version, and the numbers of tensors and of entries. */
const TENSOR_COUNT_AT = 8;
/** A larger file isn't made into another in memory. */
const FILE_BYTES_MAX = 2 * 1024 * 1024 * 1024 - 1;
const LAYER = /^blk\.(\d+)\./;

/**
 * A smaller model of other behaviour out of a GGUF file: the same without its middle layers, two thirds of them kept. Deterministic, and no more
 * than bytes moved: what is left has the bits that it had. Made once into the folder; returns its path.
 * @throws CodedError ENGINE_MODEL_NOT_FOUND, ENGINE_MODEL_TRUNCATED, ENGINE_MODEL_MALFORMED
 */
export async function makeSmallerModel(path: string, folder: string): Promise<string> {
  const { layers, fileBytes } = await readGgufHeader(path);
  const kept = Math.max(1, Math.floor((layers * 2) / 3));
  const made = join(folder, `${basename(path).replace(/\.gguf$/i, "")}-${kept}-of-${layers}-layers.gguf`);
  if (fileBytes > FILE_BYTES_MAX) refuseGguf(`it has ${fileBytes} bytes, too many to drop layers of`);
  if (await isThere(made)) return made;
  const source = await readFile(path).catch((cause: unknown) => {
    throw new EngineError({ code: "ENGINE_MODEL_NOT_FOUND", file: path }, { cause });
  });
  await mkdir(folder, { recursive: true });
  const part = `${made}.${process.pid}`;
  await writeFile(part, dropLayers(source, kept));
  await rename(part, made);
  return made;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** The file without its middle layers: the first half of those kept, rounded up, and the last. Pure. */
export function dropLayers(source: Buffer, kept: number): Buffer {
  const parts = parseGgufHeader(source, source.length);
  if (parts === undefined) return refuseGguf("its header is longer than the file");
  const layers = countKey(parts);
  if ((parts.metadata.get("general.alignment") ?? GGUF_ALIGNMENT) !== GGUF_ALIGNMENT)
    refuseGguf("its alignment isn't the default");
  const first = Math.ceil(kept / 2);
  const numberOf = (layer: number): number | undefined => {
    if (layer < first) return layer;
    const fromEnd = layers.count - layer;
    return fromEnd <= kept - first ? kept - fromEnd : undefined;
  };
  const tensors = parts.tensors.flatMap((tensor): readonly (GgufTensor & { readonly data: Buffer })[] => {
    const name = renamed(tensor.name, numberOf);
    const at = parts.dataOffset + tensor.offset;
    return name === undefined ? [] : [{ ...tensor, name, data: source.subarray(at, at + tensor.bytes) }];
  });
  const head = Buffer.concat([metadataOf(source, parts, { key: layers.key, kept }), ...infosOf(tensors)]);
  head.writeBigUInt64LE(BigInt(tensors.length), TENSOR_COUNT_AT);
  return Buffer.concat([padded(head), ...tensors.map(({ data }) => padded(data))]);
}

function countKey({ metadata }: GgufParts): { readonly key: string; readonly count: number } {
  const key = `${String(metadata.get("general.architecture"))}.block_count`;
  const count = metadata.get(key);
  return typeof count === "number" ? { key, count } : refuseGguf(`its ${key} is not sane`);
}

function renamed(name: string, numberOf: (layer: number) => number | undefined): string | undefined {
  const layer = LAYER.exec(name)?.[1];
  if (layer === undefined) return name;
  const number = numberOf(Number(layer));
  return number === undefined ? undefined : name.replace(LAYER, `blk.${number}.`);
}

/** Everything before the table of tensors, with the new number of layers: its entry is a key, the type u32, and the number. */
function metadataOf(
  source: Buffer,
  parts: GgufParts,
  { key, kept }: { readonly key: string; readonly kept: number },
): Buffer {
  const [firstTensor] = parts.tensors;
  const end = source.indexOf(textField(firstTensor?.name ?? ""));
  const named = textField(key);
  const at = source.indexOf(named);
  if (end < 0 || at < 0 || at > end) return refuseGguf("its tables can't be found again");
  const metadata = Buffer.from(source.subarray(0, end));
  metadata.writeUInt32LE(kept, at + named.length + 4);
  return metadata;
}

/** A row of the table for each tensor: name, dimensions, type, and where it lies behind the table. */
function infosOf(tensors: readonly GgufTensor[]): readonly Buffer[] {
  const typeIds = new Map([...GGML_TYPES].map(([id, { name }]) => [name, id]));
  let offset = 0;
  return tensors.map(({ name, shape, type, bytes }) => {
    const row = [textField(name), u32(shape.length), ...shape.map(u64), u32(typeIds.get(type) ?? 0), u64(offset)];
    offset += alignedBytes(bytes);
    return Buffer.concat(row);
  });
}
