import { generateKeyPairSync, sign } from "node:crypto";
import {
  addressOfPrivateKey,
  type Bytes32,
  bytesToHex,
  type CertifiedKey,
  type ConnectionSignature,
  certifierOf,
  connectionSigner,
  createEd25519,
  hashConnectionCertificate,
  hexToBytes,
  registryDomain,
  signDigest,
  typedDataDigest,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { CERTIFICATES_MAX, KnownCertificates } from "./knownCertificates.js";

const domain = registryDomain({ chainId: 31_337, registry: `0x${"0d".repeat(20)}` });
const ROUTER_KEY: Bytes32 = `0x${"11".repeat(32)}`;
const OTHER_KEY: Bytes32 = `0x${"22".repeat(32)}`;
const node = addressOfPrivateKey(ROUTER_KEY);
const nowSeconds = 1_000;

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const connectionKey = `0x${publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex")}` as const;
const structHash = (at: number): Bytes32 => `0x${at.toString(16).padStart(64, "0")}`;

function certified(expires: number, signer: Bytes32 = ROUTER_KEY): CertifiedKey {
  const certificate = { node, connectionKey, expires };
  const certifiedBy = signDigest(typedDataDigest(domain, hashConnectionCertificate(certificate)), signer);
  return { certificate, certifiedBy };
}

function word(key: CertifiedKey, at: number): ConnectionSignature {
  const message = hexToBytes(typedDataDigest(domain, structHash(at)));
  return { ...key, signature: bytesToHex(sign(null, message, privateKey)) };
}

function counted() {
  const state = { recovered: 0 };
  const known = new KnownCertificates((key, of) => {
    state.recovered += 1;
    return certifierOf(key, of);
  });
  const signerOf = (said: ConnectionSignature, at: number, now = nowSeconds) =>
    connectionSigner(
      said,
      { structHash: structHash(at), domain, nowSeconds: now },
      { verify: createEd25519(), certifierOf: (key, of) => known.certifierOf(key, of) },
    );
  return { state, signerOf };
}

describe("a router's certificate, to a client that had it before", () => {
  it("is recovered once, however many words it stands behind", async () => {
    const { state, signerOf } = counted();
    const key = certified(2_000);
    for (let at = 0; at < 5; at += 1) expect(await signerOf(word(key, at), at)).toBe(node);
    expect(state.recovered).toBe(1);
  });

  it("vouches for no word of another digest, and for none once it has expired", async () => {
    const { signerOf } = counted();
    const key = certified(2_000);
    expect(await signerOf(word(key, 1), 1)).toBe(node);
    expect(await signerOf(word(key, 1), 2)).toBeUndefined();
    expect(await signerOf(word(key, 1), 1, 2_000)).toBeUndefined();
  });

  it("isn't known under somebody else's signature", async () => {
    const { state, signerOf } = counted();
    expect(await signerOf(word(certified(2_000), 1), 1)).toBe(node);
    expect(await signerOf(word(certified(2_000, OTHER_KEY), 1), 1)).toBeUndefined();
    expect(
      await signerOf(word({ ...certified(2_001), certifiedBy: certified(2_000).certifiedBy }, 1), 1),
    ).toBeUndefined();
    expect(state.recovered).toBe(3);
  });

  it("is forgotten behind more than are kept, and then recovered again", () => {
    let recovered = 0;
    const known = new KnownCertificates(() => {
      recovered += 1;
      return node;
    });
    const ask = (expires: number) =>
      known.certifierOf({ certificate: { node, connectionKey, expires }, certifiedBy: "0x" }, domain);
    for (let at = 0; at <= CERTIFICATES_MAX; at += 1) ask(at);
    ask(CERTIFICATES_MAX);
    expect(recovered).toBe(CERTIFICATES_MAX + 1);
    ask(0);
    expect(recovered).toBe(CERTIFICATES_MAX + 2);
  });
});
