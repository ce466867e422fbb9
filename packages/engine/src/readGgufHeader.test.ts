import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseGgufHeader } from "./parseGgufHeader.js";
import { readGgufHeader } from "./readGgufHeader.js";
import { CHATML_TEMPLATE, encodeSeededGguf, TINY_MODEL } from "./seededGguf.js";

const whole = encodeSeededGguf(TINY_MODEL);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gguf-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function headerOf(bytes: Uint8Array): ReturnType<typeof readGgufHeader> {
  const path = join(folder, "model.gguf");
  await writeFile(path, bytes);
  return readGgufHeader(path);
}

/** The file with `patch` written over the value of a metadata key or tensor entry, `skip` bytes behind its name. */
function patched(name: string, skip: number, patch: Uint8Array): Buffer {
  const copy = Buffer.from(whole);
  const at = copy.indexOf(Buffer.from(name)) + name.length + skip;
  copy.set(patch, at);
  return copy;
}
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
/** Behind a tensor's name: 4 bytes of dimension count, 8 per dimension, 4 of type, 8 of offset. */
const MATRIX_TYPE = 4 + 16;
const MATRIX_OFFSET = 4 + 16 + 4;

describe("readGgufHeader", () => {
  it("describes a whole file", async () => {
    const header = await headerOf(whole);
    expect(header).toMatchObject({
      version: 3,
      architecture: "llama",
      quantisation: "Q8_0",
      contextTokens: TINY_MODEL.contextTokens,
      vocabularyTokens: TINY_MODEL.vocabulary,
      width: TINY_MODEL.width,
      layers: TINY_MODEL.layers,
      chatTemplate: CHATML_TEMPLATE,
      kvBytesPerToken: 2 * 1 * (32 + 32) * 2,
      fileBytes: whole.length,
    });
  });

  it("says that a file is missing", async () => {
    await expect(readGgufHeader(join(folder, "none.gguf"))).rejects.toMatchObject({ code: "ENGINE_MODEL_NOT_FOUND" });
    await expect(readGgufHeader(folder)).rejects.toMatchObject({ code: "ENGINE_MODEL_NOT_FOUND" });
  });

  it("refuses a file cut at any place", async () => {
    for (const share of [0, 0.0001, 0.01, 0.05, 0.2, 0.5, 0.9, 0.999]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      await expect(headerOf(cut)).rejects.toMatchObject({ code: "ENGINE_MODEL_TRUNCATED" });
    }
    await expect(headerOf(whole.subarray(0, whole.length - 32))).rejects.toMatchObject({
      code: "ENGINE_MODEL_TRUNCATED",
    });
  });

  const poisons: readonly (readonly [string, Buffer, RegExp])[] = [
    ["another magic", Buffer.concat([Buffer.from("GGML"), whole.subarray(4)]), /GGUF/],
    [
      "a big-endian or future version",
      Buffer.concat([whole.subarray(0, 4), u32(0x03000000), whole.subarray(8)]),
      /version/,
    ],
    ["too many tensors", Buffer.concat([whole.subarray(0, 8), u64(1n << 40n), whole.subarray(16)]), /tensor count/],
    ["no tensors", Buffer.concat([whole.subarray(0, 8), u64(0n), whole.subarray(16)]), /no tensors/],
    ["too much metadata", Buffer.concat([whole.subarray(0, 16), u64(2n ** 63n), whole.subarray(24)]), /metadata count/],
    ["an endless string", patched("general.name", 4, u64(2n ** 62n)), /length of metadata/],
    ["an endless list", patched("tokenizer.ggml.tokens", 8, u64(2n ** 50n)), /length of/],
    ["a list of lists", patched("tokenizer.ggml.tokens", 4, u32(9)), /array of arrays/],
    ["an unknown metadata type", patched("general.file_type", 0, u32(77)), /unknown type 77/],
    ["a context of nothing", patched("llama.context_length", 4, u32(0)), /context_length/],
    ["an absurd width", patched("llama.embedding_length", 4, u32(0xffff_ffff)), /embedding_length/],
    ["an end token outside the vocabulary", patched("tokenizer.ggml.eos_token_id", 4, u32(512)), /eos token/],
    ["an embedding table of another size", patched("token_embd.weight", 4 + 8, u64(256n)), /embedding table/],
    ["an unknown tensor type", patched("output.weight", MATRIX_TYPE, u32(99)), /unknown type 99/],
    ["a tensor of five dimensions", patched("output.weight", 0, u32(5)), /5 dimensions/],
    ["a tensor with no rows", patched("output.weight", 4 + 8, u64(0n)), /shape/],
    ["a tensor whose size overflows", patched("output.weight", 4 + 8, u64(2n ** 39n)), /shape/],
    ["rows that blocks can't hold", patched("output.weight", 4, u64(33n)), /rows of 33/],
    ["a tensor off its alignment", patched("output.weight", MATRIX_OFFSET, u64(33n)), /aligned/],
    ["two tensors in one place", patched("output.weight", MATRIX_OFFSET, u64(0n)), /overlaps/],
    ["a boolean of seven", patched("tokenizer.ggml.add_bos_token", 4, Buffer.from([7])), /boolean of 7/],
    ["a name that isn't UTF-8", patched("general.name", 12, Buffer.from([0xff])), /UTF-8/],
  ];
  it.each(poisons)("refuses %s", async (_what, bytes, why) => {
    await expect(headerOf(bytes)).rejects.toMatchObject({ code: "ENGINE_MODEL_MALFORMED" });
    await expect(headerOf(bytes)).rejects.toThrow(why);
  });

  it("refuses a tensor that lies beyond the file", async () => {
    const beyond = patched("output.weight", MATRIX_OFFSET, u64(BigInt(whole.length * 2 - ((whole.length * 2) % 32))));
    await expect(headerOf(beyond)).rejects.toMatchObject({ code: "ENGINE_MODEL_TRUNCATED" });
  });

  it("answers any mangled header with a description or a coded refusal, never with another error", () => {
    const bytes = whole.subarray(0, 20_000);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 9 }), (at, patch) => {
        const copy = Buffer.from(bytes);
        copy.set(patch.subarray(0, copy.length - at), at);
        try {
          parseGgufHeader(copy, whole.length);
        } catch (error) {
          expect(String((error as { code?: unknown }).code)).toMatch(/^ENGINE_MODEL_/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
