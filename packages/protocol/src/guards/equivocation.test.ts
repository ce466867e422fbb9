import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, concatBytes } from "../bytes.js";
import { guardsDomain } from "../eip712Domain.js";
import { DOMAIN, keyedGuards, wordOf } from "../test/someGuards.js";
import { type Attestation, signAttestation } from "./attestation.js";
import { decodeEquivocation, encodeEquivocation, equivocationOf, equivocatorOf } from "./equivocation.js";

const [liar, other] = keyedGuards(2) as [
  ReturnType<typeof keyedGuards>[number],
  ReturnType<typeof keyedGuards>[number],
];
const asked: Attestation = { subjectChainId: 10, kind: "results", epoch: 7, root: wordOf(5) };
const signed = (changes: Partial<Attestation> = {}, by = liar) =>
  signAttestation(DOMAIN, { ...asked, ...changes }, by.key);
const proof = equivocationOf(DOMAIN, signed(), signed({ root: wordOf(4) }));

describe("two roots that one guard signed", () => {
  it("prove themselves, in 237 bytes that need nothing else", () => {
    const bytes = encodeEquivocation(proof);
    expect(bytes).toHaveLength(237);
    const read = decodeEquivocation(bytes);
    expect(read).toEqual(proof);
    expect(equivocatorOf(read)).toBe(liar.guard);
  });

  it("are one proof, whichever is shown first", () => {
    expect(equivocationOf(DOMAIN, signed({ root: wordOf(4) }), signed())).toEqual(proof);
  });

  it("are read back as written, for any chain, kind, epoch and roots", () => {
    const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const kind = fc.constantFrom("results", "reputation", "settlement", "beacon", "checkpoint");
    const roots = fc.uniqueArray(fc.nat(), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(number, kind, number, roots, (subjectChainId, kindHere, epoch, [one = 0, two = 1]) => {
        const of = (root: number) =>
          signed({ subjectChainId, kind: kindHere, epoch, root: wordOf(root) } as Attestation);
        const found = equivocationOf(DOMAIN, of(one), of(two));
        expect(decodeEquivocation(encodeEquivocation(found))).toEqual(found);
        expect(equivocatorOf(found)).toBe(liar.guard);
      }),
      { numRuns: 10 },
    );
  });
});

describe("what is no equivocation", () => {
  it.each([
    ["the same root twice", signed(), "one root"],
    ["another signer", signed({ root: wordOf(4) }, other), "two signers"],
    ["another epoch", signed({ root: wordOf(4), epoch: 8 }), "two epochs"],
    ["another kind", signed({ root: wordOf(4), kind: "beacon" }), "two kinds"],
    ["another subject chain", signed({ root: wordOf(4), subjectChainId: 11 }), "two subject chains"],
  ])("is refused: %s", (_what, second, reason) => {
    expect(() => equivocationOf(DOMAIN, signed(), second)).toThrow(`reason=${reason}`);
  });

  it("is refused: signatures of another domain, which show two signers that nobody knows, or none", () => {
    const elsewhere = guardsDomain({ chainId: 1, guards: DOMAIN.verifyingContract });
    const second = signAttestation(elsewhere, { ...asked, root: wordOf(4) }, liar.key);
    expect(() => equivocationOf(DOMAIN, signed(), second)).toThrow(/two signers|PROTOCOL_BAD_SIGNATURE/);
  });

  it("is refused: an epoch changed in a proof, so that another's signature is shown as of this one", () => {
    expect(() => equivocatorOf({ ...proof, epoch: 8 })).toThrow(/two signers|PROTOCOL_BAD_SIGNATURE/);
  });

  it("is refused: one root in two spellings", () => {
    const root = wordOf(0xab);
    const upper = root.replace("ab", "AB") as typeof root;
    expect(() => equivocationOf(DOMAIN, signed({ root }), signed({ root: upper }))).toThrow("in lower case");
  });

  it("is refused: roots out of order, an unknown kind, bytes too few or too many", () => {
    const turned = {
      ...proof,
      roots: [proof.roots[1], proof.roots[0]],
      signatures: [proof.signatures[1], proof.signatures[0]],
    } as const;
    expect(() => decodeEquivocation(encodeEquivocation(turned))).toThrow("the higher root first");
    const bytes = encodeEquivocation(proof);
    for (const kind of [0, 8]) {
      const broken = bytes.slice();
      broken[36] = kind;
      expect(() => decodeEquivocation(broken)).toThrow("no such kind");
    }
    for (const length of [0, 1, 100, 236])
      expect(() => decodeEquivocation(bytes.subarray(0, length))).toThrow("it is too short");
    expect(() => decodeEquivocation(concatBytes(bytes, new Uint8Array(1)))).toThrow("it goes on beyond its end");
  });

  it("accuses nobody when any one bit of a proof is another", () => {
    const bytes = encodeEquivocation(proof);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const broken = bytes.slice();
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => decodeEquivocation(broken)).toThrow(/PROTOCOL_BAD_(RECORD|SIGNATURE)/);
        expect(bytesToHex(broken)).not.toBe(bytesToHex(bytes));
      }),
      { numRuns: 60 },
    );
  });
});
