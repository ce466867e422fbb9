import { createManualClock, systemClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { type Cid, cidOf, RAW_CODEC } from "./contentCid.js";
import { type BlockSource, fetchHedged } from "./fetchHedged.js";
import { madeBytes } from "./test/madeBytes.js";

const block = madeBytes(20);
const cid: Cid = cidOf(RAW_CODEC, block);
const { signal } = new AbortController();

function source(name: string, fetch: BlockSource["fetch"]): BlockSource {
  return { name, fetch };
}

/** Never answers, and says when it was stopped. */
function silent(name: string, stopped: string[]): BlockSource {
  return source(name, (_cid, until) => {
    return new Promise((_resolve, reject) => {
      until.addEventListener("abort", () => {
        stopped.push(name);
        reject(until.reason);
      });
    });
  });
}

describe("asking several sources", () => {
  it("takes the first that gives the block, and names why the others didn't", async () => {
    const lies: string[] = [];
    const sources = [
      source("missing", async () => undefined),
      source("broken", async () => {
        throw new Error("refused with 500");
      }),
      { ...source("lying", async () => madeBytes(20, 1)), accuse: () => void lies.push("lying") },
      source("good", async () => block),
      source("never asked", async () => block),
    ];
    const found = await fetchHedged(cid, { sources, clock: systemClock, signal });
    expect(found).toEqual({
      kind: "block",
      block,
      source: "good",
      failures: [
        { source: "missing", why: "hasn't it" },
        { source: "broken", why: "refused with 500" },
        { source: "lying", why: "sent other bytes" },
      ],
    });
    expect(lies).toEqual(["lying"]);
  });

  it("asks the next one too when one is slow, and stops whom it no longer needs", async () => {
    const clock = createManualClock();
    const stopped: string[] = [];
    const found = fetchHedged(cid, {
      sources: [silent("slow", stopped), source("quick", async () => block)],
      clock,
      signal,
      hedgeMs: 100,
    });
    await clock.advance(99);
    expect(stopped).toEqual([]);
    await clock.advance(1);
    expect(await found).toMatchObject({ kind: "block", source: "quick" });
    expect(stopped).toEqual(["slow"]);
  });

  it("gives up on a source after its time, and says so when nobody is left", async () => {
    const clock = createManualClock();
    const found = fetchHedged(cid, { sources: [silent("silent", [])], clock, signal, timeoutMs: 500 });
    await clock.advance(500);
    expect(await found).toEqual({
      kind: "none",
      failures: [{ source: "silent", why: "no answer in 500 ms" }],
    });
    expect(await fetchHedged(cid, { sources: [], clock, signal })).toEqual({ kind: "none", failures: [] });
  });

  it("ends with whoever asked", async () => {
    const asked = new AbortController();
    const found = fetchHedged(cid, { sources: [silent("silent", [])], clock: systemClock, signal: asked.signal });
    asked.abort(new Error("enough"));
    await expect(found).rejects.toThrow("enough");
  });
});
