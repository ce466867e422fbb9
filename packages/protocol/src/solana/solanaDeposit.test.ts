import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bytesToHex } from "../bytes.js";
import { verifyMerklePath } from "../merkle.js";
import { type Hex, isHex } from "../primitives.js";
import { aSolanaDeposit, solanaTill } from "../test/aSolanaDeposit.js";
import { creditSolanaDeposit, NO_SOLANA_CREDITS, type SolanaCredits } from "./creditSolanaDeposit.js";
import {
  packSolanaDeposit,
  type SolanaDeposit,
  solanaChainId,
  solanaCreditWei,
  solanaDepositId,
  solanaDepositLeaf,
} from "./solanaDeposit.js";
import { solanaDepositsRoot } from "./solanaDepositsRoot.js";
import { readSolanaMemo } from "./solanaRecord.js";

const hex = z.custom<Hex>(isHex);
const vectors = z
  .object({
    deposits: z.array(
      z.object({
        genesisHash: hex,
        signature: hex,
        instruction: z.int(),
        vault: hex,
        mint: hex,
        amount: z.string(),
        memo: z.string(),
        id: hex,
        packed: hex,
        leaf: hex,
      }),
    ),
    root: z.object({ fromEpoch: z.int(), epoch: z.int(), subjectChainId: z.int(), merkleRoot: hex, root: hex }),
  })
  .parse(JSON.parse(readFileSync(new URL("../../test/solana/vectors.json", import.meta.url), "utf8")));

const of = ({ memo, amount, ...place }: (typeof vectors.deposits)[number]): SolanaDeposit => {
  const read = readSolanaMemo(memo);
  if (read.kind !== "record" || read.record.kind !== "deposit") expect.unreachable(memo);
  const { chainId, network, to, nonce } = read.record;
  const { genesisHash, signature, instruction, vault, mint } = place;
  return { genesisHash, signature, instruction, vault, mint, amount: BigInt(amount), chainId, network, to, nonce };
};

describe("a deposit's leaf", () => {
  it("is what a second implementation made of it", () => {
    for (const vector of vectors.deposits) {
      const deposit = of(vector);
      expect(bytesToHex(packSolanaDeposit(deposit))).toBe(vector.packed);
      expect(solanaDepositId(deposit)).toBe(vector.id);
      expect(solanaDepositLeaf(deposit)).toBe(vector.leaf);
    }
    const deposits = vectors.deposits.map(of);
    const { fromEpoch, epoch, ...expected } = vectors.root;
    const genesisHash = deposits[0]?.genesisHash ?? expect.unreachable();
    expect(solanaDepositsRoot({ genesisHash, fromEpoch, epoch }, deposits)).toMatchObject(expected);
  });

  it("is another for each fact of it", () => {
    const whole = aSolanaDeposit(1);
    const other = aSolanaDeposit(2);
    const changes: readonly Partial<SolanaDeposit>[] = [
      { genesisHash: other.signature.slice(0, 66) as Hex },
      { signature: other.signature },
      { instruction: 3 },
      { vault: whole.mint },
      { mint: whole.vault },
      { amount: whole.amount + 1n },
      { chainId: 2 },
      { network: `0x${"01".repeat(20)}` },
      { to: { kind: "wallet", address: `0x${"00".repeat(19)}07` } },
      { to: { kind: "session", account: 8 } },
      { nonce: 99n },
    ];
    const leaves = [whole, ...changes.map((change) => ({ ...whole, ...change }))].map(solanaDepositLeaf);
    expect(new Set(leaves).size).toBe(leaves.length);
  });

  it("isn't made of nothing, of more than 64 bits, nor of a place that no transaction has", () => {
    expect(() => packSolanaDeposit({ ...aSolanaDeposit(1), amount: 0n })).toThrow("a deposit of nothing");
    expect(() => packSolanaDeposit({ ...aSolanaDeposit(1), amount: 2n ** 64n })).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => solanaDepositId({ ...aSolanaDeposit(1), instruction: 64 })).toThrow("instruction");
  });
});

describe("a root of deposits", () => {
  const range = { genesisHash: aSolanaDeposit(1).genesisHash, fromEpoch: 7, epoch: 9 };

  it("is the same in whatever order they came, holds each of them, and is another without any", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 20 }), fc.nat(), (numbers, pick) => {
        const deposits = numbers.map(aSolanaDeposit);
        const root = solanaDepositsRoot(range, deposits);
        expect(solanaDepositsRoot(range, [...deposits].reverse()).root).toBe(root.root);
        const left = deposits.filter((_, index) => index !== pick % deposits.length);
        expect(solanaDepositsRoot(range, left).root).not.toBe(root.root);
        for (const deposit of deposits) {
          const leaf = solanaDepositLeaf(deposit);
          expect(verifyMerklePath(leaf, root.pathOf(root.leaves.indexOf(leaf)), root.merkleRoot)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses two of one place, one of another cluster, and a range that runs backwards", () => {
    const one = aSolanaDeposit(1);
    expect(() => solanaDepositsRoot(range, [one, { ...one, amount: 9n }])).toThrow("two deposits of one place");
    const other = { ...one, genesisHash: one.mint };
    expect(() => solanaDepositsRoot(range, [other])).toThrow("another cluster");
    expect(() => solanaDepositsRoot({ ...range, fromEpoch: 10 }, [])).toThrow("backwards");
    expect(solanaDepositsRoot(range, []).root).not.toBe(solanaDepositsRoot({ ...range, fromEpoch: 8 }, []).root);
  });

  it("speaks of a cluster by a number that no chain has", () => {
    const id = solanaChainId(range.genesisHash);
    expect(Number.isSafeInteger(id) && id >= 2 ** 52).toBe(true);
    expect(solanaChainId(aSolanaDeposit(1).mint)).not.toBe(id);
  });
});

describe("a till", () => {
  const at = (credits: SolanaCredits, deposit: SolanaDeposit, nowSeconds = 0) =>
    creditSolanaDeposit(solanaTill, credits, { deposit, nowSeconds });

  it("credits each place once and no window above its cap, whatever comes when and how often", () => {
    const coming = fc.array(fc.tuple(fc.nat(12), fc.nat(400)), { maxLength: 60 });
    fc.assert(
      fc.property(coming, (arrivals) => {
        let credits = NO_SOLANA_CREDITS;
        const given = new Map<number, number>();
        const windows = new Map<number, bigint>();
        for (const [number, seconds] of [...arrivals].sort((a, b) => a[1] - b[1])) {
          const step = at(credits, aSolanaDeposit(number), seconds);
          if (step.kind === "refused") continue;
          given.set(number, (given.get(number) ?? 0) + 1);
          const window = Math.floor(seconds / solanaTill.windowSeconds);
          const wei = step.state.totalWei - credits.totalWei;
          expect(wei).toBe(solanaCreditWei(aSolanaDeposit(number).amount, solanaTill.decimals));
          windows.set(window, (windows.get(window) ?? 0n) + wei);
          credits = step.state;
        }
        expect([...given.values()].every((times) => times === 1)).toBe(true);
        expect([...windows.values()].every((wei) => wei <= solanaTill.capWei)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("makes what finds the window full wait for a later one, and what no window holds never enter", () => {
    const step = at(NO_SOLANA_CREDITS, { ...aSolanaDeposit(1), amount: 10n });
    if (step.kind === "refused") expect.unreachable();
    const second = { ...aSolanaDeposit(2), amount: 1n };
    expect(at(step.state, second)).toEqual({ kind: "refused", refusal: "windowFull" });
    expect(at(step.state, second, 100).kind).toBe("moved");
    expect(at(step.state, { ...second, amount: 11n }, 100)).toEqual({ kind: "refused", refusal: "aboveCap" });
    expect(at(step.state, { ...aSolanaDeposit(1), amount: 3n }, 100)).toEqual({ kind: "refused", refusal: "already" });
  });

  it("takes nothing of another cluster, vault, mint, chain or network", () => {
    const deposit = aSolanaDeposit(1);
    const changes = [
      { genesisHash: deposit.mint },
      { vault: deposit.mint },
      { mint: deposit.vault },
      { chainId: 2 },
      { network: `0x${"02".repeat(20)}` as const },
    ];
    for (const change of changes)
      expect(at(NO_SOLANA_CREDITS, { ...deposit, ...change })).toEqual({ kind: "refused", refusal: "otherTill" });
  });

  it("credits to the last unit, or not at all", () => {
    expect(solanaCreditWei(1n, 9)).toBe(10n ** 9n);
    expect(solanaCreditWei(7n, 18)).toBe(7n);
    expect(() => solanaCreditWei(1n, 19)).toThrow("decimals");
  });
});
