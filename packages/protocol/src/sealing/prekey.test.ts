import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { aSealingMiner, keyOf, minerOf, SEAL_NOW, SEAL_TIMES, type SealingMiner } from "../test/aSealing.js";
import { anAddress, aWord } from "../test/aTask.js";
import {
  decodeSignedPrekeyBundle,
  encodeSignedPrekeyBundle,
  hashPrekeyBundle,
  type PrekeyBundle,
  prekeyBundleHash,
  prekeyBundleSigner,
  type SignedPrekeyBundle,
  signPrekeyBundle,
} from "./prekeyBundle.js";
import { type PrekeyFacts, prekeyFault, prekeyOf } from "./prekeyFault.js";

let alice: SealingMiner;
let signed: SignedPrekeyBundle;
let facts: PrekeyFacts;

beforeAll(async () => {
  alice = await aSealingMiner("alice", ["x25519", "xwing"]);
  signed = signPrekeyBundle(alice.bundle, keyOf("alice"));
  facts = {
    chainId: 31_337,
    registry: anAddress("registry"),
    miner: alice.miner,
    chainHash: prekeyBundleHash(alice.bundle),
    suite: "x25519",
    times: SEAL_TIMES,
    nowSeconds: SEAL_NOW,
  };
});

/** Another bundle that alice signed, and whose hash the chain has. */
function faultOf(change: Partial<PrekeyBundle>, more: Partial<PrekeyFacts> = {}) {
  const bundle = { ...alice.bundle, ...change };
  return prekeyFault(signPrekeyBundle(bundle, keyOf("alice")), {
    ...facts,
    chainHash: prekeyBundleHash(bundle),
    ...more,
  });
}

describe("a prekey bundle", () => {
  it("is sealed to when its node signed it, the chain has its hash and its time is now", () => {
    expect(prekeyFault(signed, facts)).toBeUndefined();
    expect(prekeyFault(signed, { ...facts, suite: "xwing" })).toBeUndefined();
    expect(prekeyBundleSigner(signed)).toBe(alice.miner);
  });

  it("comes back from its bytes as it was", () => {
    expect(decodeSignedPrekeyBundle(encodeSignedPrekeyBundle(signed))).toEqual(signed);
  });

  it("is refused from another signer", () => {
    const forged = signPrekeyBundle(alice.bundle, keyOf("mallory"));
    expect(prekeyFault(forged, facts)).toBe("wrongSigner");
    expect(prekeyFault({ ...signed, signature: `0x${"00".repeat(65)}` }, facts)).toBe("wrongSigner");
  });

  it("is refused for another chain or registry, also where only its domain is another", () => {
    expect(faultOf({}, { chainId: 1 })).toBe("otherChain");
    expect(faultOf({}, { registry: anAddress("another registry") })).toBe("otherRegistry");
    const elsewhere = signPrekeyBundle({ ...alice.bundle, chainId: 1 }, keyOf("alice"));
    expect(prekeyFault({ ...signed, signature: elsewhere.signature }, facts)).toBe("wrongSigner");
  });

  it("is refused as another miner's", () => {
    expect(faultOf({}, { miner: minerOf("mallory") })).toBe("otherMiner");
  });

  it("is refused before its time and from its end on", () => {
    const { validFrom, validTo } = alice.bundle;
    expect(faultOf({ validFrom: SEAL_NOW + 1 })).toBe("notYet");
    expect(faultOf({ validFrom: SEAL_NOW })).toBeUndefined();
    expect(faultOf({}, { nowSeconds: validFrom - 1 })).toBe("notYet");
    expect(faultOf({}, { nowSeconds: validTo - 1 })).toBeUndefined();
    expect(faultOf({}, { nowSeconds: validTo })).toBe("expired");
    expect(faultOf({ validTo: SEAL_NOW })).toBe("expired");
  });

  it("is refused when it gives itself more time than its epoch has, or none", () => {
    const { validFrom, validTo } = alice.bundle;
    expect(faultOf({ validTo: validTo + 1 })).toBe("badTerm");
    expect(faultOf({ validFrom: validFrom - 1 })).toBe("badTerm");
    expect(faultOf({ validFrom: SEAL_NOW, validTo: SEAL_NOW })).toBe("badTerm");
  });

  it("is refused where the chain has another hash, or none", () => {
    expect(faultOf({}, { chainHash: undefined })).toBe("notOnChain");
    expect(faultOf({}, { chainHash: aWord("another bundle") })).toBe("otherHash");
  });

  it("is refused with a key swapped, even by its own signer", async () => {
    const mallory = await aSealingMiner("mallory", ["x25519", "xwing"]);
    expect(faultOf({ keys: mallory.bundle.keys }, { chainHash: facts.chainHash })).toBe("otherHash");
    const swapped = { ...signed, bundle: { ...alice.bundle, keys: mallory.bundle.keys } };
    expect(prekeyFault(swapped, facts)).toBe("wrongSigner");
  });

  it("is refused where it lacks the suite that was asked for: no other is given", () => {
    const weak = alice.bundle.keys.filter(({ suite }) => suite === "x25519");
    expect(faultOf({ keys: weak }, { suite: "xwing" })).toBe("suiteAbsent");
    const strong = alice.bundle.keys.filter(({ suite }) => suite === "xwing");
    expect(faultOf({ keys: strong }, { suite: "x25519" })).toBe("suiteAbsent");
    expect(prekeyOf(signed, "xwing")).toEqual(alice.bundle.keys[1]);
  });

  it("has another hash and another signature when anything in it is another", () => {
    const { bundle } = signed;
    const [first, second] = bundle.keys;
    if (first === undefined || second === undefined) throw new Error("a key of each suite");
    const others: PrekeyBundle[] = [
      { ...bundle, chainId: 1 },
      { ...bundle, registry: anAddress("another") },
      { ...bundle, node: anAddress("another") },
      { ...bundle, prekeyEpoch: 6 },
      { ...bundle, validFrom: bundle.validFrom + 1 },
      { ...bundle, validTo: bundle.validTo - 1 },
      { ...bundle, keys: [first] },
      { ...bundle, keys: [{ ...first, publicKey: new Uint8Array(32).fill(7) }, second] },
    ];
    expect(new Set([bundle, ...others].map(prekeyBundleHash)).size).toBe(9);
    for (const other of others) expect(signPrekeyBundle(other, keyOf("alice")).signature).not.toBe(signed.signature);
    expect(hashPrekeyBundle({ ...bundle, chainId: 1 })).toBe(hashPrekeyBundle(bundle));
  });

  it("isn't made with keys out of order, twice, of another length, or none", () => {
    const [first, second] = alice.bundle.keys;
    if (first === undefined || second === undefined) throw new Error("a key of each suite");
    const short = { ...first, publicKey: first.publicKey.slice(1) };
    for (const keys of [[], [second, first], [first, first], [short, second]]) {
      expect(() => prekeyBundleHash({ ...alice.bundle, keys })).toThrow("PROTOCOL_BAD_RECORD");
    }
  });

  it("is refused from bytes that are cut, go on, or name another version, suite or order", () => {
    const bytes = encodeSignedPrekeyBundle(signed);
    const keysAt = 1 + 8 + 20 + 20 + 8 + 8 + 8;
    const changed = (at: number, value: number) => bytes.map((byte, index) => (index === at ? value : byte));
    const bad = [bytes.slice(0, -1), Uint8Array.from([...bytes, 0]), changed(0, 2), changed(keysAt, 0)];
    const more = [changed(keysAt, 3), changed(keysAt + 2, 9), changed(keysAt + 2, 2)];
    for (const one of [...bad, ...more]) expect(() => decodeSignedPrekeyBundle(one)).toThrow("PROTOCOL_BAD_RECORD");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(() => decodeSignedPrekeyBundle(noise)).toThrow("PROTOCOL_BAD_RECORD");
      }),
    );
  });
});
