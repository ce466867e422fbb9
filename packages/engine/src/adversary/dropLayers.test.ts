import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseGgufHeader } from "../parseGgufHeader.js";
import { readGgufHeader } from "../readGgufHeader.js";
import { encodeSeededGguf, TINY_MODEL } from "../seededGguf.js";
import { dropLayers, makeSmallerModel } from "./dropLayers.js";

const SIX = { ...TINY_MODEL, layers: 6 };
const whole = encodeSeededGguf(SIX);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "layers-"));
  await writeFile(join(folder, "six.gguf"), whole);
});
afterAll(() => rm(folder, { recursive: true }));

function tensorsOf(file: Buffer): ReadonlyMap<string, string> {
  const parts = parseGgufHeader(file, file.length);
  if (parts === undefined) throw new Error("no header");
  return new Map(
    parts.tensors.map(({ name, offset, bytes }) => {
      const at = parts.dataOffset + offset;
      return [name, file.subarray(at, at + bytes).toString("base64")];
    }),
  );
}

describe("a model with fewer layers", () => {
  it("has the first and the last of them, bit by bit, and everything else", () => {
    const before = tensorsOf(whole);
    const after = tensorsOf(dropLayers(whole, 4));
    const from = (name: string): string =>
      name.replace(/^blk\.(\d)/, (_, layer) => `blk.${[0, 1, 4, 5][Number(layer)] ?? "none"}`);
    expect(after.size).toBe(before.size - 2 * 9);
    for (const [name, data] of after) expect([name, data]).toEqual([name, before.get(from(name))]);
  });

  it("is a whole file that says so of itself, made once", async () => {
    const made = await makeSmallerModel(join(folder, "six.gguf"), folder);
    const header = await readGgufHeader(made);
    expect(header).toMatchObject({ layers: 4, vocabularyTokens: SIX.vocabulary, quantisation: "Q8_0" });
    const { mtimeMs } = await stat(made);
    expect(await makeSmallerModel(join(folder, "six.gguf"), folder)).toBe(made);
    expect((await stat(made)).mtimeMs).toBe(mtimeMs);
    expect((await readdir(folder)).sort()).toEqual(["six-4-of-6-layers.gguf", "six.gguf"]);
  });

  it("is refused for what is no model", async () => {
    await writeFile(join(folder, "none.gguf"), "no model");
    await expect(makeSmallerModel(join(folder, "none.gguf"), folder)).rejects.toMatchObject({
      code: "ENGINE_MODEL_MALFORMED",
    });
    await expect(makeSmallerModel(join(folder, "absent.gguf"), folder)).rejects.toMatchObject({
      code: "ENGINE_MODEL_NOT_FOUND",
    });
  });
});
