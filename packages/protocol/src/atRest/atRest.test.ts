import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../bytes.js";
import { registryDomain } from "../eip712Domain.js";
import type { SealSuite } from "../sealing/index.js";
import { createSealKeyPair, portableAead, type SealKeyPair } from "../sealing/index.js";
import { bytesOf, keyOf, minerOf } from "../test/aSealing.js";
import { anAddress, aWord } from "../test/aTask.js";
import { type Grant, type GrantTerms, hashGrant, openGrant, type SignedGrant, signGrant, wrapGrant } from "./grant.js";
import { type GrantFacts, grantFault } from "./grantFault.js";
import { keptHash, objectKey } from "./objectKey.js";
import { OBJECT_FRAME_BYTES, ObjectCipher, openObject, sealedBytesOf, sealObject } from "./sealedObject.js";
import { hashShredRecord, shredFault, shredRecordOf, signShredRecord } from "./shredRecord.js";

const DOMAIN = registryDomain({ chainId: 31_337, registry: anAddress("grants") });
const SECRETS = { granted: bytesOf("granted"), kept: bytesOf("kept") };
const KEY = objectKey(SECRETS);
const SEALED_FRAME = OBJECT_FRAME_BYTES + 16;
const CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

const TERMS: GrantTerms = {
  owner: minerOf("owner"),
  cid: CID,
  grantee: minerOf("grantee"),
  suite: "x25519",
  scope: "read",
  expires: 2_000,
  keptHash: keptHash(SECRETS.kept),
};

let grantee: SealKeyPair;
let grant: Grant;
let signed: SignedGrant;

beforeAll(async () => {
  grantee = await createSealKeyPair("x25519", bytesOf("grantee's key"));
  grant = await wrapGrant(TERMS, { granted: SECRETS.granted, publicKey: grantee.publicKey, aead: portableAead });
  signed = signGrant(DOMAIN, grant, keyOf("owner"));
});

const refused = (refusal: string) => ({ kind: "refused", refusal });
const patterned = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31) % 251);

describe("an object at rest", () => {
  it.each([0, 1, OBJECT_FRAME_BYTES - 1, OBJECT_FRAME_BYTES, OBJECT_FRAME_BYTES + 1, 3 * OBJECT_FRAME_BYTES])(
    "of %d bytes comes back as it was",
    async (length) => {
      const plain = patterned(length);
      const sealed = await sealObject(KEY, plain);
      expect(sealed.length).toBe(1 + sealedBytesOf(length));
      const opened = await openObject(KEY, sealed);
      expect(opened.kind === "opened" && Buffer.compare(opened.bytes, plain)).toBe(0);
    },
  );

  it("has the bytes that another implementation of AES-256-GCM makes", async () => {
    const plain = patterned(100);
    const cipher = createCipheriv("aes-256-gcm", KEY, Buffer.alloc(12), { authTagLength: 16 });
    cipher.setAAD(Buffer.concat([Buffer.from("cortensor object v1"), Buffer.from([0, 0, 0, 0, 1])]));
    const expected = Buffer.concat([Buffer.from([1]), cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    expect(Buffer.from(await sealObject(KEY, plain))).toEqual(expected);
  });

  it("is refused under another key, and under either half of its own", async () => {
    const sealed = await sealObject(KEY, patterned(10));
    for (const key of [
      bytesOf("another"),
      SECRETS.granted,
      SECRETS.kept,
      objectKey({ ...SECRETS, kept: bytesOf("x") }),
    ]) {
      expect(await openObject(key, sealed)).toEqual(refused("tampered"));
    }
  });

  it("is refused cut, at a frame's edge and elsewhere", async () => {
    const sealed = await sealObject(KEY, patterned(2 * OBJECT_FRAME_BYTES + 5));
    expect(await openObject(KEY, sealed.slice(0, 1 + 2 * SEALED_FRAME))).toEqual(refused("truncated"));
    expect(await openObject(KEY, sealed.slice(0, 1 + SEALED_FRAME))).toEqual(refused("truncated"));
    expect(await openObject(KEY, sealed.slice(0, -1))).toEqual(refused("tampered"));
    for (const length of [0, 1, 16])
      expect(await openObject(KEY, sealed.slice(0, length))).toEqual(refused("truncated"));
  });

  it("is refused with frames moved, doubled, left out, or of another version", async () => {
    const sealed = await sealObject(KEY, patterned(2 * OBJECT_FRAME_BYTES + 5));
    const [head, rest] = [sealed.slice(0, 1), sealed.subarray(1)];
    const frame = (index: number) => rest.subarray(index * SEALED_FRAME, (index + 1) * SEALED_FRAME);
    for (const order of [
      [1, 0, 2],
      [0, 0, 1, 2],
      [1, 2],
      [0, 2],
    ]) {
      expect(await openObject(KEY, concatBytes(head, ...order.map(frame)))).toEqual(refused("tampered"));
    }
    expect(await openObject(KEY, concatBytes(sealed, Uint8Array.of(0)))).toEqual(refused("tampered"));
    expect(await openObject(KEY, sealed.with(0, 2))).toEqual(refused("otherVersion"));
  });

  it("is refused with any bit turned", async () => {
    const sealed = await sealObject(KEY, patterned(60));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: 8 * sealed.length - 1 }), async (bit) => {
        const turned = sealed.slice();
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(await openObject(KEY, turned)).toEqual(refused("tampered"));
      }),
      { numRuns: 60 },
    );
  });

  it("isn't sealed in frames that aren't full, or beyond their most", async () => {
    const cipher = await ObjectCipher.create(KEY);
    await expect(cipher.seal({ index: 0, isFinal: false }, patterned(5))).rejects.toThrow("PROTOCOL_OUT_OF_RANGE");
    const far = { index: 1_048_576, isFinal: true };
    await expect(cipher.seal(far, patterned(5))).rejects.toThrow("PROTOCOL_OUT_OF_RANGE");
    await expect(cipher.open(far, patterned(21))).rejects.toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});

describe("a grant", () => {
  it.each<SealSuite>(["x25519", "xwing"])(
    "under %s gives its grantee the half that, with the kept one, opens the object",
    async (suite) => {
      const pair = await createSealKeyPair(suite);
      const made = await wrapGrant(
        { ...TERMS, suite },
        { granted: SECRETS.granted, publicKey: pair.publicKey, aead: portableAead },
      );
      const granted = await openGrant(made, { privateKey: pair.privateKey, aead: portableAead });
      if (granted === undefined) throw new Error("the grantee opens its grant");
      const opened = await openObject(objectKey({ granted, kept: SECRETS.kept }), await sealObject(KEY, patterned(9)));
      expect(opened).toEqual({ kind: "opened", bytes: patterned(9) });
    },
  );

  it("opens for no other key, under no other terms, and with no bit turned", async () => {
    const other = await createSealKeyPair("x25519");
    const open = (change: Partial<Grant>, privateKey = grantee.privateKey) =>
      openGrant({ ...grant, ...change }, { privateKey, aead: portableAead });
    expect(await open({})).toEqual(SECRETS.granted);
    expect(await open({}, other.privateKey)).toBeUndefined();
    const changes: Partial<Grant>[] = [
      { owner: minerOf("mallory") },
      { cid: `${CID}x` },
      { grantee: minerOf("mallory") },
      { scope: "share" },
      { expires: 2_001 },
      { keptHash: aWord("another half") },
      { suite: "xwing" },
      { enc: `0x${"00".repeat(32)}` },
      { wrappedKey: `0x00${grant.wrappedKey.slice(4)}` },
      { wrappedKey: "0x" },
    ];
    for (const change of changes) expect([change, await open(change)]).toEqual([change, undefined]);
  });

  it("holds when its owner signed it for who asks, for that object and scope, until it expires", () => {
    const facts: GrantFacts = {
      ...{ domain: DOMAIN, cid: CID, owner: TERMS.owner, asker: TERMS.grantee, scope: "read" },
      ...{ keptHash: TERMS.keptHash, isRevoked: () => false, nowSeconds: 1_999 },
    };
    const fault = (change: Partial<GrantFacts>) => grantFault(signed, { ...facts, ...change });
    expect(fault({})).toBeUndefined();
    expect(fault({ scope: "search" })).toBeUndefined();
    expect(fault({ cid: "another" })).toBe("otherObject");
    expect(fault({ owner: minerOf("mallory") })).toBe("otherOwner");
    expect(fault({ domain: registryDomain({ chainId: 1, registry: anAddress("grants") }) })).toBe("wrongSigner");
    expect(fault({ asker: minerOf("mallory") })).toBe("otherGrantee");
    expect(fault({ scope: "share" })).toBe("scopeTooLow");
    expect(fault({ nowSeconds: 2_000 })).toBe("expired");
    expect(fault({ isRevoked: (hash) => hash === hashGrant(grant) })).toBe("revoked");
    expect(fault({ keptHash: undefined })).toBe("shredded");
    expect(fault({ keptHash: aWord("another half") })).toBe("otherKey");
    const forged = signGrant(DOMAIN, grant, keyOf("mallory"));
    expect(grantFault(forged, facts)).toBe("wrongSigner");
    expect(grantFault({ grant, signature: "0x" }, facts)).toBe("wrongSigner");
    expect(grantFault({ ...signed, grant: { ...grant, expires: 9_999 } }, facts)).toBe("wrongSigner");
  });

  it("isn't made with another length of key, or a CID beyond its most", async () => {
    const parts = { granted: SECRETS.granted, publicKey: grantee.publicKey, aead: portableAead };
    await expect(wrapGrant(TERMS, { ...parts, granted: new Uint8Array(31) })).rejects.toThrow("PROTOCOL_BAD_RECORD");
    await expect(wrapGrant({ ...TERMS, cid: "x".repeat(129) }, parts)).rejects.toThrow("PROTOCOL_BAD_RECORD");
    await expect(wrapGrant({ ...TERMS, suite: "xwing" }, parts)).rejects.toThrow("PROTOCOL_BAD_KEY");
  });
});

describe("a shredded object", () => {
  const at = { owner: TERMS.owner, cid: CID, keptHash: TERMS.keptHash, at: 1_500 };
  const known = () => ({ keptHash: TERMS.keptHash, grants: [grant] });

  it("can't be opened with all that a former grantee stored", async () => {
    const sealed = await sealObject(KEY, patterned(50));
    const granted = await openGrant(grant, { privateKey: grantee.privateKey, aead: portableAead });
    if (granted === undefined) throw new Error("the grantee opens its grant");
    for (const kept of [granted, new Uint8Array(32), bytesOf(TERMS.keptHash)]) {
      expect(await openObject(objectKey({ granted, kept }), sealed)).toEqual(refused("tampered"));
    }
  });

  it("is shown by a record that its owner signed, and that lists every grant", async () => {
    const other = await wrapGrant(
      { ...TERMS, grantee: minerOf("bob") },
      { granted: SECRETS.granted, publicKey: grantee.publicKey, aead: portableAead },
    );
    const record = signShredRecord(DOMAIN, shredRecordOf(at, [grant, other, grant]), keyOf("owner"));
    expect(record.record.grants).toHaveLength(2);
    expect(shredFault(DOMAIN, record, { ...known(), grants: [other, grant] })).toBeUndefined();
    const short = signShredRecord(DOMAIN, shredRecordOf(at, [other]), keyOf("owner"));
    expect(shredFault(DOMAIN, short, known())).toBe("grantMissing");
    expect(shredFault(DOMAIN, record, { ...known(), keptHash: aWord("another half") })).toBe("otherKey");
    const forged = signShredRecord(DOMAIN, record.record, keyOf("mallory"));
    expect(shredFault(DOMAIN, forged, known())).toBe("wrongSigner");
    const backwards = { ...record.record, grants: [...record.record.grants].reverse() };
    expect(shredFault(DOMAIN, { ...record, record: backwards }, known())).toBe("badRecord");
    expect(() => hashShredRecord(backwards)).toThrow("PROTOCOL_BAD_RECORD");
  });

  it("isn't recorded with a grant of another object", () => {
    expect(() => shredRecordOf({ ...at, cid: "another" }, [grant])).toThrow("PROTOCOL_BAD_RECORD");
  });
});
