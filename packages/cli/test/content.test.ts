import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, parseBytes32, sha256Bytes } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSets } from "../src/audit/readSets.js";
import { runInHome } from "./runInHome.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-cli-content-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const run = (...args: string[]) => runInHome(home, ["content", ...args]);

async function aFile(length: number): Promise<string> {
  const file = join(home, `file-${length}`);
  await writeFile(file, Buffer.alloc(length, `${length} `));
  return file;
}

describe("cortensor content", () => {
  it("keeps a file, shows its pin, and writes it out again", async () => {
    const file = await aFile(1_500_000);
    const { cid, bytes, blocks } = await run("put", file, "--owner", "me", "--until", "30d");
    expect([bytes, blocks]).toEqual([1_500_000, 3]);
    expect(await run("stat")).toMatchObject({
      blocks: 3,
      pins: 1,
      pinned: [{ root: cid, owner: "me", kind: "dataset" }],
    });
    const out = join(home, "out");
    await run("get", String(cid), "--out", out);
    expect((await readFile(out)).equals(await readFile(file))).toBe(true);
  });

  it("lets go of what was unpinned, once it is collected, and of nothing before", async () => {
    const { cid } = await run("put", await aFile(10));
    expect(await run("unpin", String(cid))).toMatchObject({ wasPinned: true });
    expect(await run("unpin", String(cid))).toMatchObject({ wasPinned: false });
    expect(await run("collect")).toMatchObject({ blocks: 0 });
    await run("pin", String(cid));
    expect(await run("collect", "--grace", "0")).toMatchObject({ blocks: 0 });
    await run("unpin", String(cid));
    expect(await run("collect", "--grace", "0")).toMatchObject({ blocks: 1, bytes: 10 });
    await expect(run("get", String(cid), "--out", join(home, "out"))).rejects.toMatchObject({
      code: "CONTENT_NOT_FOUND",
    });
  });

  it("carries objects in CAR files to another folder, and refuses one that is cut off or not whole", async () => {
    const { cid } = await run("put", await aFile(2_000_000));
    const car = join(home, "object.car");
    await run("export", String(cid), "--out", car);
    const other = ["--folder", join(home, "other")];
    expect(await run("import", car, ...other)).toMatchObject({ roots: [cid] });
    expect(await run("stat", ...other)).toMatchObject({ blocks: 3, pins: 1 });
    const bytes = await readFile(car);
    await truncate(car, bytes.length - 5);
    await expect(run("import", car, "--folder", join(home, "third"))).rejects.toMatchObject({
      code: "CONTENT_BAD_CAR",
    });
    await expect(
      run("get", String(cid), "--out", join(home, "out"), "--folder", join(home, "third")),
    ).rejects.toMatchObject({
      code: "CONTENT_NOT_FOUND",
    });
    await expect(readFile(join(home, "out"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(readFile(join(home, "out.partial"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("keeps what a router has published, for audits that have neither its folder nor its address", async () => {
    const folder = join(home, "settlements");
    await mkdir(folder);
    const sets = [1_000, 1_200_000].map((length) => Buffer.alloc(length, `${length},`));
    const names = sets.map((set) => parseBytes32(bytesToHex(sha256Bytes(set))));
    for (const [at, set] of sets.entries()) await writeFile(join(folder, names[at] ?? ""), set);
    await run("sets", folder);
    const ended = new AbortController();
    const readSet = openSets(`content:${join(home, "content")}`, ended.signal);
    for (const [at, set] of sets.entries()) {
      expect(Buffer.from((await readSet(names[at] ?? "0x")) ?? []).equals(set)).toBe(true);
    }
    expect(await readSet(parseBytes32(`0x${"11".repeat(32)}`))).toBeUndefined();
    ended.abort();
    await writeFile(join(folder, names[0] ?? ""), "something else");
    await expect(run("sets", folder)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });

  it("refuses what the storage map has no place for, and names that are none", async () => {
    const file = await aFile(20);
    await expect(run("put", file, "--kind", "prompt", "--privacy", "sealed")).rejects.toMatchObject({
      code: "CONTENT_FORBIDDEN",
    });
    await run("put", file, "--kind", "prompt", "--privacy", "sealed", "--ciphertext");
    const out = ["--out", join(home, "out")];
    await expect(run("get", "not-a-cid", ...out)).rejects.toMatchObject({ code: "CONTENT_BAD_CID" });
    await expect(run("get", "0x1234", ...out)).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    await expect(run("get", "bafkqaaa", ...out)).rejects.toMatchObject({ code: "CONTENT_BAD_HASH" });
    await expect(run("stat", "--peer", "/ip4/127.0.0.1/tcp/1")).rejects.toMatchObject({ code: "CONTENT_BAD_PEER" });
  });
});
