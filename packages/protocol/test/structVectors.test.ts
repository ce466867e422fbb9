import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  CUSTODIES,
  type Eip712Domain,
  eip712DomainOf,
  eip712Types,
  FINISH_REASONS,
  type Hex,
  hashAccess,
  hashAcknowledgement,
  hashAssignment,
  hashBatch,
  hashCheckpoint,
  hashConnectionCertificate,
  hashCreditNote,
  hashDebit,
  hashPaidSegment,
  hashReceipt,
  hashResult,
  hashSpendingKey,
  hashTask,
  PRIVACIES,
  recoverSigner,
  type StructName,
  signDigest,
  typedDataDigest,
  typeString,
} from "@cortensor/protocol";
import { hashStruct, hashTypedData, recoverAddress } from "viem";
import { describe, expect, it } from "vitest";
import { readVectors } from "./readVectors.js";

type StructVector = {
  readonly name: StructName;
  readonly domain: "registry" | "payment";
  readonly typeString: string;
  readonly message: Record<string, string | number>;
  readonly structHash: Bytes32;
  readonly digest: Bytes32;
};
type StructFile = {
  readonly domains: Record<"registry" | "payment", Eip712Domain>;
  readonly structs: readonly StructVector[];
};

const file = readVectors<StructFile>("structs");
const WEI = new Set([
  "feeCapWei",
  "weiPerTokenIn",
  "weiPerTokenOut",
  "feeWei",
  "cumulativeWei",
  "capPerEpochWei",
  "totalCapWei",
  "netWei",
]);
const ENUMS: Record<string, readonly string[]> = { privacy: PRIVACIES, finish: FINISH_REASONS, custody: CUSTODIES };
// Each hash function takes its own struct; a vector's name chooses the function that fits its message.
const hashOf: Record<StructName, (value: never) => Bytes32> = {
  Task: hashTask,
  Assignment: hashAssignment,
  Checkpoint: hashCheckpoint,
  Acknowledgement: hashAcknowledgement,
  Result: hashResult,
  Receipt: hashReceipt,
  CreditNote: hashCreditNote,
  PaidSegment: hashPaidSegment,
  Debit: hashDebit,
  Batch: hashBatch,
  ConnectionCertificate: hashConnectionCertificate,
  Access: hashAccess,
  SpendingKey: hashSpendingKey,
};

/** From the chain's form to ours: wei are bigints, enums are words. */
function ours(message: Record<string, string | number>): never {
  const entries = Object.entries(message).map(([field, value]) => {
    if (WEI.has(field)) return [field, BigInt(value)];
    const words = ENUMS[field];
    return [field, words === undefined ? value : words[Number(value)]];
  });
  return Object.fromEntries(entries) as never;
}

describe("struct vectors", () => {
  it("cover every struct of the table", () => {
    expect(file.structs.map(({ name }) => name).sort()).toEqual(Object.keys(eip712Types).sort());
  });

  it.each(file.structs)("$name hashes and digests as viem says", (vector) => {
    const structHash = hashOf[vector.name](ours(vector.message));
    expect(structHash).toBe(vector.structHash);
    expect(typedDataDigest(file.domains[vector.domain], structHash)).toBe(vector.digest);
  });

  it.each(file.structs)("$name has the type string of its doc comment, and viem takes our table", (vector) => {
    expect(typeString(vector.name)).toBe(vector.typeString);
    expect(eip712DomainOf[vector.name]).toBe(vector.domain);
    const types = { [vector.name]: eip712Types[vector.name] };
    expect(hashStruct({ data: vector.message, primaryType: vector.name, types })).toBe(vector.structHash);
    const domain = file.domains[vector.domain];
    expect(hashTypedData({ domain, types, primaryType: vector.name, message: vector.message })).toBe(vector.digest);
  });
});

describe("signature vectors", () => {
  type SignatureVector = {
    readonly privateKey: Hex;
    readonly address: Address;
    readonly digest: Bytes32;
    readonly signature: Hex;
  };

  it.each(readVectors<readonly SignatureVector[]>("signatures"))("$address signs as viem does", async (vector) => {
    expect(addressOfPrivateKey(vector.privateKey)).toBe(vector.address);
    const signature = signDigest(vector.digest, vector.privateKey);
    expect(signature).toBe(vector.signature);
    expect(recoverSigner(vector.digest, signature)).toBe(vector.address);
    expect((await recoverAddress({ hash: vector.digest, signature })).toLowerCase()).toBe(vector.address);
  });
});
