import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./lockFolder.js";
import { readProcessBirth } from "./processLiveness.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cortensor-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("lockFolder", () => {
  it("takes a folder, names the holder to the next, and lets go", async () => {
    const lock = await lockFolder(join(folder, "new"));
    await expect(lockFolder(join(folder, "new"))).rejects.toMatchObject({
      code: "RUNTIME_FOLDER_LOCKED",
      data: { pid: process.pid },
    });
    await lock.release();
    await (await lockFolder(join(folder, "new"))).release();
    expect(await readdir(join(folder, "new"))).toEqual([]);
  });

  it("takes over the lock of a dead process, and one that is no lock", async () => {
    await writeFile(join(folder, "lock.held.999999999.a"), '{"pid":999999999,"birth":""}');
    await writeFile(join(folder, "lock.pending.999999999.a"), "");
    await writeFile(join(folder, "lock.held.x"), "{");
    await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("takes over when the process id belongs to another process now", async () => {
    expect(await readProcessBirth(process.pid)).not.toBe("");
    await writeFile(join(folder, `lock.held.${process.pid}.a`), `{"pid":${process.pid},"birth":"another boot:1"}`);
    await (await lockFolder(folder)).release();
  });

  it("is given to exactly one of many who find it stale at once", async () => {
    for (let round = 0; round < 10; round++) {
      await writeFile(join(folder, "lock.held.999999999.a"), '{"pid":999999999,"birth":""}');
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
      const locks = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(locks).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "RUNTIME_FOLDER_LOCKED" });
      await locks[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("leaves a folder's own files alone", async () => {
    await writeFile(join(folder, "lock"), "mine");
    await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual(["lock"]);
  });
});
