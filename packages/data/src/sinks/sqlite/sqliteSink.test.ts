import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aRecord, word } from "../compliance/makers.js";
import { sqlSinkSuite } from "../compliance/sqlSinkSuite.js";
import { openSink } from "../openSink.js";
import { parseSinkTarget } from "../target/parseSinkTarget.js";
import { OWN_POLICY, STRANGERS_POLICY } from "../target/sinkPolicy.js";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cortensor-sinks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

sqlSinkSuite("a sink in SQLite", async () => {
  count += 1;
  return `sqlite:${join(folder, `test ${count}.db`).replaceAll(" ", "%20")}`;
});

describe("a sink in a file", () => {
  it("is refused where the operator allows no files", () => {
    const target = parseSinkTarget("sqlite:answers.db");
    expect(() => openSink(target, { policy: STRANGERS_POLICY, clock: systemClock })).toThrow(
      expect.objectContaining({ code: "SINK_TARGET_REFUSED" }),
    );
  });
  it("says that it can't be reached when its folder isn't there", async () => {
    const target = parseSinkTarget(`sqlite:${join(folder, "nowhere", "x.db")}`);
    const sink = openSink(target, { policy: OWN_POLICY, clock: systemClock });
    const session = word("session");
    const batch = { session, records: [aRecord(session, 1)], goneThrough: 0 };
    await expect(sink.deliver(batch, new AbortController().signal)).rejects.toMatchObject({
      code: "SINK_UNREACHABLE",
      isRetryable: true,
    });
  });
});
