import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { feeWei, maxPromptTokens, templatedPromptBytes } from "./fee.js";
import { PROMPT_OVERHEAD_TOKENS } from "./limits.js";
import { payeesOf, type ReplicaWork, type SegmentWork, sumOfPayees } from "./payee.js";
import { PLAIN_TERMS, priceWei } from "./price.js";
import type { Address } from "./primitives.js";

const NO_CAP = 1n << 96n;

function minerOf(index: number): Address {
  return `0x${index.toString(16).padStart(40, "0")}`;
}

function aSegment(changes: Partial<SegmentWork> = {}): SegmentWork {
  const from = changes.from ?? 0;
  return {
    miner: minerOf(1),
    segment: 0,
    from,
    madeFrom: from,
    paidTo: 100,
    nIn: 10,
    weiPerTokenIn: 1n,
    weiPerTokenOut: 3n,
    ...changes,
  };
}

function aReplica(segments: readonly SegmentWork[], isFinished = true): ReplicaWork {
  return { replica: 0, segments, isFinished };
}

const MAX_IN = 5_000;
const MAX_OUT = 2_000;
const PRICE_MAX = 10n ** 18n;

/** Hand-overs at random: how far each miner is acknowledged, how much more the client has seen, and its price. */
const anyReplica = fc
  .record({
    hops: fc.array(
      fc.record({
        acknowledged: fc.nat(60),
        unacknowledged: fc.nat(40),
        weiPerTokenIn: fc.bigInt({ min: 0n, max: PRICE_MAX }),
        weiPerTokenOut: fc.bigInt({ min: 0n, max: PRICE_MAX }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    nIn: fc.nat(MAX_IN),
    isFinished: fc.boolean(),
  })
  .map(({ hops, nIn, isFinished }) => {
    let from = 0;
    let seen = 0;
    const segments = hops.map(({ acknowledged, unacknowledged, ...prices }, segment) => {
      const one = {
        ...prices,
        miner: minerOf(segment),
        segment,
        from,
        madeFrom: seen,
        paidTo: from + acknowledged,
        nIn,
      };
      from = one.paidTo;
      seen = Math.max(seen, from + unacknowledged);
      return one;
    });
    return aReplica(segments, isFinished);
  });

describe("payeesOf", () => {
  it("pays everything the client owes and no more, and never above the cap", () => {
    fc.assert(
      fc.property(fc.array(anyReplica, { minLength: 1, maxLength: 4 }), (found) => {
        const replicas = found.map((one, replica) => ({ ...one, replica }));
        const prices = { weiPerTokenIn: PRICE_MAX, weiPerTokenOut: PRICE_MAX };
        const terms = { ...PLAIN_TERMS, redundant: replicas.length };
        const capWei = priceWei({ model: prices, terms, nIn: MAX_IN, nOut: MAX_OUT });
        const payout = payeesOf(replicas, capWei);
        expect(sumOfPayees(payout.payees)).toBe(payout.feeWei);
        expect(payout.feeWei <= capWei).toBe(true);
        expect(payout.paidOut).toBeLessThanOrEqual(
          replicas.reduce((sum, { segments }) => sum + (segments.at(-1)?.paidTo ?? 0), 0),
        );
      }),
    );
  });

  it("charges no output token twice and the prompt at most once a replica", () => {
    fc.assert(
      fc.property(anyReplica, (replica) => {
        const { payees, paidIn } = payeesOf([replica], NO_CAP);
        let end = 0;
        for (const { from, to } of payees) {
          expect(from).toBeGreaterThanOrEqual(end);
          end = to;
        }
        expect([0, replica.segments[0]?.nIn]).toContain(paidIn);
      }),
    );
  });

  it("pays one miner for the prompt and all its output", () => {
    const { payees, feeWei: fee } = payeesOf([aReplica([aSegment()])], NO_CAP);
    expect(payees).toEqual([{ miner: minerOf(1), replica: 0, segment: 0, from: 0, to: 100, wei: 310n }]);
    expect(fee).toBe(310n);
  });

  it("charges tokens that were fed again to nobody", () => {
    const dead = aSegment({ paidTo: 64 });
    const successor = aSegment({ miner: minerOf(2), segment: 1, from: 64, madeFrom: 80, paidTo: 100 });
    const { payees, paidOut } = payeesOf([aReplica([dead, successor])], NO_CAP);
    expect(payees.map(({ from, to, wei }) => ({ from, to, wei }))).toEqual([
      { from: 0, to: 64, wei: 10n + 192n },
      { from: 80, to: 100, wei: 60n },
    ]);
    expect(paidOut).toBe(84);
  });

  it("charges the prompt to the first that is paid any output, at its own count and price", () => {
    const dead = aSegment({ paidTo: 0 });
    const successor = aSegment({ miner: minerOf(2), segment: 1, madeFrom: 20, paidTo: 50, nIn: 11, weiPerTokenIn: 2n });
    expect(payeesOf([aReplica([dead, successor])], NO_CAP).payees).toEqual([
      { miner: minerOf(2), replica: 0, segment: 1, from: 20, to: 50, wei: 22n + 90n },
    ]);
  });

  it("pays the prompt to a finisher without output, and nothing to nobody", () => {
    const idle = aSegment({ paidTo: 0 });
    expect(payeesOf([aReplica([idle])], NO_CAP).feeWei).toBe(10n);
    expect(payeesOf([aReplica([idle], false)], NO_CAP)).toEqual({ payees: [], feeWei: 0n, paidIn: 0, paidOut: 0 });
  });

  it("refuses a fee above the cap", () => {
    expect(() => payeesOf([aReplica([aSegment()])], 309n)).toThrow("PROTOCOL_FEE_ABOVE_CAP");
    expect(payeesOf([aReplica([aSegment()])], 310n).feeWei).toBe(310n);
  });

  it.each([
    ["a gap", [aSegment({ paidTo: 64 }), aSegment({ segment: 1, from: 65 })]],
    ["a wrong number", [aSegment({ segment: 1 })]],
    ["an end before its start", [aSegment({ paidTo: 64 }), aSegment({ segment: 1, from: 64, paidTo: 63 })]],
    ["output before its start", [aSegment({ paidTo: 64 }), aSegment({ segment: 1, from: 64, madeFrom: 60 })]],
  ])("refuses segments with %s", (_what, segments) => {
    expect(() => payeesOf([aReplica(segments)], NO_CAP)).toThrow("PROTOCOL_BAD_SEGMENTS");
  });
});

describe("fees", () => {
  it("are tokens times prices", () => {
    expect(feeWei({ nIn: 2, nOut: 3, weiPerTokenIn: 5n, weiPerTokenOut: 7n })).toBe(31n);
  });

  it("count bytes, not characters, and each message's frame", () => {
    expect(templatedPromptBytes({ kind: "text", text: "é" })).toBe(2);
    const chat = { kind: "chat", messages: [{ role: "user", content: "é" }] } as const;
    expect(templatedPromptBytes(chat)).toBeGreaterThan(2);
    expect(maxPromptTokens(chat)).toBe(templatedPromptBytes(chat) + PROMPT_OVERHEAD_TOKENS);
  });
});
