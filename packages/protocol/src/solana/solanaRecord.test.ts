import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { formatSolanaRecord, readSolanaMemo, type SolanaRecord } from "./solanaRecord.js";

const vectors = z
  .object({ memos: z.array(z.object({ text: z.string(), kind: z.string() })), bad: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(new URL("../../test/solana/vectors.json", import.meta.url), "utf8")));

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((of): Hex => `0x${Buffer.from(of).toString("hex")}`);
const word: fc.Arbitrary<Bytes32> = hex(32);
const address: fc.Arbitrary<Address> = hex(20);
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const network = { chainId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), network: address };
const target = fc.oneof(
  fc.record({ kind: fc.constant("session" as const), account: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
  fc.record({ kind: fc.constant("wallet" as const), address }),
);
const record: fc.Arbitrary<SolanaRecord> = fc.oneof(
  fc.record({ kind: fc.constant("deposit" as const), ...network, to: target, nonce: u64 }),
  fc.record({
    kind: fc.constant("open" as const),
    ...network,
    taskId: word,
    router: word,
    workSeconds: fc.integer({ min: 1, max: 3_600 }),
  }),
  fc.record({ kind: fc.constant("assign" as const), taskId: word, miner: word }),
  fc.record({ kind: fc.constant("commit" as const), taskId: word, resultHash: word, fee: u64 }),
  fc.record({ kind: fc.constantFrom("accept" as const, "refuse" as const, "payout" as const), taskId: word }),
);

describe("a memo of the network", () => {
  it("is read back as what was written, whatever it says", () => {
    fc.assert(
      fc.property(record, (of) => {
        expect(readSolanaMemo(formatSolanaRecord(of))).toEqual({ kind: "record", record: of });
      }),
      { numRuns: 300 },
    );
  });

  it("has one text: one that differs by a character is another record, or none", () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.string({ minLength: 0, maxLength: 1 }), (of, pick, character) => {
        const text = formatSolanaRecord(of);
        const at = pick % text.length;
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        const read = readSolanaMemo(changed);
        if (read.kind === "record") expect(formatSolanaRecord(read.record)).toBe(changed);
      }),
      { numRuns: 500 },
    );
  });

  it("is what the vectors say", () => {
    for (const { text, kind } of vectors.memos) {
      const read = readSolanaMemo(text);
      if (read.kind !== "record") expect.unreachable(text);
      expect(read.record.kind).toBe(kind);
      expect(formatSolanaRecord(read.record)).toBe(text);
    }
  });

  it.each(vectors.bad)("is none when it is malformed: %s", (text) => {
    expect(readSolanaMemo(text).kind).toBe("bad");
  });

  it("is somebody else's when it doesn't begin as ours do", () => {
    for (const text of ["", "hello", "cortensor:2:deposit", " cortensor:1:deposit", "Cortensor:1:deposit"])
      expect(readSolanaMemo(text)).toEqual({ kind: "foreign" });
  });

  it("isn't written from what couldn't be read back", () => {
    const to = { kind: "session", account: 2 ** 32 } as const;
    const of: SolanaRecord = { kind: "deposit", chainId: 1, network: `0x${"aa".repeat(20)}`, to, nonce: 0n };
    expect(() => formatSolanaRecord(of)).toThrow("PROTOCOL_BAD_RECORD");
    expect(() => formatSolanaRecord({ ...of, to: { kind: "session", account: 1 }, chainId: 0 })).toThrow("chainId");
  });
});
