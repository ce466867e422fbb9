import type { NetworkView } from "@cortensor/sdk";
import { describe, expect, it } from "vitest";
import { verifierAdvice } from "../src/verifierAdvice.js";

const ROUTER = `0x${"a1".repeat(20)}` as const;
const router = { address: ROUTER, operator: ROUTER, version: "1", uptimeSeconds: 1, isVerifier: false };

function aMiner(verifiedUntil?: number): NetworkView["miners"][number] {
  const figures = { models: [], running: 0, queued: 0, tokensPerSecond: 1, connectedAtMs: 0, level: 0 };
  return { address: ROUTER, ...figures, ...(verifiedUntil === undefined ? {} : { verifiedUntil }) };
}

describe("what is said of a router's place on the list of verifiers", () => {
  it("is nothing when it has one", () => {
    expect(verifierAdvice({ router: { ...router, isVerifier: true }, miners: [aMiner()] })).toBeUndefined();
  });

  it("is who gets no work otherwise, and who can change it", () => {
    const advice = verifierAdvice({ router, miners: [aMiner(), aMiner(2_000_000_000), aMiner()] });
    expect(advice).toContain("2 miners here are not");
    expect(advice).toContain(`addVerifier of @cortensor/chain, for ${ROUTER}`);
    expect(verifierAdvice({ router, miners: [aMiner()] })).toContain("1 miner here is not");
    expect(verifierAdvice({ router, miners: [aMiner(2_000_000_000)] })).not.toContain("here");
  });
});
