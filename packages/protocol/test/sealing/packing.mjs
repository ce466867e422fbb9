import { createCipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { keccak256, stringToHex } from "viem";

/* A second reading of docs/SEALING.md and of RFC 9180, over node:crypto and viem alone. */

export const word = (tag) => keccak256(stringToHex(tag));
export const address = (tag) => `0x${word(tag).slice(26)}`;
export const bytes = (hex) => Buffer.from(hex.replace(/^0x/, ""), "hex");
export const hex = (buffer) => `0x${Buffer.from(buffer).toString("hex")}`;
/** Big-endian. */
export const uint = (value, length) =>
  bytes(
    BigInt(value)
      .toString(16)
      .padStart(2 * length, "0"),
  );
export const text = (value) => Buffer.from(value, "utf8");
export const join = (...parts) => Buffer.concat(parts);
export const keccak = (...parts) => keccak256(hex(join(...parts)));
export const hmac = (key, ...parts) =>
  createHmac("sha256", key)
    .update(join(...parts))
    .digest();

export function hkdf(ikm, salt, info, length) {
  return expand(hmac(salt, ikm), info, length);
}

/** HKDF-Expand of RFC 5869. */
function expand(prk, info, length) {
  let [block, out] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let index = 1; out.length < length; index += 1) {
    block = hmac(prk, block, info, uint(index, 1));
    out = join(out, block);
  }
  return out.subarray(0, length);
}

export function seal(key, nonce, aad, plain) {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: plain.length });
  return join(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

const PKCS8 = bytes("302e020100300506032b656e04220420");
const SPKI = bytes("302a300506032b656e032100");
const privateKeyOf = (raw) => createPrivateKey({ key: join(PKCS8, raw), format: "der", type: "pkcs8" });
const publicKeyOf = (raw) => createPublicKey({ key: join(SPKI, raw), format: "der", type: "spki" });
const rawPublic = (key) => createPublicKey(key).export({ format: "der", type: "spki" }).subarray(SPKI.length);

const KEM = join(text("KEM"), uint(0x20, 2));
const HPKE = join(text("HPKE"), uint(0x20, 2), uint(1, 2), uint(3, 2));
const NONE = Buffer.alloc(0);
const labeledExtract = (suite, salt, label, ikm) => hmac(salt, text("HPKE-v1"), suite, text(label), ikm);
const labeledExpand = (suite, prk, label, info, length) =>
  expand(prk, join(uint(length, 2), text("HPKE-v1"), suite, text(label), info), length);

/** DeriveKeyPair of RFC 9180 §7.1.3 for X25519. */
export function deriveKeyPair(ikm) {
  const secret = labeledExpand(KEM, labeledExtract(KEM, NONE, "dkp_prk", ikm), "sk", NONE, 32);
  return { secret, public: rawPublic(privateKeyOf(secret)) };
}

/** SetupBaseS of RFC 9180 §5.1.1 with a key pair in place of a fresh one. */
export function setupBase(ephemeral, recipientPublic, info) {
  const dh = diffieHellman({ privateKey: privateKeyOf(ephemeral.secret), publicKey: publicKeyOf(recipientPublic) });
  const eae = labeledExtract(KEM, NONE, "eae_prk", dh);
  const shared = labeledExpand(KEM, eae, "shared_secret", join(ephemeral.public, recipientPublic), 32);
  const pskId = labeledExtract(HPKE, NONE, "psk_id_hash", NONE);
  const context = join(uint(0, 1), pskId, labeledExtract(HPKE, NONE, "info_hash", info));
  const secret = labeledExtract(HPKE, shared, "secret", NONE);
  const exporter = labeledExpand(HPKE, secret, "exp", context, 32);
  return {
    enc: ephemeral.public,
    shared,
    key: labeledExpand(HPKE, secret, "key", context, 32),
    baseNonce: labeledExpand(HPKE, secret, "base_nonce", context, 12),
    exporter,
    export: (what, length) => labeledExpand(HPKE, exporter, "sec", what, length),
  };
}
