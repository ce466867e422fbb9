import { describe, expect, it } from "vitest";
import { hasCode } from "../errors.js";
import { toCompactSignature } from "../guards/compactSignature.js";
import { addressOfPrivateKey, signDigest } from "../secp256k1.js";
import { keyedGuards, wordOf } from "../test/someGuards.js";
import type { MessageWay } from "./index.js";
import {
  decodeOutboxEquivocation,
  encodeOutboxEquivocation,
  offenderOf,
  outboxDigest,
  outboxEquivocationOf,
  outboxEquivocatorOf,
} from "./index.js";

const WAY: MessageWay = {
  src: 31_337,
  srcMessenger: `0x${"a1".repeat(20)}`,
  dst: 900,
  dstMessenger: `0x${"b2".repeat(20)}`,
};
const OF = { way: WAY, epoch: 6 };
const [liar, other] = keyedGuards(2);

function signed(root: number, by = liar, way = WAY) {
  if (by === undefined) throw new Error("two guards were made");
  const signature = toCompactSignature(signDigest(outboxDigest(way, { epoch: 6, root: wordOf(root) }), by.key));
  return { root: wordOf(root), signature };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    for (const code of ["PROTOCOL_BAD_RECORD", "PROTOCOL_BAD_SIGNATURE"] as const)
      if (hasCode(error, code)) return code;
    throw error;
  }
  return "taken";
}

describe("two outboxes that one guard signed", () => {
  const proof = outboxEquivocationOf(OF, signed(5), signed(4));

  it("prove themselves, in 256 bytes that need nothing else, whichever is shown first", () => {
    const bytes = encodeOutboxEquivocation(proof);
    expect(bytes).toHaveLength(256);
    expect(decodeOutboxEquivocation(bytes)).toEqual(proof);
    expect(outboxEquivocationOf(OF, signed(4), signed(5))).toEqual(proof);
    expect(outboxEquivocatorOf(proof)).toBe(liar && addressOfPrivateKey(liar.key));
    expect(offenderOf(proof)).toBe(liar?.guard);
  });

  it("are no offence when they are one root, of two ways or of two guards", () => {
    expect(codeOf(() => outboxEquivocationOf(OF, signed(5), signed(5)))).toBe("PROTOCOL_BAD_RECORD");
    expect(codeOf(() => outboxEquivocationOf(OF, signed(5), signed(4, other)))).toBe("PROTOCOL_BAD_RECORD");
    const back = { src: WAY.dst, srcMessenger: WAY.dstMessenger, dst: WAY.src, dstMessenger: WAY.srcMessenger };
    expect(codeOf(() => outboxEquivocationOf(OF, signed(5), signed(4, liar, back)))).not.toBe("taken");
  });
});
