import { type Address, type Bytes32, type DrawCandidate, drawOrder, precommitHash } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "./readVectors.js";

type File = {
  readonly precommit: {
    readonly chainId: number;
    readonly contract: Address;
    readonly taskId: Bytes32;
    readonly miner: Address;
    readonly cases: readonly { readonly salt: Bytes32; readonly resultHash: Bytes32; readonly hash: Bytes32 }[];
  };
  readonly draws: readonly {
    readonly purpose: number;
    readonly beacon: Bytes32;
    readonly subject: Bytes32;
    readonly candidates: readonly Pick<DrawCandidate, "node" | "weight">[];
    readonly order: readonly Address[];
  }[];
};
const { precommit, draws } = readVectors<File>("draws");

describe("draw vectors", () => {
  it.each(draws)("give the order under beacon $beacon", ({ candidates, order, ...source }) => {
    const owned = candidates.map((candidate) => ({ ...candidate, owner: candidate.node }));
    expect(drawOrder(owned, source).map(({ node }) => node)).toEqual(order);
  });
});

describe("precommit vectors", () => {
  it.each(precommit.cases)("give $hash", ({ salt, resultHash, hash }) => {
    expect(precommitHash({ ...precommit, salt, resultHash })).toBe(hash);
  });
});
