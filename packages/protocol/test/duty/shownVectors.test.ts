import { readFileSync } from "node:fs";
import {
  type Address,
  type Bytes32,
  bytesToHex,
  type DutyRequest,
  decodeOutcomes,
  decodeVerdictDocument,
  dutyRequestDigest,
  dutyRequestSigner,
  dutyVerdictsCommitment,
  encodeOutcomes,
  encodeVerdictDocument,
  guardsDomain,
  type Hex,
  hexToBytes,
  isSignedDocument,
  signVerdict,
  type Verdict,
  type VerdictOutcome,
  verdictDocumentCid,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";

type Vectors = {
  readonly chainId: number;
  readonly guards: Address;
  readonly key: Hex;
  readonly validator: Address;
  readonly outcomes: readonly {
    readonly outcomes: readonly (VerdictOutcome | null)[];
    readonly bytes: Hex;
    readonly chainId: number;
    readonly epoch: number;
    readonly validator: Address;
    readonly documentCid: Bytes32;
    readonly commitment: Bytes32;
  }[];
  readonly documents: readonly {
    readonly epoch: number;
    readonly verdicts: readonly Verdict[];
    readonly bytes: Hex;
    readonly cid: Bytes32;
  }[];
  readonly requests: readonly { readonly request: DutyRequest; readonly digest: Bytes32; readonly signature: Hex }[];
};

const vectors = JSON.parse(readFileSync(new URL("./vectors.json", import.meta.url), "utf8")) as Vectors;
const { chainId, guards, key, validator } = vectors;
const domain = guardsDomain({ chainId, guards });
const other = guardsDomain({ chainId: 1, guards });

describe("what validators show, by a second implementation's vectors", () => {
  it("is half a byte for each duty, and a commitment to them", () => {
    for (const { bytes, commitment, ...vector } of vectors.outcomes) {
      const outcomes = vector.outcomes.map((one) => one ?? undefined);
      expect(bytesToHex(encodeOutcomes(outcomes))).toBe(bytes);
      expect(decodeOutcomes(hexToBytes(bytes), outcomes.length)).toEqual(outcomes);
      expect(dutyVerdictsCommitment({ ...vector, outcomes: hexToBytes(bytes) })).toBe(commitment);
    }
  });

  it("is a document of signed verdicts under its hash", () => {
    for (const { epoch, verdicts, bytes, cid } of vectors.documents) {
      const signed = verdicts.map((verdict) => signVerdict(domain, verdict, key));
      const document = { chainId, epoch, validator, verdicts: signed };
      expect(bytesToHex(encodeVerdictDocument(document))).toBe(bytes);
      expect(verdictDocumentCid(hexToBytes(bytes))).toBe(cid);
      const read = decodeVerdictDocument(hexToBytes(bytes));
      expect(bytesToHex(encodeVerdictDocument(read))).toBe(bytes);
      expect([isSignedDocument(domain, read), isSignedDocument(other, read)]).toEqual([true, false]);
    }
  });

  it("is asked for by a request that its validator signed for one task of one epoch", () => {
    for (const { request, digest, signature } of vectors.requests) {
      expect(dutyRequestDigest(domain, request)).toBe(digest);
      expect(dutyRequestSigner(domain, request, signature)).toBe(validator);
      expect(dutyRequestSigner(domain, { ...request, epoch: request.epoch + 1 }, signature)).not.toBe(validator);
      expect(dutyRequestSigner(other, request, signature)).not.toBe(validator);
    }
  });
});
