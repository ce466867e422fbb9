import { byteSymbols } from "./createVocabulary.js";
import { alignedBytes, padded, textField, u32, u64 } from "./ggufFields.js";

/** Writes a small llama-architecture GGUF file with seeded random weights: a real model for the native loader, of any size. */

export type SeededModel = {
  readonly seed: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly contextTokens: number;
  readonly type: "F32" | "F16" | "Q8_0";
  /** Default: plain ChatML. */
  readonly chatTemplate?: string;
};

export const TINY_MODEL: SeededModel = {
  seed: 1,
  width: 64,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  feedForward: 96,
  vocabulary: 512,
  contextTokens: 1_024,
  type: "Q8_0",
};

export const CHATML_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const GGML_TYPES = { F32: 0, F16: 1, Q8_0: 8 } as const;
const FILE_TYPES = { F32: 0, F16: 1, Q8_0: 7 } as const;
type GgmlTypeName = keyof typeof GGML_TYPES;
type Tensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: GgmlTypeName;
  readonly data: Buffer;
};
type MetadataValue =
  | { readonly kind: "u32"; readonly value: number }
  | { readonly kind: "i32[]"; readonly value: readonly number[] }
  | { readonly kind: "f32"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "string[]"; readonly value: readonly string[] };

export function encodeSeededGguf(model: SeededModel): Buffer {
  return encodeGguf(metadataOf(model), tensorsOf(model));
}

function metadataOf(model: SeededModel): readonly (readonly [string, MetadataValue])[] {
  const { tokens, types, merges } = vocabularyOf(model.vocabulary);
  const u32 = (value: number): MetadataValue => ({ kind: "u32", value });
  const text = (value: string): MetadataValue => ({ kind: "string", value });
  return [
    ["general.architecture", text("llama")],
    ["general.name", text("seeded")],
    ["general.file_type", u32(FILE_TYPES[model.type])],
    ["llama.context_length", u32(model.contextTokens)],
    ["llama.embedding_length", u32(model.width)],
    ["llama.block_count", u32(model.layers)],
    ["llama.feed_forward_length", u32(model.feedForward)],
    ["llama.attention.head_count", u32(model.heads)],
    ["llama.attention.head_count_kv", u32(model.kvHeads)],
    ["llama.attention.layer_norm_rms_epsilon", { kind: "f32", value: 1e-5 }],
    ["llama.rope.dimension_count", u32(model.width / model.heads)],
    ["llama.rope.freq_base", { kind: "f32", value: 10_000 }],
    ["llama.vocab_size", u32(model.vocabulary)],
    ["tokenizer.ggml.model", text("gpt2")],
    ["tokenizer.ggml.pre", text("smollm")],
    ["tokenizer.ggml.tokens", { kind: "string[]", value: tokens }],
    ["tokenizer.ggml.token_type", { kind: "i32[]", value: types }],
    ["tokenizer.ggml.merges", { kind: "string[]", value: merges }],
    ["tokenizer.ggml.bos_token_id", u32(0)],
    ["tokenizer.ggml.eos_token_id", u32(2)],
    ["tokenizer.ggml.eot_token_id", u32(2)],
    ["tokenizer.ggml.padding_token_id", u32(0)],
    ["tokenizer.ggml.add_bos_token", { kind: "bool", value: true }],
    ["tokenizer.chat_template", text(model.chatTemplate ?? CHATML_TEMPLATE)],
  ];
}

function vocabularyOf(size: number): { tokens: string[]; types: number[]; merges: string[] } {
  const tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
  const types = [3, 3, 3];
  const merges: string[] = [];
  for (const symbol of byteSymbols()) {
    tokens.push(symbol);
    types.push(1);
  }
  const letters = ["Ġ", ..."etaoinshrdlcumwfgypbvk"];
  for (const first of letters) {
    for (const second of letters) {
      if (tokens.length >= size) return { tokens, types, merges };
      if (second === "Ġ") continue;
      merges.push(`${first} ${second}`);
      tokens.push(first + second);
      types.push(1);
    }
  }
  while (tokens.length < size) {
    tokens.push(`<unused${tokens.length}>`);
    types.push(5);
  }
  return { tokens, types, merges };
}

function tensorsOf(model: SeededModel): readonly Tensor[] {
  const random = gaussians(model.seed);
  const kvWidth = (model.width / model.heads) * model.kvHeads;
  const matrix = (name: string, columns: number, rows: number): Tensor => {
    const scale = 1 / Math.sqrt(columns);
    const values = Float32Array.from({ length: columns * rows }, () => random() * scale);
    return { name, shape: [columns, rows], type: model.type, data: encodeValues(values, model.type) };
  };
  const norm = (name: string): Tensor => ({
    name,
    shape: [model.width],
    type: "F32",
    data: encodeValues(new Float32Array(model.width).fill(1), "F32"),
  });
  const layers = Array.from({ length: model.layers }, (_, layer) => [
    norm(`blk.${layer}.attn_norm.weight`),
    matrix(`blk.${layer}.attn_q.weight`, model.width, model.width),
    matrix(`blk.${layer}.attn_k.weight`, model.width, kvWidth),
    matrix(`blk.${layer}.attn_v.weight`, model.width, kvWidth),
    matrix(`blk.${layer}.attn_output.weight`, model.width, model.width),
    norm(`blk.${layer}.ffn_norm.weight`),
    matrix(`blk.${layer}.ffn_gate.weight`, model.width, model.feedForward),
    matrix(`blk.${layer}.ffn_up.weight`, model.width, model.feedForward),
    matrix(`blk.${layer}.ffn_down.weight`, model.feedForward, model.width),
  ]);
  return [
    matrix("token_embd.weight", model.width, model.vocabulary),
    ...layers.flat(),
    norm("output_norm.weight"),
    matrix("output.weight", model.width, model.vocabulary),
  ];
}

/** Normal numbers from a 32-bit seed (mulberry32, Box–Muller). */
function gaussians(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function encodeValues(values: Float32Array, type: GgmlTypeName): Buffer {
  if (type === "F32") return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (type === "F16") {
    const bytes = Buffer.alloc(values.length * 2);
    values.forEach((value, index) => {
      bytes.writeUInt16LE(toHalf(value), index * 2);
    });
    return bytes;
  }
  const blocks = values.length / 32;
  const bytes = Buffer.alloc(blocks * 34);
  for (let block = 0; block < blocks; block++) {
    const slice = values.subarray(block * 32, block * 32 + 32);
    const scale = slice.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    bytes.writeUInt16LE(toHalf(scale), block * 34);
    slice.forEach((value, index) => {
      bytes.writeInt8(scale === 0 ? 0 : Math.round(value / scale), block * 34 + 2 + index);
    });
  }
  return bytes;
}

/** Nearest half-precision number, for magnitudes below 65,504; values under 2⁻¹⁴ become subnormal. */
function toHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -14) return sign | Math.round(magnitude * 2 ** 24);
  const exponent = Math.floor(Math.log2(magnitude));
  const mantissa = Math.round((magnitude / 2 ** exponent - 1) * 1_024);
  return sign | (((exponent + 15) << 10) + mantissa);
}

function encodeGguf(metadata: readonly (readonly [string, MetadataValue])[], tensors: readonly Tensor[]): Buffer {
  const header = Buffer.alloc(24);
  header.write("GGUF", 0, "latin1");
  header.writeUInt32LE(3, 4);
  header.writeBigUInt64LE(BigInt(tensors.length), 8);
  header.writeBigUInt64LE(BigInt(metadata.length), 16);
  const parts: Buffer[] = [header];
  for (const [key, value] of metadata) parts.push(textField(key), encodeMetadata(value));
  let offset = 0;
  for (const tensor of tensors) {
    parts.push(textField(tensor.name), u32(tensor.shape.length), ...tensor.shape.map(u64));
    parts.push(u32(GGML_TYPES[tensor.type]), u64(offset));
    offset += alignedBytes(tensor.data.length);
  }
  const head = Buffer.concat(parts);
  const body = tensors.map((tensor) => padded(tensor.data));
  return Buffer.concat([padded(head), ...body]);
}

function encodeMetadata(value: MetadataValue): Buffer {
  switch (value.kind) {
    case "u32":
      return Buffer.concat([u32(4), u32(value.value)]);
    case "f32": {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(value.value);
      return Buffer.concat([u32(6), bytes]);
    }
    case "bool":
      return Buffer.concat([u32(7), Buffer.from([value.value ? 1 : 0])]);
    case "string":
      return Buffer.concat([u32(8), textField(value.value)]);
    case "string[]":
      return Buffer.concat([u32(9), u32(8), u64(value.value.length), ...value.value.map(textField)]);
    case "i32[]":
      return Buffer.concat([u32(9), u32(5), u64(value.value.length), ...value.value.map(u32)]);
  }
}
