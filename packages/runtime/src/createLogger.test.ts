import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogger, type LoggerOptions, silentLogger } from "./createLogger.js";
import { Secret } from "./secret.js";

function capture(over: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    name: "router",
    level: "debug",
    destination: { write: (line) => lines.push(line) },
    ...over,
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
}

describe("createLogger", () => {
  it("writes a sentence, its data and its error as one line", () => {
    const { log, lines, last } = capture();
    log.warn("Receipt refused", { taskId: "0x1", feeWei: 12n }, new Error("bad", { cause: new Error("deep") }));
    expect(lines).toHaveLength(1);
    expect(last()).toMatchObject({
      level: "warn",
      name: "router",
      msg: "Receipt refused",
      taskId: "0x1",
      feeWei: "12",
      err: { message: "bad", cause: { message: "deep" } },
    });
  });

  it("adds a child's fields to each of its lines", () => {
    const { log, last } = capture();
    log.child({ miner: "0xb1" }).info("Joined", { slots: 2 });
    expect(last()).toMatchObject({ miner: "0xb1", slots: 2 });
  });

  it("is silent below its level", () => {
    const { log, lines } = capture({ level: "warn" });
    log.info("Started");
    log.debug("Detail");
    silentLogger.child({ a: 1 }).error("Nothing");
    expect(lines).toEqual([]);
  });

  it("never writes a secret, at any depth, under any of its names", () => {
    const names = [
      "apiKey",
      "api_key",
      "Authorization",
      "privateKey",
      "password",
      "prompt",
      "messages",
      "token",
      "text",
      "databaseUrl",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(3), fc.boolean(), (name, depth, isChild) => {
        const { log, lines } = capture();
        let data: Record<string, unknown> = { [name]: "hunter2", other: [{ [name]: ["hunter2"] }] };
        for (let level = 0; level < depth; level++) data = { inner: data };
        if (isChild) log.child(data).info("Told");
        else log.info("Told", data, Object.assign(new Error("failed"), { data }));
        expect(lines.join()).not.toContain("hunter2");
        expect(lines.join()).toContain("[redacted]");
      }),
    );
  });

  it("writes no wrapped secret and no bytes", () => {
    const { log, lines } = capture();
    log.info("Told", { wrapped: new Secret("hunter2"), bytes: Buffer.from("hunter2") });
    expect(lines.join()).not.toMatch(/hunter2|104,117/);
  });

  it("keeps counts of tokens", () => {
    const { log, last } = capture();
    log.info("Done", { tokens: 7 });
    expect(last()).toMatchObject({ tokens: 7 });
  });

  it("writes a line for people when asked", () => {
    const { log, lines } = capture({ pretty: true });
    log.error("Receipt refused", { taskId: "0x1", why: "two words" }, new Error("bad thing"));
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d error router: Receipt refused {2}taskId=0x1 {2}why="two words" {2}error="bad thing"\n$/,
    );
  });
});
