import { describe, expect, it } from "vitest";
import {
  type Address,
  type Bytes32,
  bytesToHex,
  GRANT_TYPE,
  type Hex,
  hashGrant,
  hashShredRecord,
  hexToBytes,
  keptHash,
  objectKey,
  openGrant,
  openObject,
  portableAead,
  registryDomain,
  SHRED_RECORD_TYPE,
  sealObject,
  shredRecordOf,
  typedDataDigest,
  wrapGrant,
} from "../../src/index.js";
import { readVectors } from "../readVectors.js";
import { nodeAead } from "./nodeAead.js";

type RestVectors = {
  readonly object: Readonly<Record<"granted" | "kept" | "key" | "keptHash" | "plain" | "sealed", Hex>>;
  readonly grant: {
    readonly chainId: number;
    readonly grants: Address;
    readonly owner: Address;
    readonly grantee: Address;
    readonly cid: string;
    readonly expires: number;
    readonly ephemeral: Hex;
    readonly publicKey: Hex;
    readonly privateKey: Hex;
    readonly enc: Hex;
    readonly wrappedKey: Hex;
    readonly typeString: string;
    readonly structHash: Bytes32;
    readonly digest: Bytes32;
  };
  readonly shred: { readonly typeString: string; readonly at: number; readonly digest: Bytes32 };
};

const { object, grant, shred } = readVectors<{ readonly atRest: RestVectors }>("vectors", "./sealing").atRest;
const SECRETS = { granted: hexToBytes(object.granted), kept: hexToBytes(object.kept) };
const DOMAIN = registryDomain({ chainId: grant.chainId, registry: grant.grants });
const { owner, grantee, cid, expires } = grant;
const TERMS = { owner, grantee, cid, expires, suite: "x25519", scope: "read", keptHash: object.keptHash } as const;

describe("what another implementation makes at rest", () => {
  it("is an object's key and bytes", async () => {
    expect(bytesToHex(objectKey(SECRETS))).toBe(object.key);
    expect(keptHash(SECRETS.kept)).toBe(object.keptHash);
    expect(bytesToHex(await sealObject(hexToBytes(object.key), hexToBytes(object.plain)))).toBe(object.sealed);
    const opened = await openObject(hexToBytes(object.key), hexToBytes(object.sealed));
    expect(opened).toEqual({ kind: "opened", bytes: hexToBytes(object.plain) });
  });

  it.each([
    ["in JavaScript", portableAead],
    ["by the platform", nodeAead],
  ] as const)("is a grant, wrapped %s", async (_how, aead) => {
    const parts = { granted: SECRETS.granted, publicKey: hexToBytes(grant.publicKey), aead };
    const made = await wrapGrant(TERMS, { ...parts, ephemeral: hexToBytes(grant.ephemeral) });
    expect([made.enc, made.wrappedKey]).toEqual([grant.enc, grant.wrappedKey]);
    expect(GRANT_TYPE).toBe(grant.typeString);
    expect(hashGrant(made)).toBe(grant.structHash);
    expect(typedDataDigest(DOMAIN, hashGrant(made))).toBe(grant.digest);
    expect(await openGrant(made, { privateKey: hexToBytes(grant.privateKey), aead })).toEqual(SECRETS.granted);
  });

  it("is a record of shredding", () => {
    const made = { ...TERMS, enc: grant.enc, wrappedKey: grant.wrappedKey };
    const record = shredRecordOf({ owner, cid, keptHash: object.keptHash, at: shred.at }, [made]);
    expect(SHRED_RECORD_TYPE).toBe(shred.typeString);
    expect(typedDataDigest(DOMAIN, hashShredRecord(record))).toBe(shred.digest);
  });
});
