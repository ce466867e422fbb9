/**
 * Makes `vectors.json` with node:crypto and viem alone: a second reading of docs/SEALING.md. The RFC's own figures are those of RFC 9180, appendix A.2.1
 * (DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode), and are held against this reading too. Run:
 * node packages/protocol/test/sealing/makeVectors.mjs, then biome check --write on the file.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { encodeAbiParameters, hashTypedData, keccak256, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import {
  address,
  bytes,
  deriveKeyPair,
  hex,
  hkdf,
  hmac,
  join,
  keccak,
  seal,
  setupBase,
  text,
  uint,
  word,
} from "./packing.mjs";
import { atRest } from "./restVectors.mjs";
import { RFC_9180 } from "./rfc9180.mjs";

checkRfc();

const SUITE = uint(1, 2);
const account = privateKeyToAccount(word("key of alice"));
const miner = account.address.toLowerCase();
const [chainId, registry, prekeyEpoch, validFrom, validTo] = [31_337, address("registry"), 5, 1_432_000, 1_691_200];
const recipient = deriveKeyPair(bytes(word("prekey of alice, x25519")));

const packedKeys = join(uint(1, 1), SUITE, recipient.public);
const bundleBytes = join(
  ...[uint(1, 1), uint(chainId, 8), bytes(registry), bytes(miner), uint(prekeyEpoch, 8), uint(validFrom, 8)],
  ...[uint(validTo, 8), packedKeys],
);
const bundleHash = keccak(bundleBytes);
const typed = {
  domain: { name: "Cortensor", version: "1", chainId, verifyingContract: registry },
  types: {
    PrekeyBundle: [
      { name: "node", type: "address" },
      { name: "prekeyEpoch", type: "uint64" },
      { name: "validFrom", type: "uint64" },
      { name: "validTo", type: "uint64" },
      { name: "keysHash", type: "bytes32" },
    ],
  },
  primaryType: "PrekeyBundle",
  message: {
    node: miner,
    prekeyEpoch: BigInt(prekeyEpoch),
    validFrom: BigInt(validFrom),
    validTo: BigInt(validTo),
    keysHash: keccak(packedKeys),
  },
};
const typeString = "PrekeyBundle(address node,uint64 prekeyEpoch,uint64 validFrom,uint64 validTo,bytes32 keysHash)";
const structHash = keccak256(
  encodeAbiParameters(
    ["bytes32", "address", "uint64", "uint64", "uint64", "bytes32"].map((type) => ({ type })),
    [keccak256(stringToHex(typeString)), ...Object.values(typed.message)],
  ),
);

const session = word("sealed session");
const ephemeral = bytes(word("ephemeral"));
const info = join(text("cortensor seal v1"), SUITE, bytes(session), bytes(miner), bytes(bundleHash));
const hpke = setupBase(deriveKeyPair(ephemeral), recipient.public, info);
const up = hpke.export(text("cortensor seal up v1"), 32);
const down = hpke.export(text("cortensor seal down v1"), 32);

const secret = word("secret");
const promptBytes = join(uint(1, 1), uint(1, 1), uint(1, 4), uint(1, 1), uint(2, 4), text("hi"));
/** Temperature 1, top-K 40, top-p 1, min-p 0, no penalties, 64 tokens, no seed, a bias of −3 for token 7, one stop text. */
const paramsBytes = join(
  ...[uint(1, 1), uint(1_000_000, 4), uint(1_000_000, 4), uint(0, 4), uint(0, 4), uint(0, 4), uint(40, 1), uint(64, 4)],
  ...[uint(0, 1), uint(1, 2), uint(7, 4), uint(2 ** 32 - 3_000_000, 4), uint(1, 1), uint(2, 4), text("\n\n")],
);
const salted = (tag, ...parts) => keccak(text(tag), SUITE, ...parts);
const promptSalt = salted("sealed-prompt-salt-v1", bytes(secret));
const commits = {
  secret,
  promptSalt,
  promptCommit: keccak(bytes(promptSalt), promptBytes),
  paramsHash: salted("sealed-params-v1", bytes(salted("sealed-params-salt-v1", bytes(secret))), paramsBytes),
};

const taskId = word("task");
const answerSecret = word("answer secret");
const answerSalt = salted("sealed-answer-salt-v1", bytes(taskId), bytes(answerSecret));
const output = text("yes");
const answers = {
  taskId,
  answerSecret,
  answerSalt,
  rootStart: keccak(text("sealed-token-root-v1"), bytes(answerSalt)),
  output: hex(output),
  outCommit: keccak(text("sealed-output-v1"), bytes(taskId), bytes(answerSalt), output),
};

const padded = (bucket, data) => join(uint(data.length, 4), data, Buffer.alloc(bucket - 4 - data.length));
const streamKeyOf = (dataKey, opening, direction) =>
  hkdf(
    dataKey,
    bytes(keccak(opening)),
    join(text("cortensor stream v1"), SUITE, bytes(taskId), uint(direction, 1)),
    32,
  );
function frameOf(key, direction, seq, final, bucket, data) {
  const place = join(bytes(taskId), uint(direction, 1), uint(seq, 4), uint(final, 1));
  const sealed = seal(key, uint(seq, 12), join(text("cortensor frame v1"), SUITE, place), padded(bucket, data));
  return join(place, uint(sealed.length, 4), sealed);
}

const [dataKey, nonce] = [bytes(word("data key")), word("envelope nonce")];
const wrapKey = hkdf(up, bytes(nonce), join(text("cortensor wrap v1"), bytes(taskId)), 32);
const wrapAad = join(
  ...[text("cortensor wrap v1"), SUITE, bytes(session), bytes(taskId), bytes(nonce), uint(1, 1)],
  ...[bytes(miner), bytes(bundleHash)],
);
const wrappedKey = seal(wrapKey, Buffer.alloc(12), wrapAad, dataKey);
const request = join(
  uint(1, 1),
  bytes(secret),
  bytes(answerSecret),
  uint(promptBytes.length, 4),
  promptBytes,
  uint(paramsBytes.length, 4),
  paramsBytes,
  uint(0, 4),
);
const head = join(
  ...[uint(1, 1), SUITE, bytes(session), bytes(taskId), bytes(nonce), uint(1, 1)],
  ...[bytes(miner), bytes(bundleHash), hpke.enc, wrappedKey],
);
const upKey = streamKeyOf(dataKey, head, 0);
const envelope = join(head, uint(1, 2), frameOf(upKey, 0, 0, 1, 256, request));

const answerNonce = word("answer nonce");
const claim = join(SUITE, bytes(taskId), bytes(miner), bytes(answerNonce));
const opening = join(uint(1, 1), claim, hmac(down, text("cortensor origin v1"), claim));
const downKey = streamKeyOf(dataKey, opening, 1);
const part = (kind, body) => join(uint(kind, 1), uint(body.length, 4), body);
const said = join(
  part(0, join(uint(0, 4), uint(2, 2), uint(3, 4), uint(1, 4), uint(3, 4), text("yes"))),
  part(1, join(uint(0, 1), uint(12, 4), uint(2, 4))),
);
const answerFrames = [
  frameOf(downKey, 1, 0, 0, 256, said.subarray(0, 20)),
  frameOf(downKey, 1, 1, 0, 512, Buffer.alloc(0)),
  frameOf(downKey, 1, 2, 1, 256, said.subarray(20)),
];

const affinityText = "x".repeat(600);
const affinityBytes = join(text("text"), text(affinityText));
const [sessionKey, filler, modelId] = [word("affinity session"), word("filler"), word("model")];
const tag = (name, index, what) =>
  hex(hmac(bytes(sessionKey), text(name), bytes(modelId), uint(index, 4), what).subarray(0, 16));

const vectors = {
  rfc9180: RFC_9180,
  bundle: {
    ...{ chainId, registry, node: miner, prekeyEpoch, validFrom, validTo, publicKey: hex(recipient.public) },
    ...{ privateKey: hex(recipient.secret), bytes: hex(bundleBytes), hash: bundleHash, typeString, structHash },
    digest: hashTypedData(typed),
    signature: await account.signTypedData(typed),
  },
  context: { session, ephemeral: hex(ephemeral), enc: hex(hpke.enc), up: hex(up), down: hex(down) },
  commits: { ...commits, promptBytes: hex(promptBytes), paramsBytes: hex(paramsBytes) },
  answers,
  envelope: { dataKey: hex(dataKey), nonce, wrappedKey: hex(wrappedKey), streamKey: hex(upKey), bytes: hex(envelope) },
  answer: {
    ...{ nonce: answerNonce, opening: hex(opening), streamKey: hex(downKey), frames: answerFrames.map(hex) },
    said: hex(said),
  },
  affinity: {
    ...{ sessionKey, filler, modelId, text: affinityText },
    tags: [0, 1].map((index) => tag("affinity-v1", index, affinityBytes.subarray(0, 256 * (index + 1)))),
  },
  atRest,
};
writeFileSync(new URL("./vectors.json", import.meta.url), `${JSON.stringify(vectors, undefined, 2)}\n`);

function checkRfc() {
  const { ikmE, ikmR, skEm, skRm, pkRm, enc, sharedSecret, key, baseNonce, exporterSecret, exports } = RFC_9180;
  const [sender, receiver] = [deriveKeyPair(bytes(ikmE)), deriveKeyPair(bytes(ikmR))];
  const made = setupBase(sender, receiver.public, bytes(RFC_9180.info));
  assert.deepEqual([hex(sender.secret), hex(receiver.secret), hex(receiver.public)], [skEm, skRm, pkRm]);
  assert.deepEqual([made.enc, made.shared, made.key].map(hex), [enc, sharedSecret, key]);
  assert.deepEqual([made.baseNonce, made.exporter].map(hex), [baseNonce, exporterSecret]);
  for (const { context, value } of exports) assert.equal(hex(made.export(bytes(context), 32)), value);
  for (const { seq, aad, ct } of RFC_9180.encryptions) {
    const nonce = Buffer.from(made.baseNonce).map((byte, index) => byte ^ uint(seq, 12)[index]);
    assert.equal(hex(seal(made.key, nonce, bytes(aad), bytes(RFC_9180.pt))), ct);
  }
}
