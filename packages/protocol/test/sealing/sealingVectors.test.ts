import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  affinityTags,
  bytesToHex,
  createSealContext,
  createSealKeyPair,
  decodeAnswerOpening,
  decodeEnvelope,
  decodeParams,
  decodePrompt,
  decodeSealedFrame,
  encodeAnswerOpening,
  encodeAnswerPart,
  encodeEnvelope,
  encodePrekeyBundle,
  encodeSealedFrame,
  hashPrekeyBundle,
  hexToBytes,
  openAnswer,
  openEnvelope,
  PREKEY_BUNDLE_TYPE,
  type PrekeyBundle,
  portableAead,
  prekeyBundleHash,
  promptCommit,
  registryDomain,
  sealAnswer,
  sealedAnswerSalt,
  sealedOutCommit,
  sealedParamsHash,
  sealedPromptSalt,
  sealedRootStart,
  sealTask,
  signPrekeyBundle,
  typedDataDigest,
} from "../../src/index.js";
import { hpkeSuite } from "../../src/sealing/hpke.js";
import { aSealedEnvelope, aSealingMiner, keyOf, prekeysOf } from "../../src/test/aSealing.js";
import { nodeAead } from "./nodeAead.js";
import { sealingVectors } from "./vectors.js";

const { rfc9180, bundle, context, commits, answers, envelope, answer, affinity } = sealingVectors();
const ONE = { suite: "x25519", secret: commits.secret } as const;
const BUNDLE: PrekeyBundle = { ...bundle, keys: [{ suite: "x25519", publicKey: hexToBytes(bundle.publicKey) }] };
const prompt = decodePrompt(hexToBytes(commits.promptBytes));
const params = decodeParams(hexToBytes(commits.paramsBytes));
const bufferOf = (hex: string) => Uint8Array.from(hexToBytes(hex)).buffer;
const hexOf = (bytes: ArrayBuffer | Uint8Array) => bytesToHex(new Uint8Array(bytes));

const clientContext = () =>
  createSealContext({
    bundle: BUNDLE,
    suite: "x25519",
    session: context.session,
    ephemeral: hexToBytes(context.ephemeral),
  });

describe("HPKE", () => {
  it("makes the figures of RFC 9180, A.2.1, as their sender", async () => {
    const suite = await hpkeSuite("x25519");
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(bufferOf(rfc9180.pkRm)),
      info: bufferOf(rfc9180.info),
      ekm: bufferOf(rfc9180.ikmE),
    });
    expect(hexOf(sender.enc)).toBe(rfc9180.enc);
    for (const { context: what, value } of rfc9180.exports)
      expect(hexOf(await sender.export(bufferOf(what), 32))).toBe(value);
    const wanted = new Map(rfc9180.encryptions.map((one) => [one.seq, one]));
    for (let seq = 0; seq <= 256; seq += 1) {
      const one = wanted.get(seq);
      const made = await sender.seal(bufferOf(rfc9180.pt), bufferOf(one?.aad ?? "0x"));
      if (one !== undefined) expect(hexOf(made)).toBe(one.ct);
    }
  });

  it("makes the figures of RFC 9180, A.2.1, as their recipient", async () => {
    const suite = await hpkeSuite("x25519");
    const pair = await createSealKeyPair("x25519", hexToBytes(rfc9180.ikmR));
    expect([bytesToHex(pair.publicKey), bytesToHex(pair.privateKey)]).toEqual([rfc9180.pkRm, rfc9180.skRm]);
    const recipientKey = await suite.kem.deserializePrivateKey(bufferOf(rfc9180.skRm));
    const shared = await suite.kem.decap({ recipientKey, enc: bufferOf(rfc9180.enc) });
    expect(hexOf(shared)).toBe(rfc9180.sharedSecret);
    const setup = { recipientKey, enc: bufferOf(rfc9180.enc), info: bufferOf(rfc9180.info) };
    const recipient = await suite.createRecipientContext(setup);
    for (const { seq, aad, ct } of rfc9180.encryptions.filter((one) => one.seq < 3)) {
      expect([seq, hexOf(await recipient.open(bufferOf(ct), bufferOf(aad)))]).toEqual([seq, rfc9180.pt]);
    }
  });

  it("makes X-Wing's own figures (draft-connolly-cfrg-xwing-kem, first vector)", async () => {
    const { kem } = await hpkeSuite("xwing");
    const pair = await createSealKeyPair("xwing");
    expect([pair.publicKey.length, pair.privateKey.length]).toEqual([1_216, 32]);
    const recipientKey = await kem.deserializePrivateKey(bufferOf(XWING.seed));
    const wing = await import("@hpke/hybridkem-x-wing");
    const { publicKey } = await new wing.XWing().generateKeyPairDerand(hexToBytes(XWING.seed));
    const { enc, sharedSecret } = await kem.encap({ recipientPublicKey: publicKey, ekm: bufferOf(XWING.eseed) });
    expect([hexOf(sharedSecret), enc.byteLength]).toEqual([XWING.ss, 1_120]);
    expect(hexOf(await kem.decap({ recipientKey, enc }))).toBe(XWING.ss);
  });
});

const XWING = {
  seed: "0x7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
  eseed:
    "0x3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
  ss: "0xd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384",
};

describe("our own formats", () => {
  it("have a prekey bundle's bytes, hashes and signature as another implementation makes them", () => {
    expect(PREKEY_BUNDLE_TYPE).toBe(bundle.typeString);
    expect(bytesToHex(encodePrekeyBundle(BUNDLE))).toBe(bundle.bytes);
    expect(prekeyBundleHash(BUNDLE)).toBe(bundle.hash);
    expect(hashPrekeyBundle(BUNDLE)).toBe(bundle.structHash);
    expect(typedDataDigest(registryDomain(BUNDLE), bundle.structHash)).toBe(bundle.digest);
    expect(signPrekeyBundle(BUNDLE, keyOf("alice")).signature).toBe(bundle.signature);
  });

  it("have a context's keys", async () => {
    const { enc, keys } = await clientContext();
    expect([enc, keys.up, keys.down].map(bytesToHex)).toEqual([context.enc, context.up, context.down]);
  });

  it("have a sealed task's commitments", () => {
    expect(sealedPromptSalt(ONE)).toBe(commits.promptSalt);
    expect(promptCommit(commits.promptSalt, prompt)).toBe(commits.promptCommit);
    expect(sealedParamsHash(ONE, params)).toBe(commits.paramsHash);
    expect(sealedAnswerSalt({ ...ONE, secret: answers.answerSecret }, answers.taskId)).toBe(answers.answerSalt);
    expect(sealedRootStart(answers.answerSalt).root).toBe(answers.rootStart);
    expect(sealedOutCommit(answers.taskId, answers.answerSalt, hexToBytes(answers.output))).toBe(answers.outCommit);
  });

  it.each([
    ["in JavaScript", portableAead],
    ["by the platform", nodeAead],
  ] as const)("have an envelope, sealed %s", async (_how, aead) => {
    const made = sealTask({
      taskId: answers.taskId,
      request: { secret: commits.secret, answerSecret: answers.answerSecret, prompt, params, committed: [] },
      contexts: [await clientContext()],
      dataKey: hexToBytes(envelope.dataKey),
      nonce: envelope.nonce,
      aead,
    });
    expect(bytesToHex(encodeEnvelope(made))).toBe(envelope.bytes);
    expect(decodeEnvelope(hexToBytes(envelope.bytes))).toEqual(made);
  });

  it.each([
    ["in JavaScript", portableAead],
    ["by the platform", nodeAead],
  ] as const)("have an answer, sealed and opened %s", async (_how, aead) => {
    const client = await clientContext();
    const parts = { taskId: answers.taskId, dataKey: hexToBytes(envelope.dataKey), aead };
    const { opening, sealer } = sealAnswer(client, { ...parts, nonce: answer.nonce });
    expect(bytesToHex(encodeAnswerOpening(opening))).toBe(answer.opening);
    const said = hexToBytes(answer.said);
    const frames = [
      sealer.seal({ data: said.subarray(0, 20), bucket: 256, isFinal: false }),
      sealer.seal({ data: new Uint8Array(0), bucket: 512, isFinal: false }),
      sealer.seal({ data: said.subarray(20), bucket: 256, isFinal: true }),
    ];
    expect(frames.map(encodeSealedFrame).map(bytesToHex)).toEqual(answer.frames);
    const opened = openAnswer(decodeAnswerOpening(hexToBytes(answer.opening)), { ...parts, context: client });
    if (opened.kind === "refused") throw new Error(opened.refusal);
    for (const [index, hex] of answer.frames.entries()) {
      expect(opened.opener.open(decodeSealedFrame(hexToBytes(hex)))).toMatchObject({
        kind: "opened",
        isFinal: index === 2,
      });
    }
    const tokens = encodeAnswerPart({ kind: "tokens", from: 0, ids: [3, 1], text: "yes" });
    const end = encodeAnswerPart({ kind: "end", finish: "stop", nIn: 12, nOut: 2 });
    expect(bytesToHex(Uint8Array.from([...tokens, ...end]))).toBe(answer.said);
  });

  it("have affinity tags", () => {
    const setup = {
      sessionKey: hexToBytes(affinity.sessionKey),
      modelId: affinity.modelId,
      filler: hexToBytes(affinity.filler),
    };
    expect(affinityTags(setup, { kind: "text", text: affinity.text })).toEqual(affinity.tags);
  });

  it("are opened by either cipher when the other sealed them", async () => {
    const alice = await aSealingMiner("alice");
    const { envelope: sealed, task } = await aSealedEnvelope([alice]);
    const opened = await openEnvelope(sealed, {
      miner: alice.miner,
      task,
      findPrekeys: prekeysOf(alice),
      aead: nodeAead,
    });
    expect(opened.kind).toBe("opened");
    const bytes = fc.uint8Array({ maxLength: 400 });
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(key, fc.uint8Array({ minLength: 12, maxLength: 12 }), bytes, bytes, (one, nonce, aad, data) => {
        const made = nodeAead.seal(one, { nonce, aad, data });
        expect(portableAead.seal(one, { nonce, aad, data })).toEqual(made);
        expect(portableAead.open(one, { nonce, aad, data: made })).toEqual(data);
        expect(nodeAead.open(one, { nonce, aad, data: made.slice(1) })).toBeUndefined();
        expect(portableAead.open(one, { nonce, aad, data: made.slice(1) })).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
