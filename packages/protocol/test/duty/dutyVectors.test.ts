import { readFileSync } from "node:fs";
import {
  type Address,
  type Bytes32,
  bytesToHex,
  DUTY_REQUEST_TYPE,
  decodeJuryVote,
  decodeVerdict,
  dutyBound,
  dutyCommitment,
  dutyDraw,
  type EpochWork,
  encodeJuryVote,
  encodeVerdict,
  guardsDomain,
  type Hex,
  hashJuryVote,
  hashVerdict,
  hexToBytes,
  isDuty,
  JURY_VOTE_TYPE,
  type JuryVote,
  juryVoteDigest,
  juryVoteSigner,
  keccak256,
  plantCommitment,
  plantedLogprobs,
  type ReputationLeaf,
  reputationAt,
  reputationLeaf,
  signJuryVote,
  signVerdict,
  utf8ToBytes,
  VERDICT_TYPE,
  type Verdict,
  verdictCommitment,
  verdictDigest,
  verdictSigner,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";

type Vectors = {
  readonly chainId: number;
  readonly guards: Address;
  readonly key: Hex;
  readonly validator: Address;
  readonly types: readonly { readonly typeString: string; readonly typeHash: Bytes32 }[];
  readonly secrets: readonly (Parameters<typeof dutyCommitment>[0] & { readonly commitment: Bytes32 })[];
  /** Weights are decimal strings, as a Solidity test reads them. */
  readonly duties: readonly {
    readonly taskId: Bytes32;
    readonly point: Bytes32;
    readonly ratePpm: number;
    readonly weight: string;
    readonly total: string;
    readonly bound: Hex;
    readonly isDuty: boolean;
  }[];
  readonly verdicts: readonly {
    readonly verdict: Verdict;
    readonly structHash: Bytes32;
    readonly digest: Bytes32;
    readonly commitment: Bytes32;
    readonly bytes: Hex;
  }[];
  readonly votes: readonly {
    readonly vote: JuryVote;
    readonly structHash: Bytes32;
    readonly digest: Bytes32;
    readonly bytes: Hex;
  }[];
  readonly plants: readonly {
    readonly planter: Address;
    readonly salt: Bytes32;
    readonly commitment: Bytes32;
    /** At positions 0, 1 and 31, in steps of 1/256 nat. */
    readonly parts: readonly (readonly number[])[];
  }[];
  readonly reputations: readonly {
    readonly epochSeconds: number;
    readonly epoch: number;
    readonly history: readonly EpochWork[];
    readonly leaves: readonly ReputationLeaf[];
  }[];
};

const vectors = JSON.parse(readFileSync(new URL("./vectors.json", import.meta.url), "utf8")) as Vectors;
const domain = guardsDomain({ chainId: vectors.chainId, guards: vectors.guards });
const { key, validator } = vectors;
/** Every seventh byte of some bytes, changed: each field has one. */
const changed = (bytes: Uint8Array): Uint8Array[] =>
  [...bytes.keys()]
    .filter((place) => place % 7 === 4)
    .map((place) => bytes.map((byte, at) => (at === place ? byte ^ 0x55 : byte)));

describe("duty vectors, made by a second implementation", () => {
  it("give the types of what validators and jurors sign", () => {
    expect(vectors.types).toEqual(
      [VERDICT_TYPE, DUTY_REQUEST_TYPE, JURY_VOTE_TYPE].map((typeString) => ({
        typeString,
        typeHash: keccak256(utf8ToBytes(typeString)),
      })),
    );
  });

  it("give the commitment to each secret, and to each planted result", () => {
    expect(vectors.secrets.map(dutyCommitment)).toEqual(vectors.secrets.map(({ commitment }) => commitment));
    for (const { planter, salt, commitment, parts } of vectors.plants) {
      expect(plantCommitment(planter, salt)).toBe(commitment);
      const own = [0, 1, 31].map((position) => plantedLogprobs(salt, position).map((one) => Math.round(-one * 256)));
      expect(own).toEqual(parts);
    }
  });

  it("give each point, each bound, and what is a duty", () => {
    const secret = vectors.secrets[0]?.secret ?? "0x";
    for (const { taskId, point, ratePpm, bound, ...vector } of vectors.duties) {
      const weight = { weight: BigInt(vector.weight), total: BigInt(vector.total) };
      expect(bytesToHex(dutyDraw(secret)(hexToBytes(taskId)))).toBe(point);
      expect(BigInt(bytesToHex(dutyBound(ratePpm, weight)))).toBe(BigInt(bound));
      expect(isDuty({ secret, taskId, ratePpm, weight })).toBe(vector.isDuty);
    }
    expect(new Set(vectors.duties.map((vector) => vector.isDuty)).size).toBe(2);
  });

  it("give the hashes, the commitment and the bytes of each verdict", () => {
    for (const { verdict, structHash, digest, commitment, bytes } of vectors.verdicts) {
      expect([hashVerdict(verdict), verdictDigest(domain, verdict)]).toEqual([structHash, digest]);
      expect(verdictCommitment(domain, { validator, verdict })).toBe(commitment);
      const signed = signVerdict(domain, verdict, key);
      expect(verdictSigner(domain, signed)).toBe(validator);
      expect(bytesToHex(encodeVerdict(signed))).toBe(bytes);
      expect(decodeVerdict(hexToBytes(bytes))).toEqual(signed);
    }
  });

  it("give the hashes and the bytes of each jury vote", () => {
    for (const { vote, structHash, digest, bytes } of vectors.votes) {
      expect([hashJuryVote(vote), juryVoteDigest(domain, vote)]).toEqual([structHash, digest]);
      const signed = signJuryVote(domain, vote, key);
      expect(juryVoteSigner(domain, signed)).toBe(validator);
      expect(bytesToHex(encodeJuryVote(signed))).toBe(bytes);
      expect(decodeJuryVote(hexToBytes(bytes))).toEqual(signed);
    }
  });

  it.each(vectors.reputations)("give every leaf after epoch $epoch of $epochSeconds seconds", (vector) => {
    expect(reputationAt(vector.epoch, vector).map(reputationLeaf)).toEqual(vector.leaves);
  });
});

describe("what validators and jurors sign", () => {
  it("is nobody else's with a byte changed, nor on another chain", () => {
    const elsewhere = guardsDomain({ chainId: 1, guards: vectors.guards });
    const says = (read: () => Address): Address | "refused" => {
      try {
        return read();
      } catch (error) {
        if (error instanceof Error && error.message.startsWith("PROTOCOL_")) return "refused";
        throw error;
      }
    };
    for (const { bytes } of vectors.verdicts.slice(2, 3)) {
      const signed = decodeVerdict(hexToBytes(bytes));
      expect(verdictSigner(elsewhere, signed)).not.toBe(validator);
      for (const other of changed(hexToBytes(bytes)))
        expect(says(() => verdictSigner(domain, decodeVerdict(other)))).not.toBe(validator);
    }
    for (const { bytes } of vectors.votes.slice(1)) {
      expect(juryVoteSigner(elsewhere, decodeJuryVote(hexToBytes(bytes)))).not.toBe(validator);
      for (const other of changed(hexToBytes(bytes)))
        expect(says(() => juryVoteSigner(domain, decodeJuryVote(other)))).not.toBe(validator);
    }
  });

  it("is refused short, long, or with a number that means nothing", () => {
    const [verdict = "0x", vote = "0x"] = [vectors.verdicts[0]?.bytes, vectors.votes[0]?.bytes];
    const put = (hex: Hex, place: number, value: number) =>
      hexToBytes(hex).map((byte, at) => (at === place ? value : byte));
    const bad = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
    for (const bytes of [
      hexToBytes(verdict).slice(1),
      hexToBytes(`${verdict}00`),
      put(verdict, 32, 0),
      put(verdict, 32, 3),
      put(verdict, 33, 4),
    ])
      expect(() => decodeVerdict(bytes)).toThrow(bad);
    for (const bytes of [hexToBytes(vote).slice(1), hexToBytes(`${vote}00`), put(vote, 64, 2)])
      expect(() => decodeJuryVote(bytes)).toThrow(bad);
  });
});
