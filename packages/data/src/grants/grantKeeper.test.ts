import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addressOfPrivateKey,
  createSealKeyPair,
  type Grant,
  type GrantScope,
  hashGrant,
  keccak256,
  keptHash,
  objectKey,
  openGrant,
  openObject,
  portableAead,
  registryDomain,
  type SealKeyPair,
  type SignedGrant,
  sealObject,
  shredRecordOf,
  signGrant,
  signGrantRevocation,
  signKeptAsk,
  signShredRecord,
  utf8ToBytes,
  wrapGrant,
} from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GrantKeeper } from "./grantKeeper.js";

const word = (text: string) => keccak256(utf8ToBytes(text));
const bytes = (text: string) => Uint8Array.from(Buffer.from(word(text).slice(2), "hex"));
const DOMAIN = registryDomain({ chainId: 31_337, registry: `0x${"aa".repeat(20)}` });
const CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
const [OWNER, GRANTEE, MALLORY] = [word("owner"), word("grantee"), word("mallory")];
const owner = addressOfPrivateKey(OWNER);
const grantee = addressOfPrivateKey(GRANTEE);
const SECRETS = { granted: bytes("granted half"), kept: bytes("kept half") };
const TEXT = utf8ToBytes("what only grantees read");

let folder: string;
let keeper: GrantKeeper;
let now = 1_000;
let sealing: SealKeyPair;

const openKeeper = () => GrantKeeper.open({ folder, domain: DOMAIN, nowSeconds: () => now });
beforeEach(async () => {
  now = 1_000;
  folder = await mkdtemp(join(tmpdir(), "cortensor-grants-"));
  keeper = await openKeeper();
  sealing = await createSealKeyPair("x25519", bytes("grantee's sealing key"));
  await keeper.keep(CID, { owner, kept: SECRETS.kept });
});
afterEach(async () => {
  await keeper.close();
  await rm(folder, { recursive: true, force: true });
});

async function aGrant(over: Partial<Grant> = {}, key = OWNER): Promise<SignedGrant> {
  const terms = {
    ...({ owner, cid: CID, grantee, suite: "x25519", scope: "read", expires: 2_000 } as const),
    keptHash: keptHash(SECRETS.kept),
    ...over,
  };
  const parts = { granted: SECRETS.granted, publicKey: sealing.publicKey, aead: portableAead };
  return signGrant(DOMAIN, await wrapGrant(terms, parts), key);
}

const show = (
  signed: SignedGrant,
  { scope = "read", key = GRANTEE, at = now }: { scope?: GrantScope; key?: typeof OWNER; at?: number } = {},
) => keeper.show(signed, signKeptAsk(DOMAIN, { grantHash: hashGrant(signed.grant), scope, at }, key));
const refusal = (fault: string) => ({ data: { code: "GRANT_REFUSED", cid: CID, fault } });

function shredOf(grants: readonly SignedGrant[], key = OWNER) {
  const of = { owner, cid: CID, keptHash: keptHash(SECRETS.kept), at: now };
  return signShredRecord(
    DOMAIN,
    shredRecordOf(
      of,
      grants.map(({ grant }) => grant),
    ),
    key,
  );
}

/** Everything that lies in the keeper's folder. */
async function allBytes(): Promise<Buffer> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name)));
  return Buffer.concat(await Promise.all(files));
}

describe("a keeper of halves", () => {
  it("shows a grantee the half with which, and with its own, the object opens; also once it was started again", async () => {
    const signed = await aGrant();
    await keeper.register(signed);
    await keeper.close();
    keeper = await openKeeper();
    const kept = await show(signed);
    const granted = await openGrant(signed.grant, { privateKey: sealing.privateKey, aead: portableAead });
    if (granted === undefined) throw new Error("the grantee opens its grant");
    const sealed = await sealObject(objectKey(SECRETS), TEXT);
    expect(await openObject(objectKey({ granted, kept }), sealed)).toEqual({ kind: "opened", bytes: TEXT });
  });

  it("refuses what has run out, is of a lower scope, is another's, or was never shown to it", async () => {
    const signed = await aGrant();
    await expect(show(signed)).rejects.toMatchObject(refusal("unregistered"));
    await keeper.register(signed);
    await expect(show(signed, { scope: "share" })).rejects.toMatchObject(refusal("scopeTooLow"));
    await expect(show(signed, { key: MALLORY })).rejects.toMatchObject(refusal("otherGrantee"));
    const forged = await aGrant({ scope: "share" }, MALLORY);
    await expect(keeper.register(forged)).rejects.toMatchObject(refusal("wrongSigner"));
    await expect(show(forged)).rejects.toMatchObject(refusal("wrongSigner"));
    await expect(show({ ...signed, grant: { ...signed.grant, expires: 9_999 } })).rejects.toMatchObject(
      refusal("wrongSigner"),
    );
    await expect(keeper.register(await aGrant({ cid: "bafother" }))).rejects.toMatchObject({
      code: "GRANT_UNKNOWN_OBJECT",
    });
    now = 2_000;
    await expect(show(signed)).rejects.toMatchObject(refusal("expired"));
    await expect(keeper.register(await aGrant())).rejects.toMatchObject(refusal("expired"));
  });

  it("refuses who doesn't ask now, or not for that grant", async () => {
    const signed = await aGrant();
    await keeper.register(signed);
    for (const at of [now - 61, now + 61]) await expect(show(signed, { at })).rejects.toMatchObject(refusal("badAsk"));
    const other = signKeptAsk(DOMAIN, { grantHash: word("another grant"), scope: "read", at: now }, GRANTEE);
    await expect(keeper.show(signed, other)).rejects.toMatchObject(refusal("badAsk"));
    const unsigned = { ask: { grantHash: hashGrant(signed.grant), scope: "read", at: now }, signature: "0x" } as const;
    await expect(keeper.show(signed, unsigned)).rejects.toMatchObject(refusal("badAsk"));
  });

  it("shows nothing for a grant that its owner revoked, from the next question on, and takes nobody else's revocation", async () => {
    const [signed, other] = [await aGrant(), await aGrant({ scope: "search" })];
    await keeper.register(signed);
    await keeper.register(other);
    const grantHash = hashGrant(signed.grant);
    const revocation = { owner, grantHash, at: now };
    await expect(keeper.revoke(CID, signGrantRevocation(DOMAIN, revocation, MALLORY))).rejects.toMatchObject({
      code: "GRANT_BAD_REVOCATION",
    });
    const unknown = signGrantRevocation(DOMAIN, { ...revocation, grantHash: word("another grant") }, OWNER);
    await expect(keeper.revoke(CID, unknown)).rejects.toMatchObject({ code: "GRANT_BAD_REVOCATION" });
    expect(await show(signed)).toEqual(SECRETS.kept);
    await keeper.revoke(CID, signGrantRevocation(DOMAIN, revocation, OWNER));
    await expect(show(signed)).rejects.toMatchObject(refusal("revoked"));
    await expect(keeper.register(signed)).rejects.toMatchObject(refusal("revoked"));
    expect(await show(other, { scope: "search" })).toEqual(SECRETS.kept);
  });

  it("asks the chain for each half that it shows, where it is told to, and shows none while that doesn't answer", async () => {
    const signed = await aGrant();
    await keeper.register(signed);
    await keeper.close();
    let answer: () => boolean = () => false;
    const asked: unknown[] = [];
    const readRevoked = async (of: unknown) => {
      asked.push(of);
      return answer();
    };
    keeper = await GrantKeeper.open({ folder, domain: DOMAIN, nowSeconds: () => now, readRevoked });
    expect(await show(signed)).toEqual(SECRETS.kept);
    expect(asked).toEqual([{ owner, grantHash: hashGrant(signed.grant), keptHash: keptHash(SECRETS.kept) }]);
    answer = () => true;
    await expect(show(signed)).rejects.toMatchObject(refusal("revoked"));
    await expect(keeper.register(await aGrant({ expires: 1_999 }))).rejects.toMatchObject(refusal("revoked"));
    answer = () => {
      throw new Error("no chain");
    };
    await expect(show(signed)).rejects.toThrow("no chain");
  });

  it("shows nothing for a grant of another network, though it has the same half, and its block opens by no other key", async () => {
    const signed = await aGrant();
    await keeper.register(signed);
    await keeper.close();
    const other = registryDomain({ chainId: 31_338, registry: `0x${"aa".repeat(20)}` });
    keeper = await GrantKeeper.open({ folder, domain: other, nowSeconds: () => now });
    await expect(show(signed)).rejects.toMatchObject(refusal("wrongSigner"));
    const ask = { grantHash: hashGrant(signed.grant), scope: "read", at: now } as const;
    await expect(keeper.show(signed, signKeptAsk(other, ask, GRANTEE))).rejects.toMatchObject(refusal("wrongSigner"));
    const { privateKey } = await createSealKeyPair("x25519", bytes("no member's sealing key"));
    expect(await openGrant(signed.grant, { privateKey, aead: portableAead })).toBeUndefined();
    const sealed = await sealObject(objectKey(SECRETS), TEXT);
    const wrong = { granted: bytes("no granted half"), kept: SECRETS.kept };
    expect(await openObject(objectKey(wrong), sealed)).toEqual({ kind: "refused", refusal: "tampered" });
  });

  it("keeps one half of an object, and not another's in its place", async () => {
    const kept = bytes("another half");
    await expect(keeper.keep(CID, { owner, kept })).rejects.toMatchObject({ code: "GRANT_OBJECT_EXISTS" });
    expect([await keeper.has(keptHash(kept)), await keeper.has(keptHash(SECRETS.kept))]).toEqual([false, true]);
  });
});

describe("what a keeper shredded", () => {
  it("can't be opened with anything that a former grantee stored, nor with anything in the keeper's folder", async () => {
    const signed = await aGrant();
    await keeper.register(signed);
    const sealed = await sealObject(objectKey(SECRETS), TEXT);
    expect((await allBytes()).includes(Buffer.from(SECRETS.kept))).toBe(true);
    await keeper.shred(shredOf([signed]));
    await expect(show(signed)).rejects.toMatchObject(refusal("shredded"));
    expect((await allBytes()).includes(Buffer.from(SECRETS.kept))).toBe(false);
    const granted = await openGrant(signed.grant, { privateKey: sealing.privateKey, aead: portableAead });
    if (granted === undefined) throw new Error("the grantee opens its grant");
    const stored = [granted, sealing.privateKey, bytes("grantee"), new Uint8Array(32)];
    for (const kept of stored)
      expect(await openObject(objectKey({ granted, kept }), sealed)).toMatchObject({ refusal: "tampered" });
    await keeper.close();
    keeper = await openKeeper();
    expect(keeper.recordOf(CID)).toEqual(shredOf([signed]));
    await expect(keeper.keep(CID, { owner, kept: SECRETS.kept })).rejects.toMatchObject({
      code: "GRANT_OBJECT_EXISTS",
    });
    await expect(keeper.register(await aGrant())).rejects.toMatchObject(refusal("shredded"));
    expect((await allBytes()).includes(Buffer.from(SECRETS.kept))).toBe(false);
  });

  it("is shredded by its owner alone, with a record that names every grant, revoked ones too", async () => {
    const [one, two] = [await aGrant(), await aGrant({ scope: "search" })];
    await keeper.register(one);
    await keeper.register(two);
    await keeper.revoke(CID, signGrantRevocation(DOMAIN, { owner, grantHash: hashGrant(two.grant), at: now }, OWNER));
    const bad = (fault: string) => ({ data: { code: "GRANT_BAD_SHRED", cid: CID, fault } });
    await expect(keeper.shred(shredOf([one]))).rejects.toMatchObject(bad("grantMissing"));
    await expect(keeper.shred(shredOf([one, two], MALLORY))).rejects.toMatchObject(bad("wrongSigner"));
    const { record } = shredOf([one, two]);
    const other = { ...record, owner: addressOfPrivateKey(MALLORY) };
    await expect(keeper.shred(signShredRecord(DOMAIN, other, MALLORY))).rejects.toMatchObject(bad("otherOwner"));
    const otherHalf = { ...record, keptHash: word("another half") };
    await expect(keeper.shred(signShredRecord(DOMAIN, otherHalf, OWNER))).rejects.toMatchObject(bad("otherKey"));
    expect(await show(one)).toEqual(SECRETS.kept);
    await keeper.shred(shredOf([one, two]));
    await expect(keeper.shred(shredOf([one, two]))).rejects.toMatchObject({ code: "GRANT_UNKNOWN_OBJECT" });
  });

  it("is destroyed when it is opened again, where a crash came between the record and that", async () => {
    const hash = keptHash(SECRETS.kept);
    await keeper.shred(shredOf([]));
    await keeper.close();
    await writeFile(join(folder, "kept", hash), SECRETS.kept);
    keeper = await openKeeper();
    expect(await keeper.has(hash)).toBe(false);
  });
});
