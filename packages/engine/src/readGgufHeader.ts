import { type FileHandle, open } from "node:fs/promises";
import { EngineError } from "./engineError.js";
import { GGUF_FILE_TYPES } from "./ggmlTypes.js";
import { refuseGguf, refuseTruncatedGguf } from "./ggufRefusal.js";
import { type GgufParts, type MetadataValue, parseGgufHeader } from "./parseGgufHeader.js";

/** First read; most small models' headers fit. */
const PREFIX_BYTES_FIRST = 1_048_576;
/** Headers with the largest vocabularies take some 20 MB; a longer one is an attack on memory. */
const HEADER_BYTES_MAX = 268_435_456;
/** What a model may say of itself; beyond, the numbers are nonsense. */
const CONTEXT_TOKENS_MAX = 2 ** 27;
const WIDTH_MAX = 2 ** 20;
const LAYERS_MAX = 2 ** 14;
/** Bytes of one F16 number in the key and value cache. */
const KV_ELEMENT_BYTES = 2;

/** What a model file says of itself, checked against the file. */
export type GgufHeader = {
  readonly version: number;
  readonly architecture: string;
  readonly name?: string;
  readonly quantisation: string;
  /** Context the model was trained on. */
  readonly contextTokens: number;
  readonly vocabularyTokens: number;
  readonly width: number;
  readonly layers: number;
  readonly parameters: number;
  readonly chatTemplate?: string;
  /** Key and value cache per token of context at F16. */
  readonly kvBytesPerToken: number;
  readonly fileBytes: number;
};

/**
 * Reads and checks the header of a GGUF file, so that no truncated or poisoned file reaches the native loader.
 * @throws CodedError ENGINE_MODEL_NOT_FOUND, ENGINE_MODEL_TRUNCATED, ENGINE_MODEL_MALFORMED
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  return (await readGguf(path)).header;
}

/** The same, with the raw tables beside the description. */
export async function readGguf(path: string): Promise<{ readonly header: GgufHeader; readonly parts: GgufParts }> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new EngineError({ code: "ENGINE_MODEL_NOT_FOUND", file: path }, { cause });
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new EngineError({ code: "ENGINE_MODEL_NOT_FOUND", file: path });
    const parts = await readParts(file, stats.size);
    return { header: describeParts(parts, stats.size), parts };
  } finally {
    await file.close();
  }
}

async function readParts(file: FileHandle, fileBytes: number): Promise<GgufParts> {
  let prefixBytes = Math.min(PREFIX_BYTES_FIRST, fileBytes);
  for (;;) {
    const prefix = await readPrefix(file, prefixBytes);
    const parts = parseGgufHeader(prefix, fileBytes);
    if (parts !== undefined) return parts;
    if (prefixBytes >= HEADER_BYTES_MAX) refuseGguf(`its header is longer than ${HEADER_BYTES_MAX} bytes`);
    prefixBytes = Math.min(prefixBytes * 4, fileBytes, HEADER_BYTES_MAX);
  }
}

async function readPrefix(file: FileHandle, bytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, filled);
    if (bytesRead === 0) refuseTruncatedGguf({ neededBytes: bytes, fileBytes: filled });
    filled += bytesRead;
  }
  return buffer;
}

function describeParts(parts: GgufParts, fileBytes: number): GgufHeader {
  const { metadata } = parts;
  const architecture = textOf(metadata, "general.architecture");
  if (architecture === undefined || !/^[a-z0-9_-]{1,64}$/.test(architecture)) refuseGguf("it names no architecture");
  const size = (key: string, most: number): number => sizeOf(metadata, `${architecture}.${key}`, most);
  const width = size("embedding_length", WIDTH_MAX);
  const layers = size("block_count", LAYERS_MAX);
  const vocabularyTokens = checkVocabulary(parts);
  const name = textOf(metadata, "general.name");
  const chatTemplate = textOf(metadata, "tokenizer.chat_template");
  return {
    version: parts.version,
    architecture,
    ...(name === undefined ? {} : { name }),
    quantisation: quantisationOf(parts),
    contextTokens: size("context_length", CONTEXT_TOKENS_MAX),
    vocabularyTokens,
    width,
    layers,
    parameters: parts.tensors.reduce((sum, tensor) => sum + tensor.elements, 0),
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
    kvBytesPerToken: kvBytesPerToken(metadata, { architecture, width, layers }),
    fileBytes,
  };
}

/** Checks that token list, token types, special ids and the embedding table agree. Returns the vocabulary's size. */
function checkVocabulary({ metadata, tensors }: GgufParts): number {
  const tokens = metadata.get("tokenizer.ggml.tokens");
  if (typeof tokens !== "object" || !tokens.values.every((token) => typeof token === "string")) {
    return refuseGguf("it has no token list");
  }
  const count = tokens.values.length;
  for (const list of ["token_type", "scores"]) {
    const values = metadata.get(`tokenizer.ggml.${list}`);
    if (values === undefined) continue;
    if (typeof values !== "object" || values.values.length !== count)
      refuseGguf(`its ${list} list isn't ${count} long`);
  }
  for (const role of ["bos", "eos", "eot", "eom", "unknown", "padding", "separator"]) {
    const id = metadata.get(`tokenizer.ggml.${role}_token_id`);
    if (id === undefined) continue;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= count) {
      refuseGguf(`its ${role} token is not one of ${count} tokens`);
    }
  }
  const table = tensors.find((tensor) => tensor.name === "token_embd.weight");
  if (table === undefined) refuseGguf("it has no token_embd.weight");
  if (table.shape[1] !== count) refuseGguf(`its embedding table has ${table.shape[1]} rows for ${count} tokens`);
  return count;
}

function quantisationOf({ metadata, tensors }: GgufParts): string {
  const fileType = metadata.get("general.file_type");
  const named = typeof fileType === "number" ? GGUF_FILE_TYPES.get(fileType) : undefined;
  if (named !== undefined) return named;
  const elements = new Map<string, number>();
  for (const tensor of tensors) elements.set(tensor.type, (elements.get(tensor.type) ?? 0) + tensor.elements);
  const [most] = [...elements].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? refuseGguf("it holds no tensors");
}

function kvBytesPerToken(
  metadata: ReadonlyMap<string, MetadataValue>,
  model: { readonly architecture: string; readonly width: number; readonly layers: number },
): number {
  const number = (key: string): number | undefined => numberOf(metadata.get(`${model.architecture}.${key}`));
  const heads = Math.max(1, number("attention.head_count") ?? 1);
  const kvHeads = number("attention.head_count_kv") ?? heads;
  const headWidth = model.width / heads;
  const perHead = (number("attention.key_length") ?? headWidth) + (number("attention.value_length") ?? headWidth);
  return Math.ceil(model.layers * kvHeads * perHead * KV_ELEMENT_BYTES);
}

function sizeOf(metadata: ReadonlyMap<string, MetadataValue>, key: string, most: number): number {
  const value = numberOf(metadata.get(key));
  if (value === undefined || !Number.isInteger(value) || value < 1 || value > most)
    refuseGguf(`its ${key} is not sane`);
  return value;
}

/** A number; of a per-layer list, its largest. */
function numberOf(value: MetadataValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object") return undefined;
  return value.values.reduce<number | undefined>((most, entry) => {
    return typeof entry === "number" ? Math.max(most ?? entry, entry) : most;
  }, undefined);
}

function textOf(metadata: ReadonlyMap<string, MetadataValue>, key: string): string | undefined {
  const value = metadata.get(key);
  if (value !== undefined && typeof value !== "string") refuseGguf(`its ${key} is not text`);
  return value;
}
