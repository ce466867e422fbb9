import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseModelFit, type ModelCandidate, type ModelFit } from "./chooseModelFit.js";
import type { HardwareProbe } from "./probeHardware.js";

const GIBIBYTE = 1_073_741_824;
function probe(name: string): HardwareProbe {
  return JSON.parse(readFileSync(new URL(`../test/probes/${name}.json`, import.meta.url), "utf8")) as HardwareProbe;
}
function candidates(
  sizes: Record<string, number>,
  kvBytesPerToken: number,
  contextTokensMax: number,
): readonly ModelCandidate[] {
  return Object.entries(sizes).map(([quantisation, fileBytes]) => ({
    quantisation,
    fileBytes,
    kvBytesPerToken,
    contextTokensMax,
  }));
}
/** The sizes of the embedded model, and of published 8- and 70-billion-parameter ones. */
const EMBEDDED = candidates({ F16: 10_563_776, Q8_0: 5_648_576, Q4_0: 3_289_280 }, 3_072, 2_048);
const BILLIONS_8 = candidates({ F16: 16.1e9, Q8_0: 8.5e9, Q4_K_M: 4.9e9 }, 131_072, 131_072);
const BILLIONS_70 = candidates({ F16: 141e9, Q8_0: 75e9, Q4_K_M: 42.5e9 }, 327_680, 131_072);

function summary(fit: ModelFit): string {
  if (fit.kind === "refused") return "refused";
  return `${fit.quantisation} ${fit.contextTokens}×${fit.slots} ${fit.threads}t ${fit.device}`;
}

describe("chooseModelFit over recorded machines", () => {
  it.each([
    ["board-512mb-arm64", "refused", "refused", "refused"],
    ["board-1gb-arm64", "Q8_0 2048×2 1t cpu", "refused", "refused"],
    ["board-8gb-arm64", "Q8_0 2048×2 1t cpu", "Q4_K_M 8192×1 3t cpu", "refused"],
    ["laptop-8gb-x64", "Q8_0 2048×2 1t cpu", "refused", "refused"],
    ["server-2core-24gb-x64", "Q8_0 2048×2 1t cpu", "Q8_0 8192×2 1t cpu", "refused"],
    ["laptop-16gb-m2", "F16 2048×8 1t metal", "Q8_0 2048×1 1t metal", "refused"],
    ["desktop-rtx3060-12gb", "F16 2048×8 1t cuda", "Q8_0 8192×1 1t cuda", "refused"],
    ["desktop-rtx4090-engine-missing", "Q8_0 2048×2 1t cpu", "Q8_0 8192×2 8t cpu", "Q4_K_M 8192×2 8t cpu"],
    ["server-h200-141gb", "F16 2048×8 1t cuda", "F16 131072×7 1t cuda", "Q8_0 131072×1 1t cuda"],
    ["freebsd-x64", "refused", "refused", "refused"],
  ])("%s: embedded %s, 8 billion %s, 70 billion %s", (name, embedded, billions8, billions70) => {
    const machine = probe(name);
    expect([EMBEDDED, BILLIONS_8, BILLIONS_70].map((files) => summary(chooseModelFit(machine, files)))).toEqual([
      embedded,
      billions8,
      billions70,
    ]);
  });

  it("says what to install when a GPU stands idle", () => {
    const fit = chooseModelFit(probe("desktop-rtx4090-engine-missing"), BILLIONS_8);
    expect(fit).toMatchObject({
      advice: "Install @node-llama-cpp/linux-x64-cuda to serve from NVIDIA GeForce RTX 4090.",
    });
  });

  it("refuses with the numbers", () => {
    const fit = chooseModelFit(probe("laptop-8gb-x64"), BILLIONS_8);
    expect(fit).toEqual({
      kind: "refused",
      reason: expect.stringMatching(/Q4_K_M\) needs \d+ MiB .* \d+ MiB are free/),
    });
    expect(chooseModelFit(probe("freebsd-x64"), EMBEDDED)).toEqual({
      kind: "refused",
      reason: "No engine is published for freebsd on x64.",
    });
    expect(chooseModelFit(probe("board-1gb-arm64"), [])).toMatchObject({ kind: "refused" });
  });

  it("never promises more memory than is free, nor more context than was trained", () => {
    const machine = probe("server-2core-24gb-x64");
    const sizes = fc.record({
      availableBytes: fc.integer({ min: 0, max: 64 * GIBIBYTE }),
      fileBytes: fc.integer({ min: 1_000_000, max: 80e9 }),
      kvBytesPerToken: fc.integer({ min: 1, max: 1_000_000 }),
      contextTokensMax: fc.integer({ min: 64, max: 200_000 }),
    });
    fc.assert(
      fc.property(sizes, ({ availableBytes, ...candidate }) => {
        const memory = { totalBytes: 64 * GIBIBYTE, availableBytes };
        const fit = chooseModelFit({ ...machine, memory }, [{ quantisation: "Q8_0", ...candidate }]);
        if (fit.kind === "refused") return;
        expect(fit.contextTokens).toBeLessThanOrEqual(candidate.contextTokensMax);
        const cacheBytes = fit.contextTokens * fit.slots * candidate.kvBytesPerToken;
        expect(candidate.fileBytes + cacheBytes).toBeLessThan(availableBytes);
      }),
    );
  });
});
