import { type Bytes32, keccak256, registryDomain, utf8ToBytes } from "@cortensor/protocol";
import { createManualClock, createMetrics, Secret, silentLogger } from "@cortensor/runtime";
import type { BatchNotice } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import {
  BATCH_DELAY_MS,
  createBatchVerifier,
  createLeafBatcher,
  createNodeSigner,
  createSignatureCounter,
} from "../host/index.js";
import { PROOF_GRACE_MS, ProvenResults } from "./provenResults.js";

const PEER = `0x${"0e".repeat(20)}` as const;
const hashOf = (name: string) => keccak256(utf8ToBytes(name));

const resultOf = (name: string) => ({ taskId: hashOf(`task of ${name}`), result: hashOf(name) });

async function aNotice(names: readonly string[]) {
  const clock = createManualClock(1_000);
  const signatures = createSignatureCounter(createMetrics());
  const signer = createNodeSigner(new Secret<`0x${string}`>(`0x${"22".repeat(32)}`), signatures);
  const domain = registryDomain({ chainId: 31_337, registry: `0x${"aa".repeat(20)}` });
  const notices: BatchNotice[] = [];
  const onNotice = (_peer: string, notice: BatchNotice) => void notices.push(notice);
  const batcher = createLeafBatcher({ signer, domain, clock, log: silentLogger, onNotice });
  for (const name of names) batcher.add({ structHash: hashOf(name), peer: PEER });
  await clock.advance(BATCH_DELAY_MS);
  const [notice] = notices;
  if (notice === undefined) throw new Error("nothing was signed");
  return { notice, verifier: createBatchVerifier({ domain, signatures }), miner: signer.address };
}

describe("results that wait for their miner's signature", () => {
  it.each([1, 2, 3, 7, 33])("are proven by one batch of %i", async (count) => {
    const names = Array.from({ length: count }, (_, index) => `result ${index}`);
    const { notice, ...parts } = await aNotice(names);
    const kept: Bytes32[] = [];
    const results = new ProvenResults(({ result }) => kept.push(result));
    for (const name of names) results.expect(resultOf(name), 0);
    results.expect(resultOf("another"), 0);
    expect(results.prove(notice, parts)).toBe(true);
    expect(results.waiting).toBe(1);
    expect(kept).toEqual(names.map(hashOf));
  });

  it("aren't proven by another's batch, a changed part or a foreign root", async () => {
    const { notice, verifier, miner } = await aNotice(["a", "b", "c", "d", "e"]);
    const results = new ProvenResults(() => undefined);
    results.expect(resultOf("a"), 0);
    expect(results.prove(notice, { verifier, miner: PEER })).toBe(false);
    const [first, second, ...rest] = notice.leaves;
    const leaves = [second ?? "0x", ...rest, first ?? "0x"];
    expect(results.prove({ ...notice, leaves }, { verifier, miner })).toBe(false);
    expect(results.prove({ ...notice, from: 1 }, { verifier, miner })).toBe(false);
    expect(results.prove({ ...notice, siblings: [hashOf("b")] }, { verifier, miner })).toBe(false);
    const signed = { ...notice.signed, batch: { ...notice.signed.batch, root: hashOf("other root") } };
    expect(results.prove({ ...notice, signed }, { verifier, miner })).toBe(false);
    expect(results.waiting).toBe(1);
  });

  it("don't wait when it came before them: a sealed answer's last frame leaves at its step, its miner signs when it likes", async () => {
    const kept: Bytes32[] = [];
    const results = new ProvenResults(({ result }) => kept.push(result));
    const { notice, ...parts } = await aNotice(["a"]);
    expect(results.prove(notice, parts)).toBe(true);
    results.expect(resultOf("a"), 1_000);
    results.expect(resultOf("b"), 1_000);
    expect(results.waiting).toBe(1);
    expect(kept).toEqual([hashOf("a")]);
  });

  it("are overdue when the oldest has waited longer than the grace", async () => {
    const results = new ProvenResults(() => undefined);
    expect(results.isInTime(1_000_000)).toBe(true);
    results.expect(resultOf("a"), 1_000);
    results.expect(resultOf("b"), 2_000);
    expect(results.isInTime(1_000 + PROOF_GRACE_MS)).toBe(true);
    expect(results.isInTime(1_001 + PROOF_GRACE_MS)).toBe(false);
    const { notice, ...parts } = await aNotice(["a"]);
    results.prove(notice, parts);
    expect(results.isInTime(1_001 + PROOF_GRACE_MS)).toBe(true);
  });
});
