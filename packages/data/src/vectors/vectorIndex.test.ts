import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createExactIndex } from "./exactIndex.js";
import { createLanceIndex } from "./lanceIndex.js";
import type { VectorIndex } from "./vectorIndex.js";

const folder = mkdtempSync(join(tmpdir(), "cortensor-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Points on a circle, each at its own angle. */
const circle = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * at) / count;
    return Float32Array.of(3 * Math.cos(angle), 3 * Math.sin(angle));
  });
let made = 0;
const nextFolder = () => {
  made += 1;
  return join(folder, String(made));
};

describe.each<[string, (vectors: readonly Float32Array[]) => Promise<VectorIndex>]>([
  ["an index that compares with all", async (vectors) => createExactIndex(vectors)],
  ["an index in LanceDB", (vectors) => createLanceIndex({ folder: nextFolder(), vectors })],
])("%s", (_, create) => {
  it("finds the nearest by direction, the nearest first", async () => {
    const index = await create(circle(2_000));
    const found = await index.search(Float32Array.of(0, 5), 3);
    expect(found.map((one) => one.index).sort((a, b) => a - b)).toEqual([499, 500, 501]);
    expect(found[0]).toMatchObject({ index: 500, similarity: expect.closeTo(1, 5) });
    expect(index.size).toBe(2_000);
    await index.close();
  });

  it("finds none but those that are wanted, be they few, most, or nobody", async () => {
    const index = await create(circle(2_000));
    const at = (isWanted: (index: number) => boolean) => index.search(Float32Array.of(0, 1), 2, isWanted);
    expect((await at((one) => one === 3 || one === 9)).map((one) => one.index)).toEqual([9, 3]);
    expect((await at((one) => one !== 500)).map((one) => one.index).sort((a, b) => a - b)).toEqual([499, 501]);
    expect(await at(() => false)).toEqual([]);
    await index.close();
  });

  it("refuses vectors of two lengths", async () => {
    await expect((async () => create([Float32Array.of(1), Float32Array.of(1, 2)]))()).rejects.toThrow(
      "VECTORS_BAD_VECTOR",
    );
  });
});

it("An index in LanceDB leaves nothing behind when it is closed", async () => {
  const own = nextFolder();
  const index = await createLanceIndex({ folder: own, vectors: circle(10) });
  expect(existsSync(own)).toBe(true);
  await index.close();
  expect(existsSync(own)).toBe(false);
});
