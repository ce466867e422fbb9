import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findStore } from "./findStore.js";
import { openStore } from "./store.js";

const root = mkdtempSync(join(tmpdir(), "cortensor-store-"));
afterAll(() => rmSync(root, { recursive: true }));

function aFolder(name: string, data?: Uint8Array): string {
  const folder = join(root, name);
  mkdirSync(folder);
  if (data !== undefined) writeFileSync(join(folder, "data.mdb"), data);
  return folder;
}

describe("a folder that should hold a miner's store", () => {
  it("is known by a store that was opened there, in use or not", async () => {
    const folder = join(root, "real");
    const store = openStore(folder);
    await store.put("0x01", Buffer.from("kept"));
    expect(findStore(folder)).toEqual({ kind: "store" });
    await store.close();
    expect(findStore(folder)).toEqual({ kind: "store" });
  });

  it("is missing where there is nothing, and stays so", () => {
    expect(findStore(join(root, "nowhere"))).toEqual({ kind: "missing" });
    expect(readdirSync(root)).not.toContain("nowhere");
  });

  it.each([
    ["an empty folder", "empty", undefined, "holds no data.mdb"],
    ["an empty file", "cut", Buffer.alloc(0), "has a data.mdb of another format"],
    ["a short file", "short", Buffer.from("hello"), "has a data.mdb of another format"],
    ["a file of something else", "else", Buffer.alloc(100_000, 7), "has a data.mdb of another format"],
  ])("is foreign with %s, and is left as it was", (_, name, data, problem) => {
    const folder = aFolder(name, data);
    expect(findStore(folder)).toEqual({ kind: "foreign", problem });
    expect(readdirSync(folder)).toEqual(data === undefined ? [] : ["data.mdb"]);
  });

  it("is foreign when it is a file", () => {
    const file = join(root, "file");
    writeFileSync(file, "a file");
    expect(findStore(file)).toEqual({ kind: "foreign", problem: "is a file, not a folder" });
  });
});
