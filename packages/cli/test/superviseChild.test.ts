import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOutput } from "../src/output.js";
import { superviseChild } from "../src/up/superviseChild.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cortensor-child-"));
});
afterEach(() => rmSync(home, { recursive: true }));

function start(what: string, more: { readonly keepsTrying?: true } = {}) {
  const lines: { event: string }[] = [];
  const waiting: (() => void)[] = [];
  const write = (text: string) => {
    lines.push(JSON.parse(text));
    for (const wake of waiting.splice(0)) wake();
  };
  const output = createOutput({ isJson: true, write, writeError: write, nowMs: () => 0 });
  const entry = fileURLToPath(new URL("./child.mjs", import.meta.url));
  const spec = {
    name: "child",
    entry,
    args: [what],
    env: process.env,
    logFile: join(home, "logs", "child.log"),
    ...more,
  };
  const child = superviseChild(spec, { output, clock: systemClock, random: () => 0 });
  const told = async (event: string) => {
    while (!lines.some((line) => line.event === event)) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { child, lines, told };
}

function environmentOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

describe("a supervised child", () => {
  it("says that it is ready, and is gone after its stop", async () => {
    const { child } = start("serve");
    const { pid } = await child.ready;
    expect(child.pid()).toBe(pid);
    await child.stop();
    expect(isAlive(Number(pid))).toBe(false);
    expect(child.pid()).toBeUndefined();
  });

  it("is started again with what has changed, when told to", async () => {
    const { child, told, lines } = start("serve");
    const { pid } = await child.ready;
    expect(environmentOf(Number(pid)).some((one) => one.startsWith("PLACE="))).toBe(false);
    child.startAgain({ PLACE: "elsewhere" });
    await told("child.ready");
    expect(child.pid()).not.toBe(pid);
    expect(isAlive(Number(pid))).toBe(false);
    expect(lines.filter(({ event }) => event === "child.ended")).toHaveLength(1);
    expect(environmentOf(child.pid() ?? 0)).toContain("PLACE=elsewhere");
    await child.stop();
  });

  it("is started again when it is killed, and both are told", async () => {
    const { child, told } = start("serve");
    const { pid } = await child.ready;
    process.kill(Number(pid), "SIGKILL");
    await told("child.ended");
    await told("child.ready");
    expect(child.pid()).not.toBe(pid);
    await child.stop();
  });

  it("fails with its own words when it never was ready, and isn't tried again", async () => {
    const { child, lines } = start("refuse");
    await expect(child.ready).rejects.toMatchObject({
      code: "CLI_CHILD_FAILED",
      data: { name: "child", how: "the port is taken" },
    });
    expect(lines).toEqual([]);
    await child.stop();
  });

  it("is tried on when it is to be, though it never was ready, and each of its ends is told", async () => {
    const { child, told, lines } = start("refuse", { keepsTrying: true });
    await told("child.ended");
    lines.length = 0;
    await told("child.ended");
    expect(JSON.stringify(lines)).toContain("the port is taken");
    await Promise.all([expect(child.ready).rejects.toMatchObject({ data: { how: "stopped" } }), child.stop()]);
  });
});
