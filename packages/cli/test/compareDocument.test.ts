import { Differences } from "@cortensor/books";
import {
  addressOfPrivateKey,
  encodeVerdictDocument,
  guardsDomain,
  keccak256,
  NO_DIFF,
  signVerdict,
  utf8ToBytes,
  type VerdictOutcome,
  verdictDocumentCid,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { compareDocument } from "../src/audit/compareDocument.js";
import { parseEpochs } from "../src/audit/epochRange.js";

const KEY = keccak256(utf8ToBytes("validator"));
const validator = addressOfPrivateKey(KEY);
const profile = { chainId: 31_337, addresses: { attestations: `0x${"c0".repeat(20)}` as const } };
const domain = guardsDomain({ chainId: profile.chainId, guards: profile.addresses.attestations });
const taskId = keccak256(utf8ToBytes("task"));
const EPOCH = 7;

function documentOf(outcome: VerdictOutcome, of = { epoch: EPOCH, key: KEY }): Uint8Array {
  const verdict = { taskId, tier: 1, outcome, stats: ZERO_BYTES32, firstDiff: NO_DIFF, salt: taskId } as const;
  const verdicts = [signVerdict(domain, verdict, of.key)];
  return encodeVerdictDocument({ chainId: profile.chainId, epoch: of.epoch, validator, verdicts });
}

function found(bytes: Uint8Array, { shown = bytes, outcome = "passed" as VerdictOutcome } = {}): readonly string[] {
  const differences = new Differences();
  const show = {
    ...{ validator, secret: ZERO_BYTES32, outcomes: new Uint8Array(0) },
    documentCid: verdictDocumentCid(shown),
  };
  const verdicts = [{ validator, taskId, outcome }];
  compareDocument(bytes, { profile, epoch: EPOCH, show, verdicts, differences });
  return differences.all.map(({ what, where }) => `${what}: ${where}`);
}

describe("a document of verdicts beside what its validator showed", () => {
  const where = `verdicts of ${validator}, epoch ${EPOCH}`;

  it("has no differences where it says what was shown", () => {
    expect(found(documentOf("passed"))).toEqual([]);
  });

  it("is named where a byte of it was changed, and where it is none", () => {
    const bytes = documentOf("passed");
    const changed = bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte));
    expect(found(changed, { shown: bytes })).toEqual([`verdictsTampered: ${where}`]);
    expect(found(utf8ToBytes("no document"))).toEqual([`verdictsMalformed: ${where}`]);
  });

  it("is named where it says something else, of another epoch, or by another key", () => {
    expect(found(documentOf("failed"))).toEqual([`verdictsShown: ${where}, task ${taskId}`]);
    expect(found(documentOf("passed", { epoch: 8, key: KEY }))).toEqual([`verdictsShown: ${where}, epoch`]);
    expect(found(documentOf("passed", { epoch: EPOCH, key: taskId }))).toEqual([`verdictsShown: ${where}, signatures`]);
  });
});

describe("epochs to audit", () => {
  it("are one or a range, and nothing else", () => {
    expect(parseEpochs("40")).toEqual({ from: 40, to: 40 });
    expect(parseEpochs("0..49")).toEqual({ from: 0, to: 49 });
    for (const text of ["", "..", "3..", "5..4", "1..2..3", "-1", "1.5"])
      expect(() => parseEpochs(text)).toThrow("Expected");
  });
});
