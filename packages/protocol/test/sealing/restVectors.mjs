import { createCipheriv } from "node:crypto";
import { encodeAbiParameters, hashTypedData, keccak256, stringToHex } from "viem";
import {
  address,
  bytes,
  deriveKeyPair,
  hex,
  hkdf,
  join,
  keccak,
  seal,
  setupBase,
  text,
  uint,
  word,
} from "./packing.mjs";

/** Objects at rest, grants and records of shredding, from docs/SEALING.md. */
const [granted, kept] = [bytes(word("granted")), bytes(word("kept"))];
const key = hkdf(granted, kept, text("cortensor object v1"), 32);
const keptHash = keccak(text("kept-half-v1"), kept);
const plain = text("an object at rest");
const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12), { authTagLength: 16 });
cipher.setAAD(join(text("cortensor object v1"), uint(0, 4), uint(1, 1)));
const sealed = join(uint(1, 1), cipher.update(plain), cipher.final(), cipher.getAuthTag());

const chainId = 31_337;
const grants = address("grants");
const domain = { name: "Cortensor", version: "1", chainId, verifyingContract: grants };
const [owner, grantee, cid] = [
  address("owner"),
  address("grantee"),
  "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
];
const terms = { owner, cid, grantee, suite: 1, scope: 1, expires: 2_000n, keptHash };
const info = join(
  ...[text("cortensor grant v1"), bytes(owner), uint(cid.length, 4), text(cid), bytes(grantee)],
  ...[uint(1, 2), uint(1, 1), uint(2_000, 8), bytes(keptHash)],
);
const [ephemeral, recipient] = [bytes(word("grant ephemeral")), deriveKeyPair(bytes(word("grantee's key")))];
const hpke = setupBase(deriveKeyPair(ephemeral), recipient.public, info);
const wrappedKey = seal(hpke.export(text("cortensor seal up v1"), 32), Buffer.alloc(12), info, granted);

const fields = (type) =>
  type
    .slice(type.indexOf("(") + 1, -1)
    .split(",")
    .map((field) => {
      const [kind, name] = field.split(" ");
      return { name, type: kind };
    });
const digestOf = (typeString, message) => {
  const primaryType = typeString.slice(0, typeString.indexOf("("));
  return hashTypedData({ domain, types: { [primaryType]: fields(typeString) }, primaryType, message });
};
const grantType =
  "Grant(address owner,string cid,address grantee,uint16 suite,uint8 scope,uint64 expires,bytes32 keptHash,bytes enc,bytes wrappedKey)";
const grant = { ...terms, enc: hex(hpke.enc), wrappedKey: hex(wrappedKey) };
const cidHash = keccak256(stringToHex(cid));
const grantHash = keccak256(
  encodeAbiParameters(
    ["bytes32", "address", "bytes32", "address", "uint16", "uint8", "uint64", "bytes32", "bytes32", "bytes32"].map(
      (type) => ({ type }),
    ),
    [
      keccak256(stringToHex(grantType)),
      owner,
      cidHash,
      grantee,
      1,
      1,
      2_000n,
      keptHash,
      keccak256(grant.enc),
      keccak256(grant.wrappedKey),
    ],
  ),
);

const shredType = "ShredRecord(address owner,string cid,bytes32 keptHash,bytes32 grantsHash,uint32 count,uint64 at)";
const grantsHash = keccak(bytes(grantHash), bytes(keccak256(grant.wrappedKey)));

export const atRest = {
  object: { granted: hex(granted), kept: hex(kept), key: hex(key), keptHash, plain: hex(plain), sealed: hex(sealed) },
  grant: {
    ...{ chainId, grants, owner, grantee, cid, expires: 2_000, ephemeral: hex(ephemeral) },
    ...{
      publicKey: hex(recipient.public),
      privateKey: hex(recipient.secret),
      enc: grant.enc,
      wrappedKey: grant.wrappedKey,
    },
    ...{ typeString: grantType, structHash: grantHash, digest: digestOf(grantType, grant) },
  },
  shred: {
    typeString: shredType,
    at: 1_500,
    digest: digestOf(shredType, { owner, cid, keptHash, grantsHash, count: 1, at: 1_500n }),
  },
};
