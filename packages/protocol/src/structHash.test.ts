import { describe, expect, it } from "vitest";
import type { Assignment } from "./assignment.js";
import { registryDomain, typedDataDigest } from "./eip712Domain.js";
import { ZERO_BYTES32 } from "./primitives.js";
import { hashAcknowledgement, hashAssignment, hashCheckpoint, hashDebit } from "./structHash.js";

const ADDRESS = `0x${"ab".repeat(20)}` as const;

function anAssignment(changes: Partial<Assignment> = {}): Assignment {
  return {
    taskId: ZERO_BYTES32,
    miner: ADDRESS,
    replica: 0,
    segment: 0,
    from: 0,
    kernelClass: ZERO_BYTES32,
    epoch: 0,
    expires: 0,
    weiPerTokenIn: 0n,
    weiPerTokenOut: 0n,
    ...changes,
  };
}

describe("struct hashes", () => {
  it.each([
    ["replica", { replica: 256 }],
    ["segment", { segment: -1 }],
    ["from", { from: 0.5 }],
    ["from", { from: 2 ** 32 }],
    ["epoch", { epoch: 2 ** 53 }],
    ["weiPerTokenIn", { weiPerTokenIn: 1n << 96n }],
    ["weiPerTokenOut", { weiPerTokenOut: -1n }],
  ])("refuse a %s that doesn't fit rather than hash another", (field, changes) => {
    expect(() => hashAssignment(anAssignment(changes))).toThrow(`field=${field}`);
  });

  it("refuse a word or an address of another length", () => {
    expect(() => hashAssignment(anAssignment({ taskId: ADDRESS }))).toThrow("PROTOCOL_BAD_HEX");
    expect(() => hashAssignment(anAssignment({ miner: ZERO_BYTES32 }))).toThrow("PROTOCOL_BAD_HEX");
  });

  it("are right again after a refusal", () => {
    const before = hashAssignment(anAssignment());
    expect(() => hashAssignment(anAssignment({ replica: 256 }))).toThrow();
    expect(hashAssignment(anAssignment())).toBe(before);
  });

  it("tell a checkpoint from its acknowledgement", () => {
    const position = {
      taskId: ZERO_BYTES32,
      miner: ADDRESS,
      replica: 0,
      segment: 0,
      position: 32,
      tokenRoot: ZERO_BYTES32,
    };
    expect(hashCheckpoint(position)).not.toBe(hashAcknowledgement(position));
  });

  it("see every field of a debit", () => {
    const debit = { account: 1, lane: ADDRESS, cumulativeWei: 2n, receiptsRoot: ZERO_BYTES32, count: 3, epoch: 4 };
    const changed = [
      { account: 2 },
      { lane: `0x${"cd".repeat(20)}` as const },
      { cumulativeWei: 3n },
      { receiptsRoot: `0x${"11".repeat(32)}` as const },
      { count: 4 },
      { epoch: 5 },
    ];
    const hashes = [{}, ...changed].map((change) => hashDebit({ ...debit, ...change }));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("typedDataDigest", () => {
  it("differs by chain and by contract", () => {
    const domains = [
      registryDomain({ chainId: 1, registry: ADDRESS }),
      registryDomain({ chainId: 2, registry: ADDRESS }),
      registryDomain({ chainId: 1, registry: `0x${"cd".repeat(20)}` }),
    ];
    expect(new Set(domains.map((domain) => typedDataDigest(domain, ZERO_BYTES32))).size).toBe(3);
  });

  it("refuses a chain id that is no whole number, and a contract that is no address", () => {
    expect(() => typedDataDigest(registryDomain({ chainId: 1.5, registry: ADDRESS }), ZERO_BYTES32)).toThrow("chainId");
    expect(() => typedDataDigest(registryDomain({ chainId: 1, registry: "0x12" }), ZERO_BYTES32)).toThrow(
      "PROTOCOL_BAD_HEX",
    );
  });
});
