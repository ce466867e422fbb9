import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "./batch.js";
import { keccak256, utf8ToBytes } from "./bytes.js";
import { payeesHash, resultsHash } from "./commit.js";
import { registryDomain, typedDataDigest } from "./eip712Domain.js";
import { leafHash, merkleTree } from "./merkle.js";
import type { Hex } from "./primitives.js";
import type { Payee, Receipt } from "./receipt.js";
import {
  encodeReceiptDocument,
  parseReceiptDocument,
  type ReceiptDocument,
  verifyReceiptDocument,
} from "./receiptDocument.js";
import { addressOfPrivateKey, signDigest } from "./secp256k1.js";
import { splitsHash, splitsOf } from "./splits.js";
import { hashBatch, hashReceipt } from "./structHash.js";

const ROUTER_KEY: Hex = `0x${"22".repeat(32)}`;
const routerSigner = addressOfPrivateKey(ROUTER_KEY);
const domain = registryDomain({ chainId: 31337, registry: `0x${"ab".repeat(20)}` });
const word = (tag: string) => keccak256(utf8ToBytes(tag));

function aDocument(changes: Partial<Receipt> = {}, fees: readonly bigint[] = [700n, 41n]): ReceiptDocument {
  const payees = fees.map(
    (wei, segment): Payee => ({
      miner: `0x${"cd".repeat(20)}`,
      replica: 0,
      segment,
      from: segment * 64,
      to: segment * 64 + 64,
      wei,
    }),
  );
  const results = [word("result 0"), word("result 1")];
  const receipt: Receipt = {
    taskId: word("task"),
    account: 7,
    operator: `0x${"ef".repeat(20)}`,
    resultsHash: resultsHash(results),
    payeesHash: payeesHash(payees),
    feeWei: fees.reduce((sum, wei) => sum + wei, 0n),
    nIn: 10,
    nOut: 128,
    custody: "delegated",
    finish: "stop",
    epoch: 3,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
    ...changes,
  };
  const leaves = [word("other"), leafHash(hashReceipt(receipt)), word("third")];
  const tree = merkleTree(leaves);
  const batch: Batch = { root: tree.root, count: leaves.length, sequence: 9 };
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), ROUTER_KEY);
  const proof = { batch, signer: routerSigner, signature, path: tree.pathOf(1) };
  return { receipt, payees, results, proof, custody: receipt.custody, acknowledgedAtMs: 1_900_000_000_000 };
}

function reasonOf(document: ReceiptDocument): string {
  const verdict = verifyReceiptDocument({ document, domain, routerSigner });
  return verdict.kind === "valid" ? "valid" : verdict.reason;
}

describe("verifyReceiptDocument", () => {
  const document = aDocument();
  const { receipt, payees, results, proof } = document;

  it("accepts what the router signed", () => {
    expect(reasonOf(document)).toBe("valid");
  });

  it.each<[string, ReceiptDocument]>([
    ["payees do not sum to the fee", { ...document, payees: payees.slice(1) }],
    ["payees do not match the receipt", { ...document, payees: payees.toReversed() }],
    ["results do not match the receipt", { ...document, results: results.toReversed() }],
    ["custody does not match the receipt", { ...document, custody: "self" }],
    [
      "path is longer than the batch is high",
      { ...document, proof: { ...proof, batch: { ...proof.batch, count: 1 } } },
    ],
    ["receipt is not in the batch", { ...document, receipt: { ...receipt, nOut: 127 } }],
    ["receipt is not in the batch", { ...document, proof: { ...proof, path: proof.path.slice(1) } }],
    ["batch is by another signer", { ...document, proof: { ...proof, signer: receipt.operator } }],
    ["signature is not the router's", { ...document, proof: { ...proof, batch: { ...proof.batch, sequence: 10 } } }],
    ["signature is not the router's", { ...document, proof: { ...proof, signature: `0x${"00".repeat(65)}` } }],
    ["signature is not the router's", { ...document, proof: { ...proof, signature: "0x12" } }],
  ])("refuses when the %s", (reason, broken) => {
    expect(reasonOf(broken)).toBe(reason);
  });

  it("of a sealed task is held against who is paid for it: they have read it", () => {
    const miner = document.payees[0]?.miner ?? receipt.operator;
    const sealing = { suite: "x25519", readers: [miner, receipt.operator], audit: "none" } as const;
    expect(reasonOf({ ...document, sealing })).toBe("valid");
    expect(reasonOf({ ...document, sealing: { ...sealing, readers: [receipt.operator] } })).toBe(
      "sealing names fewer readers than are paid",
    );
  });

  it("refuses a receipt of another chain", () => {
    const elsewhere = registryDomain({ chainId: 1, registry: domain.verifyingContract });
    expect(verifyReceiptDocument({ document, domain: elsewhere, routerSigner })).toEqual({
      kind: "invalid",
      reason: "signature is not the router's",
    });
  });
});

describe("the codec of receipt documents", () => {
  it("gives back what it took, through JSON text", () => {
    const wei = fc.bigInt({ min: 0n, max: (1n << 94n) - 1n });
    fc.assert(
      fc.property(fc.array(wei, { maxLength: 4 }), fc.nat(), (fees, account) => {
        const document = aDocument({ account }, fees);
        expect(parseReceiptDocument(JSON.parse(JSON.stringify(encodeReceiptDocument(document))))).toEqual(document);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps who could read a sealed task", () => {
    const sealing = { suite: "xwing", readers: [`0x${"cd".repeat(20)}`], audit: "none" } as const;
    const document: ReceiptDocument = { ...aDocument(), label: "unproved", sealing };
    expect(parseReceiptDocument(JSON.parse(JSON.stringify(encodeReceiptDocument(document))))).toEqual(document);
  });

  it("writes wei as decimal strings", () => {
    expect(encodeReceiptDocument(aDocument()).receipt.feeWei).toBe("741");
  });

  const json = encodeReceiptDocument(aDocument());
  it.each<[string, unknown]>([
    ["document", 7],
    ["document", { ...json, note: "more" }],
    ["acknowledgedAtMs", { ...json, acknowledgedAtMs: -1 }],
    ["label", { ...json, label: "certain" }],
    ["sealing.readers", { ...json, sealing: { suite: "x25519", readers: [], audit: "none" } }],
    ["receipt.feeWei", { ...json, receipt: { ...json.receipt, feeWei: "007" } }],
    ["receipt.feeWei", { ...json, receipt: { ...json.receipt, feeWei: 741 } }],
    ["receipt.feeWei", { ...json, receipt: { ...json.receipt, feeWei: (1n << 96n).toString() } }],
    ["receipt.taskId", { ...json, receipt: { ...json.receipt, taskId: "0x12" } }],
    ["receipt.custody", { ...json, receipt: { ...json.receipt, custody: "theirs" } }],
    ["payees.0.miner", { ...json, payees: [{ ...json.payees[0], miner: "0xABCDEF" }] }],
    ["payees", { ...json, payees: Array.from({ length: 449 }, () => json.payees[0]) }],
    [
      "proof.path",
      { ...json, proof: { ...json.proof, path: Array.from({ length: 21 }, () => json.proof.batch.root) } },
    ],
    ["proof.batch.count", { ...json, proof: { ...json.proof, batch: { ...json.proof.batch, count: 0 } } }],
  ])("refuses a document whose %s is wrong", (field, broken) => {
    expect(() => parseReceiptDocument(broken)).toThrow(`["${field}: `);
  });
});
