import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, concatBytes, hexToBytes } from "../bytes.js";
import { guardsDomain } from "../eip712Domain.js";
import { signDigest } from "../secp256k1.js";
import {
  addressOf,
  DOMAIN,
  equalStakes,
  keyedGuards,
  keyedSet,
  packedBy,
  signedBy,
  wordOf,
} from "../test/someGuards.js";
import {
  ATTESTATION_KINDS,
  type Attestation,
  attestationDigest,
  attestationSigner,
  signAttestation,
} from "./attestation.js";
import { recoverCompact, toCompactSignature } from "./compactSignature.js";
import { decodeQuorum, encodeQuorum, verifyQuorum } from "./quorum.js";

const ASKED: Attestation = { subjectChainId: 10, kind: "settlement", epoch: 7, root: wordOf(5) };
const DIGEST = attestationDigest(DOMAIN, ASKED);

describe("an attestation", () => {
  const [{ guard, key }] = keyedGuards(1) as [ReturnType<typeof keyedGuards>[number]];
  const signed = signAttestation(DOMAIN, ASKED, key);

  it("is its signer's alone, in its own words alone", () => {
    expect(attestationSigner(DOMAIN, signed)).toBe(guard);
    const others: readonly Partial<Attestation>[] = [
      { subjectChainId: 11 },
      ...ATTESTATION_KINDS.filter((kind) => kind !== ASKED.kind).map((kind) => ({ kind })),
      { epoch: 8 },
      { root: wordOf(6) },
    ];
    for (const change of others) {
      expect(attestationSigner(DOMAIN, { ...signed, attestation: { ...ASKED, ...change } })).not.toBe(guard);
    }
  });

  it("holds on no other chain and for no other contract", () => {
    for (const domain of [
      guardsDomain({ chainId: 31_338, guards: DOMAIN.verifyingContract }),
      guardsDomain({ chainId: DOMAIN.chainId, guards: addressOf(0xc1) }),
    ]) {
      expect(attestationSigner(domain, signed)).not.toBe(guard);
    }
  });

  it("refuses numbers that don't fit", () => {
    expect(() => attestationDigest(DOMAIN, { ...ASKED, epoch: -1 })).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => attestationDigest(DOMAIN, { ...ASKED, subjectChainId: 2 ** 53 })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});

describe("a compact signature", () => {
  const key = wordOf(77);
  const compact = toCompactSignature(signDigest(DIGEST, key));

  it("recovers the same signer as the long one, for either parity", () => {
    const digests = Array.from({ length: 12 }, (_, index) => wordOf(index + 1));
    const signatures = digests.map((digest) => signDigest(digest, key));
    expect(new Set(signatures.map((signature) => signature.slice(-2)))).toEqual(new Set(["1b", "1c"]));
    for (const [index, digest] of digests.entries()) {
      const short = toCompactSignature(signatures[index] ?? "0x");
      expect(short).toHaveLength(2 + 128);
      expect(recoverCompact(digest, short)).toBe(recoverCompact(DIGEST, compact));
    }
  });

  it("has one form: none with a high s, a zero, another length or another v", () => {
    const full = hexToBytes(signDigest(DIGEST, key));
    const r = full.slice(0, 32);
    const s = full.slice(32, 64);
    const zero = new Uint8Array(32);
    const word = (value: bigint) => hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
    const joined = (...parts: readonly Uint8Array[]) => bytesToHex(concatBytes(...parts));
    const order = secp256k1.Point.Fn.ORDER;
    // Of the high ones only those just above the half leave the parity's bit free.
    expect(() => recoverCompact(DIGEST, joined(r, word(order / 2n + 1n)))).toThrow("high s");
    expect(() => toCompactSignature(joined(r, word(order - BigInt(bytesToHex(s))), new Uint8Array([27])))).toThrow(
      "high s",
    );
    expect(() => recoverCompact(DIGEST, joined(r, zero))).toThrow("PROTOCOL_BAD_SIGNATURE");
    expect(() => recoverCompact(DIGEST, joined(zero, s))).toThrow("PROTOCOL_BAD_SIGNATURE");
    expect(() => recoverCompact(DIGEST, joined(r, s, zero))).toThrow("not 64 bytes");
    for (const v of [0, 29]) {
      expect(() => toCompactSignature(joined(r, s, new Uint8Array([v])))).toThrow("not r ‖ s ‖ v");
    }
    expect(() => toCompactSignature(joined(r, s))).toThrow("not r ‖ s ‖ v");
  });
});

describe("packed signatures", () => {
  const set = keyedSet(equalStakes(7));
  const guards = keyedGuards(7);
  const five = packedBy(set, guards.slice(1, 6), ASKED);

  it("of five of seven are a quorum, of four not, in 4 bytes and 64 for each", () => {
    expect(five).toHaveLength(4 + 5 * 64);
    const verdict = verifyQuorum({ set, digest: DIGEST, packed: five });
    expect(verdict).toEqual({ signers: guards.slice(1, 6).map(({ guard }) => guard), isQuorum: true });
    const four = packedBy(set, guards.slice(0, 4), ASKED);
    expect(verifyQuorum({ set, digest: DIGEST, packed: four }).isQuorum).toBe(false);
    const frozen = new Set(guards.slice(2, 3).map(({ guard }) => guard));
    expect(verifyQuorum({ set, digest: DIGEST, packed: five, frozen }).isQuorum).toBe(false);
  });

  it("are read back as they were packed, whatever order they were given in", () => {
    const signers = fc.uniqueArray(fc.integer({ min: 0, max: 31 }), { minLength: 1, maxLength: 32 });
    const whole = keyedSet(equalStakes(32));
    fc.assert(
      fc.property(signers, (places) => {
        const given = places.map((place) => ({
          guard: keyedGuards(32)[place]?.guard ?? "0x",
          signature: `0x${place.toString(16).padStart(128, "0")}` as const,
        }));
        const packed = encodeQuorum(whole, given);
        const read = decodeQuorum(whole, packed);
        expect(read).toEqual([...given].sort((left, right) => (left.guard < right.guard ? -1 : 1)));
        expect(bytesToHex(encodeQuorum(whole, read))).toBe(bytesToHex(packed));
      }),
      { numRuns: 60 },
    );
  });

  it("are refused when any one bit is another", () => {
    fc.assert(
      fc.property(fc.nat(five.length * 8 - 1), (bit) => {
        const broken = five.slice();
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => verifyQuorum({ set, digest: DIGEST, packed: broken })).toThrow(/PROTOCOL_BAD_(RECORD|SIGNATURE)/);
      }),
      { numRuns: 60 },
    );
  });

  it("are refused cut short, going on, from nobody, in another order, or under another guard's bit", () => {
    const at = (packed: Uint8Array) => () => verifyQuorum({ set, digest: DIGEST, packed });
    expect(at(five.subarray(0, five.length - 1))).toThrow("it is too short");
    expect(at(concatBytes(five, new Uint8Array(1)))).toThrow("it goes on beyond its end");
    expect(at(new Uint8Array(4))).toThrow("nobody signed");
    expect(at(new Uint8Array(0))).toThrow("it is too short");
    const beyond = concatBytes(new Uint8Array([0, 0, 0, 0x80]), five.subarray(4, 68));
    expect(at(beyond)).toThrow("a bit beyond the set");
    const swapped = concatBytes(five.subarray(0, 4), five.subarray(68, 132), five.subarray(4, 68), five.subarray(132));
    expect(at(swapped)).toThrow("a signature of somebody else");
    const again = concatBytes(five.subarray(0, 4), five.subarray(4, 68), five.subarray(4, 68), five.subarray(132));
    expect(at(again)).toThrow("a signature of somebody else");
  });

  it("stand behind their own digest, and no other", () => {
    const other = attestationDigest(DOMAIN, { ...ASKED, root: wordOf(6) });
    expect(() => verifyQuorum({ set, digest: other, packed: five })).toThrow("a signature of somebody else");
  });

  it("are never packed from nobody, from a guard twice or from a stranger", () => {
    const signatures = signedBy(guards.slice(0, 1), ASKED);
    expect(() => encodeQuorum(set, [])).toThrow("nobody signed");
    expect(() => encodeQuorum(set, [...signatures, ...signatures])).toThrow("a guard twice");
    expect(() => encodeQuorum(keyedSet(equalStakes(1)), signedBy(keyedGuards(2).slice(1), ASKED))).toThrow(
      "isn't in the set",
    );
  });
});
