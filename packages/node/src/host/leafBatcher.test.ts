import { type BatchProof, type Bytes32, keccak256, registryDomain, utf8ToBytes } from "@cortensor/protocol";
import { createManualClock, createMetrics, type ManualClock, Secret, silentLogger } from "@cortensor/runtime";
import type { BatchNotice } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { createBatchVerifier } from "./batchVerifier.js";
import { createNodeSigner } from "./createIdentity.js";
import { BATCH_DELAY_MS, createLeafBatcher } from "./leafBatcher.js";
import { createSignatureCounter } from "./signatureCounter.js";

const domain = registryDomain({ chainId: 31_337, registry: `0x${"aa".repeat(20)}` });
const ROUTER = `0x${"01".repeat(20)}` as const;
const OTHER = `0x${"02".repeat(20)}` as const;
const leafOf = (name: string): Bytes32 => keccak256(utf8ToBytes(name));

function setUp(clock: ManualClock = createManualClock(1_000)) {
  const signatures = createSignatureCounter(createMetrics());
  const signer = createNodeSigner(new Secret<`0x${string}`>(`0x${"22".repeat(32)}`), signatures);
  const notices: { peer: string; notice: BatchNotice }[] = [];
  const onNotice = (peer: string, notice: BatchNotice) => notices.push({ peer, notice });
  const batcher = createLeafBatcher({ signer, domain, clock, log: silentLogger, onNotice });
  const verifier = createBatchVerifier({ domain, signatures });
  return { batcher, verifier, signer, signatures, notices, clock };
}

describe("the leaf batcher", () => {
  it("signs once for all leaves of an interval, and gives each its proof", async () => {
    const { batcher, verifier, signer, signatures, clock } = setUp();
    const names = Array.from({ length: 100 }, (_, index) => `leaf ${index}`);
    const proofs = Promise.all(names.map((name) => batcher.prove({ structHash: leafOf(name) })));
    await clock.advance(BATCH_DELAY_MS - 1);
    expect(signatures.counts().signed).toBe(0);
    await clock.advance(1);
    for (const [index, proof] of (await proofs).entries()) {
      expect(verifier.isProven(leafOf(`leaf ${index}`), proof, signer.address)).toBe(true);
    }
    expect(signatures.counts()).toEqual({ signed: 1, verified: 1 });
  });

  it("signs at once when a batch is full", () => {
    const { batcher, signatures } = setUp();
    for (let index = 0; index < 1_024; index += 1) batcher.add({ structHash: leafOf(String(index)) });
    expect(signatures.counts().signed).toBe(1);
    expect(batcher.pending()).toBe(0);
  });

  it("signs only the latest leaf of a key", async () => {
    const { batcher, clock, notices } = setUp();
    const proven: string[] = [];
    for (const name of ["position 32", "position 64", "result"]) {
      batcher.add({ structHash: leafOf(name), key: "task", peer: ROUTER, onProof: () => proven.push(name) });
    }
    await clock.advance(BATCH_DELAY_MS);
    expect(proven).toEqual(["result"]);
    expect(notices[0]?.notice.leaves).toHaveLength(1);
  });

  it("tells each peer of its own leaves only", async () => {
    const { batcher, clock, notices } = setUp();
    batcher.add({ structHash: leafOf("a"), peer: ROUTER });
    batcher.add({ structHash: leafOf("b"), peer: OTHER });
    batcher.add({ structHash: leafOf("c"), peer: ROUTER });
    batcher.add({ structHash: leafOf("d") });
    await clock.advance(BATCH_DELAY_MS);
    expect(notices.map(({ peer, notice }) => [peer, notice.leaves.length])).toEqual([
      [ROUTER, 2],
      [OTHER, 1],
    ]);
    expect(notices[0]?.notice.signed.batch.count).toBe(4);
  });

  it("numbers its batches, and signs what waits when it is closed", async () => {
    const { batcher, clock } = setUp();
    const first = batcher.prove({ structHash: leafOf("a") });
    await clock.advance(BATCH_DELAY_MS);
    const second = batcher.prove({ structHash: leafOf("b") });
    await batcher.close();
    expect((await second).batch.sequence).toBe((await first).batch.sequence + 1);
    expect(clock.sleepers()).toBe(0);
  });

  it("goes on when a listener throws", async () => {
    const { batcher, clock } = setUp();
    batcher.add({
      structHash: leafOf("a"),
      onProof: () => {
        throw new Error("a bad listener");
      },
    });
    const proof = batcher.prove({ structHash: leafOf("b") });
    await clock.advance(BATCH_DELAY_MS);
    expect((await proof).batch.count).toBe(2);
  });
});

describe("the batch verifier", () => {
  async function proven(): Promise<ReturnType<typeof setUp> & { proof: BatchProof; leaf: Bytes32 }> {
    const made = setUp();
    const leaf = leafOf("mine");
    const proof = made.batcher.prove({ structHash: leaf });
    made.batcher.add({ structHash: leafOf("another") });
    await made.clock.advance(BATCH_DELAY_MS);
    return { ...made, leaf, proof: await proof };
  }

  it("refuses another leaf, signer, root or signature", async () => {
    const { verifier, proof, leaf, signer } = await proven();
    expect(verifier.isProven(leaf, proof, signer.address)).toBe(true);
    expect(verifier.isProven(leafOf("not in it"), proof, signer.address)).toBe(false);
    expect(verifier.isProven(leaf, proof, ROUTER)).toBe(false);
    expect(verifier.isProven(leaf, { ...proof, signer: ROUTER }, ROUTER)).toBe(false);
    expect(verifier.isProven(leaf, { ...proof, path: [] }, signer.address)).toBe(false);
    const renumbered = { ...proof, batch: { ...proof.batch, sequence: proof.batch.sequence + 1 } };
    expect(verifier.isProven(leaf, renumbered, signer.address)).toBe(false);
    const forged = { ...proof, signature: `0x${"11".repeat(64)}1b` as const };
    expect(verifier.isProven(leaf, forged, signer.address)).toBe(false);
    expect(verifier.isProven(leaf, { ...proof, signature: "0x" }, signer.address)).toBe(false);
  });

  it("verifies a signature once, and forgets the oldest beyond its bound", async () => {
    const { signatures, proof, leaf, signer } = await proven();
    const small = createBatchVerifier({ domain, signatures, batchesMax: 1 });
    for (let index = 0; index < 5; index += 1) small.isProven(leaf, proof, signer.address);
    expect(signatures.counts().verified).toBe(1);
    small.isSigned({ ...proof, signature: "0x" }, signer.address);
    small.isProven(leaf, proof, signer.address);
    expect(signatures.counts().verified).toBe(3);
  });
});
