import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePart, encodePart } from "./chunkPart.js";
import { type CollectionEntry, exportCollection, importCollection, makeManifest, rootOfEntries } from "./collection.js";

const entry = (text: string, ...numbers: number[]): CollectionEntry => ({
  ...{ file: "file-1", filename: "a.txt", attributes: { year: 2_024 }, text },
  vector: Float32Array.from(numbers),
});
const ENTRIES = [entry("one", 0.5, -1), entry("two", 0.25, 3), entry("three", 1, 2)];
const OWNER = { owner: "client/7", embeddingModel: "embed" };

describe("a collection", () => {
  it("comes back from its export as it was", async () => {
    const manifest = await makeManifest(ENTRIES, OWNER);
    expect(manifest).toMatchObject({ dimension: 2, count: 3, root: rootOfEntries(ENTRIES), embeddingModel: "embed" });
    const again = await importCollection(exportCollection({ manifest, entries: ENTRIES }));
    expect(again).toEqual({ manifest, entries: ENTRIES });
  });

  it("has another root with any number, text or place changed", () => {
    const root = rootOfEntries(ENTRIES);
    const [first, second, third] = ENTRIES;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three entries");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 }), fc.float({ noNaN: true, noDefaultInfinity: true }), (at, value) => {
        fc.pre(!Object.is(Math.fround(value), first.vector[at]));
        const vector = first.vector.slice();
        vector[at] = value;
        expect(rootOfEntries([{ ...first, vector }, second, third])).not.toBe(root);
      }),
    );
    expect(rootOfEntries([{ ...first, text: "One" }, second, third])).not.toBe(root);
    expect(rootOfEntries([second, first, third])).not.toBe(root);
    expect(rootOfEntries([first, second])).not.toBe(root);
  });

  it("whose one vector was changed fails its root check, and so does one with another attribute its CID", async () => {
    const manifest = await makeManifest(ENTRIES, OWNER);
    const changed = [ENTRIES[0], entry("two", 0.25, 3.000001), ENTRIES[2]].filter((one) => one !== undefined);
    await expect(importCollection(exportCollection({ manifest, entries: changed }))).rejects.toThrow(
      "VECTORS_ROOT_MISMATCH",
    );
    const told = ENTRIES.map((one) => ({ ...one, attributes: { year: 2_025 } }));
    await expect(importCollection(exportCollection({ manifest, entries: told }))).rejects.toThrow(
      "VECTORS_ROOT_MISMATCH",
    );
  });

  it("is refused with an entry missing, a vector of another length, or lines that are none", async () => {
    const manifest = await makeManifest(ENTRIES, OWNER);
    const text = Buffer.from(exportCollection({ manifest, entries: ENTRIES })).toString();
    const refused = async (changed: string) =>
      expect(importCollection(Buffer.from(changed))).rejects.toThrow("VECTORS_");
    await refused(text.split("\n").slice(0, -2).join("\n").concat("\n"));
    await refused(text.slice(0, -1));
    await refused(text.replace('"dimension":2', '"dimension":3'));
    await refused(text.replace('"kind":"collection"', '"kind":"other"'));
    await refused("");
    await refused("{}\n{}\n");
    await expect(makeManifest([], OWNER)).rejects.toThrow("VECTORS_BAD_VECTOR");
    await expect(makeManifest([entry("one", 1), entry("two", 1, 2)], OWNER)).rejects.toThrow("VECTORS_BAD_VECTOR");
  });
});

describe("a part of what was embedded", () => {
  const part = { chunks: [{ from: 0, text: "one ü" }], vectors: [Float32Array.of(1, -2, 0.5)] };

  it("comes back as it was, and is refused cut or malformed", () => {
    const bytes = encodePart(part);
    expect(decodePart(bytes)).toEqual(part);
    for (const length of [0, 3, 10, bytes.length - 1])
      expect(() => decodePart(bytes.slice(0, length))).toThrow("VECTORS_MALFORMED");
    expect(() => decodePart(Buffer.concat([bytes, Buffer.alloc(4)]))).toThrow("VECTORS_MALFORMED");
    expect(() => decodePart(encodePart({ ...part, vectors: [Float32Array.of(Number.NaN)] }))).toThrow(
      "VECTORS_BAD_VECTOR",
    );
  });
});
