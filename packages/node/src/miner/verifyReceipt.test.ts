import {
  type BatchProof,
  type Bytes32,
  hashReceipt,
  type Payee,
  payeesHash,
  type Receipt,
  registryDomain,
  splitsHash,
  splitsOf,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { createManualClock, createMetrics, Secret, silentLogger } from "@cortensor/runtime";
import type { AuthorisedPeer } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { createBatchVerifier, createLeafBatcher, createNodeSigner, createSignatureCounter } from "../host/index.js";
import { anEntry } from "./test/anEntry.js";
import { verifyReceipt } from "./verifyReceipt.js";

const domain = registryDomain({ chainId: 31_337, registry: `0x${"aa".repeat(20)}` });
const signatures = createSignatureCounter(createMetrics());
const signer = createNodeSigner(new Secret<`0x${string}`>(`0x${"11".repeat(32)}`), signatures);
const verifier = createBatchVerifier({ domain, signatures });
const entry = anEntry({ seq: 1, owedWei: 1_000n, acknowledgedWei: 400n });
const { result } = entry.reoffered;
const router: AuthorisedPeer = {
  role: "router",
  address: signer.address,
  connectionKey: ZERO_BYTES32,
  owner: entry.operator,
};

const payeeOf = (wei: bigint, changes: Partial<Payee> = {}): Payee => ({
  miner: result.miner,
  replica: 0,
  segment: 0,
  from: 0,
  to: 10,
  wei,
  ...changes,
});

function receiptOf(payees: readonly Payee[], changes: Partial<Receipt> = {}): Receipt {
  return {
    taskId: result.taskId,
    account: 1,
    operator: entry.operator,
    resultsHash: ZERO_BYTES32,
    payeesHash: payeesHash(payees),
    feeWei: payees.reduce((sum, { wei }) => sum + wei, 0n),
    nIn: 5,
    nOut: 10,
    custody: "self",
    finish: "stop",
    epoch: 1,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
    ...changes,
  };
}

function prove(receipt: Receipt): Promise<BatchProof> {
  const batcher = createLeafBatcher({ signer, domain, clock: createManualClock(), log: silentLogger });
  const proof = batcher.prove({ structHash: hashReceipt(receipt) });
  batcher.flush();
  return proof;
}

const provenBy = (proof: BatchProof, from: AuthorisedPeer) => (structHash: Bytes32) =>
  verifier.isProven(structHash, proof, from.address);

async function judge(payees: readonly Payee[], changes: Partial<Receipt> = {}, from = router) {
  const receipt = receiptOf(payees, changes);
  return verifyReceipt({ receipt, payees, entry, router: from, isProven: provenBy(await prove(receipt), from) });
}

describe("verifyReceipt", () => {
  it("takes one that pays what was earned, among others", async () => {
    const other = payeeOf(5n, { miner: router.address, segment: 1 });
    expect(await judge([payeeOf(1_000n), other])).toEqual({ kind: "paid", wei: 1_000n, netWei: 920n });
    expect(await judge([payeeOf(1_001n)])).toEqual({ kind: "paid", wei: 1_001n, netWei: 920n });
  });

  it("takes one that pays what was acknowledged, and says what is missing", async () => {
    expect(await judge([payeeOf(400n)])).toEqual({ kind: "short", wei: 400n, netWei: 368n, missingWei: 600n });
  });

  it("refuses one that pays less, or somebody else", async () => {
    const underpaid = { kind: "refused", reason: "underpaid" };
    expect(await judge([payeeOf(399n)])).toEqual(underpaid);
    expect(await judge([])).toEqual(underpaid);
    expect(await judge([payeeOf(1_000n, { segment: 1 })])).toEqual(underpaid);
    expect(await judge([payeeOf(1_000n, { replica: 1 })])).toEqual(underpaid);
    expect(await judge([payeeOf(1_000n, { miner: router.address })])).toEqual(underpaid);
  });

  it("refuses another task's, and another operator's", async () => {
    const paid = [payeeOf(1_000n)];
    expect(await judge(paid, { taskId: ZERO_BYTES32 })).toMatchObject({ reason: "wrongTask" });
    expect(await judge(paid, { operator: router.address })).toMatchObject({ reason: "wrongOperator" });
    expect(await judge(paid, {}, { ...router, owner: router.address })).toMatchObject({ reason: "wrongOperator" });
  });

  it("refuses payees that are not the receipt's", async () => {
    const paid = [payeeOf(1_000n)];
    expect(await judge(paid, { feeWei: 999n })).toMatchObject({ reason: "badPayees" });
    expect(await judge(paid, { payeesHash: ZERO_BYTES32 })).toMatchObject({ reason: "badPayees" });
  });

  it("refuses splits that nobody knows", async () => {
    expect(await judge([payeeOf(1_000n)], { splitsHash: ZERO_BYTES32 })).toMatchObject({ reason: "unknownSplits" });
  });

  it("refuses one that no batch of this router holds", async () => {
    const payees = [payeeOf(1_000n)];
    const receipt = receiptOf(payees);
    const proof = await prove({ ...receipt, account: 2 });
    const unproven = { kind: "refused", reason: "unproven" };
    expect(verifyReceipt({ receipt, payees, entry, router, isProven: provenBy(proof, router) })).toEqual(unproven);
    const stranger = { ...router, address: result.miner };
    const isProven = provenBy(await prove(receipt), stranger);
    expect(verifyReceipt({ receipt, payees, entry, router: stranger, isProven })).toEqual(unproven);
  });
});
