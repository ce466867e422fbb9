import type { GgufParts, MetadataValue } from "./parseGgufHeader.js";
import type { Vocabulary } from "./tokenModel.js";

const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;
const BYTE = 6;
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * What the tokens of a model file mean, read from its own tables. Undefined when its kind of tokenizer isn't byte-exact here
 * (other than byte-level BPE and SentencePiece).
 */
export function createVocabulary(
  { metadata }: Pick<GgufParts, "metadata">,
  isEnd: (id: number) => boolean,
): Vocabulary | undefined {
  const kind = metadata.get("tokenizer.ggml.model");
  const tokens = listOf(metadata.get("tokenizer.ggml.tokens")).map(String);
  const types = listOf(metadata.get("tokenizer.ggml.token_type"));
  const decode = kind === "gpt2" ? decodeByteLevel : kind === "llama" ? decodePiece : undefined;
  if (decode === undefined) return undefined;
  const bytes = tokens.map((token, id) => bytesOfToken(token, types[id], decode));
  return { tokens: tokens.length, isEnd, bytesOf: (id) => bytes[id] ?? NOTHING };
}

function bytesOfToken(token: string, type: unknown, decode: (token: string) => Uint8Array): Uint8Array {
  switch (type) {
    case CONTROL:
    case UNKNOWN:
      return NOTHING;
    case USER_DEFINED:
    case UNUSED:
      return encoder.encode(token);
    case BYTE:
      return byteOf(token);
    default:
      return decode(token);
  }
}

function byteOf(token: string): Uint8Array {
  const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  return hex === undefined ? encoder.encode(token) : Uint8Array.of(Number.parseInt(hex, 16));
}

function decodePiece(token: string): Uint8Array {
  return encoder.encode(token.replaceAll("▁", " "));
}

const BYTE_OF_SYMBOL: ReadonlyMap<string, number> = new Map(byteSymbols().map((symbol, byte) => [symbol, byte]));

function decodeByteLevel(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const symbol of token) {
    const byte = BYTE_OF_SYMBOL.get(symbol);
    if (byte === undefined) bytes.push(...encoder.encode(symbol));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The printable stand-ins of byte-level BPE for the 256 bytes, in byte order. */
export function byteSymbols(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(isPrintable ? byte : next++);
  });
}

function listOf(value: MetadataValue | undefined): readonly unknown[] {
  return typeof value === "object" ? value.values : [];
}
