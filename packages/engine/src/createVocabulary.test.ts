import { describe, expect, it } from "vitest";
import { createVocabulary } from "./createVocabulary.js";
import { type MetadataValue, parseGgufHeader } from "./parseGgufHeader.js";
import { encodeSeededGguf, TINY_MODEL } from "./seededGguf.js";

const isEnd = (id: number): boolean => id === 2;
const list = (values: readonly (string | number)[]): MetadataValue => ({ kind: "array", values });
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("utf8");

describe("createVocabulary", () => {
  it("spells every byte with a byte-level vocabulary, and nothing with control tokens", () => {
    const bytes = encodeSeededGguf(TINY_MODEL);
    const parts = parseGgufHeader(bytes, bytes.length);
    const vocabulary = parts && createVocabulary(parts, isEnd);
    const single = Array.from({ length: 256 }, (_, byte) => vocabulary?.bytesOf(3 + byte));
    expect(single).toEqual(Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)));
    expect([0, 1, 2].map((id) => vocabulary?.bytesOf(id).length)).toEqual([0, 0, 0]);
    expect(textOf(vocabulary?.bytesOf(259))).toBe(" e");
    expect(vocabulary?.isEnd(2)).toBe(true);
    expect(vocabulary?.bytesOf(99_999)).toEqual(new Uint8Array(0));
  });

  it("spells SentencePiece's spaces and bytes", () => {
    const metadata = new Map<string, MetadataValue>([
      ["tokenizer.ggml.model", "llama"],
      ["tokenizer.ggml.tokens", list(["<unk>", "<s>", "</s>", "<0xE2>", "▁hello", "<tool>"])],
      ["tokenizer.ggml.token_type", list([2, 3, 3, 6, 1, 4])],
    ]);
    const vocabulary = createVocabulary({ metadata }, isEnd);
    const texts = [0, 1, 2, 4, 5].map((id) => textOf(vocabulary?.bytesOf(id)));
    expect(texts).toEqual(["", "", "", " hello", "<tool>"]);
    expect(vocabulary?.bytesOf(3)).toEqual(Uint8Array.of(0xe2));
  });

  it("leaves other kinds of tokenizers to the engine", () => {
    expect(createVocabulary({ metadata: new Map([["tokenizer.ggml.model", "bert"]]) }, isEnd)).toBeUndefined();
  });
});
