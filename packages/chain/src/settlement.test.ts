import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import fc from "fast-check";
import { encodeFunctionData } from "viem";
import { describe, expect, it } from "vitest";
import { corAbi } from "./generated/Cor.js";
import { decodeSettlement, encodeSettlement, type Settlement, settlementId } from "./settlement.js";

const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value): Hex => `0x${Buffer.from(value).toString("hex")}`);
const weiOf = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const debitOf = (lane: Address) =>
  fc.record({
    debit: fc.record({
      account: uint32,
      lane: fc.constant(lane),
      cumulativeWei: weiOf,
      receiptsRoot: hexOf(32),
      count: uint32,
      epoch: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    }),
    signature: hexOf(65),
  });

const settlements: fc.Arbitrary<Settlement> = hexOf(20).chain((lane) =>
  fc.record({
    lane: fc.constant(lane),
    debits: fc.array(debitOf(lane), { maxLength: 12 }),
    credits: fc.array(fc.record({ payee: hexOf(20), cumulativeWei: weiOf }), { maxLength: 12 }),
    settlementRoot: hexOf(32),
    setCid: hexOf(32),
  }),
);

const LANE: Address = `0x${"aa".repeat(20)}`;
const WORD: Bytes32 = `0x${"01".repeat(32)}`;
const aDebit = (more: object = {}) => ({
  debit: { account: 1, lane: LANE, cumulativeWei: 1n, receiptsRoot: WORD, count: 1, epoch: 0, ...more },
  signature: `0x${"11".repeat(65)}` as Hex,
});
const aSettlement = (more: Partial<Settlement> = {}): Settlement => ({
  lane: LANE,
  debits: [aDebit()],
  credits: [],
  settlementRoot: WORD,
  setCid: WORD,
  ...more,
});

describe("settlement", () => {
  it("reads back as itself, with and without a signature", () => {
    fc.assert(
      fc.property(settlements, hexOf(65), (settlement, signature) => {
        expect(decodeSettlement(encodeSettlement(settlement))).toEqual(settlement);
        expect(decodeSettlement(encodeSettlement({ ...settlement, signature }))).toEqual({ ...settlement, signature });
      }),
    );
  });

  it("has another id when anything in it is another", () => {
    fc.assert(
      fc.property(settlements, settlements, (one, other) => {
        const isSame = encodeSettlement(one) === encodeSettlement(other);
        expect(settlementId(one) === settlementId(other)).toBe(isSame);
      }),
    );
    expect(settlementId(aSettlement())).not.toBe(
      settlementId(aSettlement({ debits: [aDebit({ cumulativeWei: 2n })] })),
    );
  });

  it.each([
    ["a debit of another lane", { debits: [aDebit({ lane: `0x${"bb".repeat(20)}` })] }],
    ["an amount beyond 96 bits", { debits: [aDebit({ cumulativeWei: 2n ** 96n })] }],
    ["a negative amount", { debits: [aDebit({ cumulativeWei: -1n })] }],
    ["an account beyond 32 bits", { debits: [aDebit({ account: 2 ** 32 })] }],
    ["a short signature", { debits: [{ ...aDebit(), signature: "0x11" as Hex }] }],
    ["a credit beyond 96 bits", { credits: [{ payee: LANE, cumulativeWei: 2n ** 96n }] }],
  ])("refuses to encode %s", (_, more) => {
    expect(() => encodeSettlement(aSettlement(more))).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "CHAIN_BAD_SETTLEMENT" }) }),
    );
  });

  it("refuses to decode another call, or bytes that are no call", () => {
    const transfer = encodeFunctionData({ abi: corAbi, functionName: "transfer", args: [LANE, 1n] });
    for (const data of [transfer, "0x", "0x12345678"] as const) {
      expect(() => decodeSettlement(data)).toThrow(
        expect.objectContaining({ data: expect.objectContaining({ code: "CHAIN_BAD_SETTLEMENT" }) }),
      );
    }
  });
});
