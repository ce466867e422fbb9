import { readFileSync } from "node:fs";
import {
  type Address,
  ATTESTATION_TYPE,
  type AttestationKind,
  assembleVirtualBlock,
  attestationDigest,
  type Bytes32,
  beaconOf,
  bytesToHex,
  cutOffOf,
  type DisputeNews,
  type DutyTally,
  decodeEquivocation,
  decodeVirtualBlock,
  dutyPayLeaves,
  dutyPayStep,
  type EpochLeaves,
  encodeVirtualBlock,
  epochRoot,
  epochStart,
  equivocatorOf,
  type GuardCandidate,
  type GuardSet,
  guardSet,
  guardSetAt,
  guardSetHash,
  guardsDomain,
  type Hex,
  hashAttestation,
  hexToBytes,
  keccak256,
  leaderOrder,
  leaderSlotAt,
  NO_DUTY_PAY,
  type SettlementLeaf,
  utf8ToBytes,
  type VirtualBlock,
  verifyQuorum,
  virtualBlockHash,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";

/** Numbers of 64 bits and more are decimal strings, as a Solidity test reads them. */
type Numeric = string;
type AttestationVector = {
  readonly subjectChainId: Numeric;
  readonly kind: AttestationKind;
  readonly epoch: Numeric;
  readonly root: Bytes32;
};
type QuorumVector = { readonly set: number; readonly digest: Bytes32; readonly packed: Hex };
type ChainVector = Record<"chainId" | "fromBlock" | "toBlock", Numeric> & Record<"blockHash" | "stateRoot", Bytes32>;
type EarnedVector = { readonly validator: Address; readonly earnedWei: Numeric };
type LeavesVector =
  | Exclude<EpochLeaves, { readonly kind: "settlement" | "dutyPay" }>
  | { readonly kind: "dutyPay"; readonly leaves: readonly EarnedVector[] }
  | {
      readonly kind: "settlement";
      readonly leaves: readonly (Omit<SettlementLeaf, "debitedWei"> & { readonly debitedWei: Numeric })[];
    };
type Vectors = {
  readonly chainId: number;
  readonly guards: Address;
  readonly times: readonly (Record<"t0" | "epochSeconds" | "epoch" | "start" | "cutOff", number> & {
    readonly slots: readonly { readonly time: number; readonly slot: number | null }[];
  })[];
  readonly sets: readonly {
    readonly epoch: Numeric;
    readonly members: readonly { readonly guard: Address; readonly stakeWei: Numeric }[];
    readonly setHash: Bytes32;
  }[];
  readonly queues: readonly {
    readonly says: string;
    readonly epoch: number;
    readonly previous: readonly Address[];
    readonly candidates: readonly (Omit<GuardCandidate, "stakeWei"> & { readonly stakeWei: Numeric })[];
    readonly stakeMinWei: Numeric;
    readonly openFromEpoch: number;
    readonly hosted: readonly Address[];
    readonly members: readonly { readonly guard: Address; readonly stakeWei: Numeric }[];
  }[];
  readonly leaders: readonly { readonly set: number; readonly beacon: Bytes32; readonly order: readonly Address[] }[];
  readonly attestation: { readonly typeString: string; readonly typeHash: Bytes32 };
  readonly attestations: readonly (AttestationVector & { readonly structHash: Bytes32; readonly digest: Bytes32 })[];
  readonly quorums: readonly (QuorumVector & { readonly signers: readonly Address[]; readonly isQuorum: boolean })[];
  readonly refused: readonly (QuorumVector & { readonly what: string })[];
  readonly equivocations: readonly { readonly bytes: Hex; readonly signer: Address }[];
  readonly beacons: readonly {
    readonly epoch: Numeric;
    readonly previous: Bytes32;
    readonly commits: readonly { readonly guard: Address; readonly commitment: Bytes32 }[];
    readonly reveals: readonly { readonly guard: Address; readonly secret: Bytes32 }[];
    readonly drand?: { readonly round: number; readonly randomness: Bytes32 };
    readonly beacon: Bytes32;
  }[];
  readonly earned: readonly {
    readonly credits: readonly { readonly lane: Address; readonly creditedWei: Numeric }[];
    readonly tallies: readonly DutyTally[];
    readonly news: readonly (
      | Exclude<DisputeNews, { readonly kind: "priced" }>
      | { readonly kind: "priced"; readonly number: number; readonly feeWei: string }
    )[];
    readonly keptEpochs: number;
    readonly leftWei: Numeric;
    readonly asideWei: Numeric;
    readonly leaves: readonly EarnedVector[];
  }[];
  readonly roots: readonly (LeavesVector & {
    readonly subjectChainId: Numeric;
    readonly fromEpoch: Numeric;
    readonly epoch: Numeric;
    readonly leafHashes: readonly Bytes32[];
    readonly paths: readonly (readonly Bytes32[])[];
    readonly merkleRoot: Bytes32;
    readonly root: Bytes32;
  })[];
  readonly virtualBlocks: readonly {
    readonly set: number;
    readonly fromEpoch: Numeric;
    readonly chains: readonly ChainVector[];
    readonly opened: readonly Bytes32[];
    readonly closed: readonly Bytes32[];
    readonly duties: readonly {
      readonly validator: Address;
      readonly taskId: Bytes32;
      readonly epoch: Numeric;
      readonly isDone: boolean;
    }[];
    readonly posted: readonly AttestationVector[];
    readonly bytes: Hex;
    readonly hash: Bytes32;
  }[];
};

const vectors = JSON.parse(readFileSync(new URL("../../vectors/guards.json", import.meta.url), "utf8")) as Vectors;
const domain = guardsDomain({ chainId: vectors.chainId, guards: vectors.guards });
const sets: readonly GuardSet[] = vectors.sets.map(({ epoch, members }) =>
  guardSet(
    Number(epoch),
    members.map(({ guard, stakeWei }) => ({ guard, stakeWei: BigInt(stakeWei) })),
  ),
);
const setAt = (index: number): GuardSet => sets[index] ?? guardSet(0, []);
const ours = ({ subjectChainId, kind, epoch, root }: AttestationVector) => ({
  subjectChainId: Number(subjectChainId),
  kind,
  epoch: Number(epoch),
  root,
});

const earnedOf = ({ validator, earnedWei }: EarnedVector) => ({ validator, earnedWei: BigInt(earnedWei) });

function leavesOf(vector: LeavesVector): EpochLeaves {
  if (vector.kind === "dutyPay") return { kind: vector.kind, leaves: vector.leaves.map(earnedOf) };
  if (vector.kind !== "settlement") return vector;
  const { kind, leaves } = vector;
  return { kind, leaves: leaves.map((leaf) => ({ ...leaf, debitedWei: BigInt(leaf.debitedWei) })) };
}

describe("guard vectors, made by a second implementation", () => {
  it.each(vectors.times)("give the times of epoch $epoch of $epochSeconds seconds", (vector) => {
    expect([epochStart(vector, vector.epoch), cutOffOf(vector, vector.epoch)]).toEqual([vector.start, vector.cutOff]);
    for (const { time, slot } of vector.slots) expect(leaderSlotAt(vector, vector.epoch, time) ?? null).toBe(slot);
  });

  it("give the hash of each guard set", () => {
    expect(sets.map(guardSetHash)).toEqual(vectors.sets.map(({ setHash }) => setHash));
  });

  it.each(vectors.queues)("give the guards of $says", (vector) => {
    const { epoch, openFromEpoch, members } = vector;
    const rules = { stakeMinWei: BigInt(vector.stakeMinWei), openFromEpoch, hosted: new Set(vector.hosted) };
    const before = vector.previous.map((guard) => ({ guard, stakeWei: 1n }));
    const previous = before.length === 0 ? undefined : guardSet(epoch - 1, before);
    const candidates = vector.candidates.map((one) => ({ ...one, stakeWei: BigInt(one.stakeWei) }));
    const wanted = members.map(({ guard, stakeWei }) => ({ guard, stakeWei: BigInt(stakeWei) }));
    expect(guardSetAt({ epoch, previous, candidates, rules }).members).toEqual(wanted);
  });

  it.each(vectors.leaders)("give the order of leaders of set $set under $beacon", ({ set, beacon, order }) => {
    expect(leaderOrder(setAt(set), beacon)).toEqual(order);
  });

  it("give the type, struct hash and digest of attestations", () => {
    expect(ATTESTATION_TYPE).toBe(vectors.attestation.typeString);
    expect(keccak256(utf8ToBytes(ATTESTATION_TYPE))).toBe(vectors.attestation.typeHash);
    for (const vector of vectors.attestations) {
      expect(hashAttestation(ours(vector))).toBe(vector.structHash);
      expect(attestationDigest(domain, ours(vector))).toBe(vector.digest);
    }
  });

  it.each(vectors.quorums)("give who signed for set $set, and whether it is a quorum: $isQuorum", (vector) => {
    const verdict = verifyQuorum({ set: setAt(vector.set), digest: vector.digest, packed: hexToBytes(vector.packed) });
    expect(verdict).toEqual({ signers: vector.signers, isQuorum: vector.isQuorum });
  });

  it.each(vectors.refused)("refuse packed signatures that are $what", ({ set, digest, packed }) => {
    expect(() => verifyQuorum({ set: setAt(set), digest, packed: hexToBytes(packed) })).toThrow(
      /PROTOCOL_BAD_(RECORD|SIGNATURE)/,
    );
  });

  it.each(vectors.equivocations)("give $signer as who signed two roots", ({ bytes, signer }) => {
    expect(equivocatorOf(decodeEquivocation(hexToBytes(bytes)))).toBe(signer);
  });

  it.each(vectors.beacons)("give the beacon $beacon", ({ epoch, beacon, ...parts }) => {
    expect(beaconOf({ chainId: vectors.chainId, ...parts, epoch: Number(epoch) }).beacon).toBe(beacon);
  });

  it.each(vectors.roots)("give the root of $kind from epoch $fromEpoch", (vector) => {
    const range = {
      subjectChainId: Number(vector.subjectChainId),
      fromEpoch: Number(vector.fromEpoch),
      epoch: Number(vector.epoch),
    };
    const found = epochRoot(range, leavesOf(vector));
    expect([found.leaves, found.parts.merkleRoot]).toEqual([vector.leafHashes, vector.merkleRoot]);
    expect(found.root).toBe(vector.root);
    expect(found.leaves.map((_, index) => found.pathOf(index))).toEqual(vector.paths);
  });

  it("give what validators have earned, epoch after epoch, and what is left", () => {
    let book = NO_DUTY_PAY;
    for (const [epoch, vector] of vectors.earned.entries()) {
      const { credits, tallies, keptEpochs, leftWei, asideWei, leaves } = vector;
      const news = vector.news.map((one) => (one.kind === "priced" ? { ...one, feeWei: BigInt(one.feeWei) } : one));
      const counters = credits.map(({ lane, creditedWei }) => ({ lane, creditedWei: BigInt(creditedWei) }));
      book = dutyPayStep(book, { epoch, credits: counters, tallies, news, keptEpochs });
      expect(book.accusations.reduce((sum, one) => sum + one.asideWei, 0n)).toBe(BigInt(asideWei));
      expect([book.leftWei, dutyPayLeaves(book)]).toEqual([BigInt(leftWei), leaves.map(earnedOf)]);
    }
  });

  it("give each virtual block, its bytes and its hash, from the records and its parent", () => {
    let parent: VirtualBlock | undefined;
    for (const vector of vectors.virtualBlocks) {
      const block: VirtualBlock = assembleVirtualBlock(parent, {
        chainId: vectors.chainId,
        firstEpoch: Number(vector.fromEpoch),
        guardSet: setAt(vector.set),
        chains: vector.chains.map(({ chainId, fromBlock, toBlock, blockHash, stateRoot }) => ({
          chainId: Number(chainId),
          firstBlock: Number(fromBlock),
          lastBlock: Number(toBlock),
          ...{ blockHash, stateRoot },
        })),
        opened: vector.opened,
        closed: vector.closed,
        duties: vector.duties.map((duty) => ({ ...duty, epoch: Number(duty.epoch) })),
        attestations: vector.posted.map(ours),
      });
      expect(bytesToHex(encodeVirtualBlock(block))).toBe(vector.bytes);
      expect(virtualBlockHash(block)).toBe(vector.hash);
      expect(decodeVirtualBlock(hexToBytes(vector.bytes))).toEqual(block);
      parent = block;
    }
  });
});
