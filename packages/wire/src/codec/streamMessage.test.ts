import { hasCode, PROBE_TOKENS_MAX } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECK_REFUSALS, CHECK_VERDICTS, type FromMiner, PROBE_REFUSALS, REPLAY_DIFFERENCES } from "../messages.js";
import { fromMiner, toMiner } from "../test/messageArbitraries.js";
import { decodeStreamMessage, encodeStreamMessage } from "./streamMessage.js";

const RUNS = { numRuns: 300 };

describe("stream messages", () => {
  it("come back as they were sent, both ways", () => {
    fc.assert(
      fc.property(toMiner, (message) => {
        expect(decodeStreamMessage(encodeStreamMessage(message, "router"), "router")).toEqual(message);
      }),
      RUNS,
    );
    fc.assert(
      fc.property(fromMiner, (message) => {
        expect(decodeStreamMessage(encodeStreamMessage(message, "miner"), "miner")).toEqual(message);
      }),
      RUNS,
    );
  });

  it("are refused when any end of them is missing, or anything is added", () => {
    fc.assert(
      fc.property(fromMiner, fc.double({ min: 0, max: 1, noNaN: true }), (message, share) => {
        const bytes = encodeStreamMessage(message, "miner");
        const cut = Math.floor(share * (bytes.length - 1));
        expect(() => decodeStreamMessage(bytes.subarray(0, cut), "miner")).toThrow("WIRE_MALFORMED");
        expect(() => decodeStreamMessage(Buffer.concat([bytes, Buffer.from([0])]), "miner")).toThrow("WIRE_MALFORMED");
      }),
      RUNS,
    );
  });

  it("have one encoding: bytes that are accepted are the bytes that would be sent", () => {
    fc.assert(
      fc.property(fromMiner, fc.nat(), uint8, (message, where, value) => {
        const bytes = encodeStreamMessage(message, "miner");
        bytes[where % bytes.length] = value;
        try {
          const decoded = decodeStreamMessage(bytes, "miner");
          expect(encodeStreamMessage(decoded, "miner").equals(bytes)).toBe(true);
        } catch (error) {
          if (!hasCode(error, "WIRE_MALFORMED")) throw error;
        }
      }),
      RUNS,
    );
  });

  it("are refused from the side that may not send them", () => {
    const abort = encodeStreamMessage({ kind: "abort", reason: "" }, "router");
    expect(() => decodeStreamMessage(abort, "miner")).toThrow("no kind has the number 4");
    expect(() => encodeStreamMessage({ kind: "abort", reason: "" }, "miner")).toThrow("WIRE_UNENCODABLE");
  });

  it("of probes have bounds: more tokens, another length of the seal and an unknown refusal are refused", () => {
    const word = `0x${"11".repeat(32)}` as const;
    const probe = (sealed: `0x${string}`) => {
      const statement = { sealed, nonce: 0, deadline: 1, expires: 2 };
      return { kind: "probe" as const, challenge: word, modelId: word, kernelClass: word, statement };
    };
    const sealed = encodeStreamMessage(probe(`0x${"22".repeat(80)}`), "router");
    expect(decodeStreamMessage(sealed, "router")).toEqual(probe(`0x${"22".repeat(80)}`));
    expect(() => decodeStreamMessage(sealed, "miner")).toThrow("no kind has the number 5");
    expect(() => encodeStreamMessage(probe(`0x${"22".repeat(81)}`), "router")).toThrow("WIRE_UNENCODABLE");
    const [probed] = fc.sample(
      fromMiner.filter((message) => message.kind === "probed"),
      1,
    );
    const tooMany = { ...probed, ids: Array.from({ length: PROBE_TOKENS_MAX + 1 }, () => 0) };
    expect(() => encodeStreamMessage(tooMany as FromMiner, "miner")).toThrow("WIRE_UNENCODABLE");
    expect(() => decodeStreamMessage(Buffer.from([41, PROBE_REFUSALS.length]), "miner")).toThrow("WIRE_MALFORMED");
  });

  it("of checks have bounds: an unknown verdict, difference or refusal is refused, and a position beyond 32 bits", () => {
    // checked · holds · nothing differs.
    const holds = Buffer.from([44, 0, 0]);
    expect(decodeStreamMessage(holds, "miner")).toEqual({ kind: "checked", verdict: "holds" });
    expect(() => decodeStreamMessage(holds, "router")).toThrow("no kind has the number 44");
    expect(() => decodeStreamMessage(Buffer.from([44, CHECK_VERDICTS.length, 0]), "miner")).toThrow("WIRE_MALFORMED");
    const differs = Buffer.from([44, 1, 1, REPLAY_DIFFERENCES.length, 0]);
    expect(() => decodeStreamMessage(differs, "miner")).toThrow("WIRE_MALFORMED");
    expect(() => decodeStreamMessage(Buffer.from([45, CHECK_REFUSALS.length]), "miner")).toThrow("WIRE_MALFORMED");
    const farOff = { what: "token" as const, position: 2 ** 32 };
    expect(() => encodeStreamMessage({ kind: "checked", verdict: "wrong", differs: farOff }, "miner")).toThrow(
      "WIRE_UNENCODABLE",
    );
  });

  it("can't make the reader allocate more than was sent", () => {
    // tokens · from 0 · a million ids, of which none follows.
    expect(() => decodeStreamMessage(Buffer.from([34, 0, 0xc0, 0x84, 0x3d]), "miner")).toThrow("WIRE_MALFORMED");
  });

  it("refuse values that the format has no place for", () => {
    const tokens = (from: number) => ({ kind: "tokens" as const, from, ids: [], text: "" });
    expect(() => encodeStreamMessage(tokens(2 ** 32), "miner")).toThrow("WIRE_UNENCODABLE");
    expect(() => encodeStreamMessage(tokens(-1), "miner")).toThrow("WIRE_UNENCODABLE");
    expect(() => encodeStreamMessage(tokens(0.5), "miner")).toThrow("WIRE_UNENCODABLE");
    const vectors = { kind: "vectors" as const, vectors: [Float32Array.of(Number.NaN)], tokens: 0 };
    expect(() => encodeStreamMessage(vectors, "miner")).toThrow("finite");
  });

  it("refuse text that is not UTF-8", () => {
    // failed · code of one byte 0xff · empty detail.
    expect(() => decodeStreamMessage(Buffer.from([39, 1, 0xff, 0]), "miner")).toThrow("not UTF-8");
  });
});

const uint8 = fc.integer({ min: 0, max: 255 });
