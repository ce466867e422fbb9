import { describe, expect, it } from "vitest";
import { chooseRpc, judgeRpcs, LAG_BLOCKS_MAX, type RpcHealth } from "./chooseRpc.js";

const CHAIN = 42;
const at = (headBlock: bigint, chainId = CHAIN): RpcHealth => ({ kind: "answering", chainId, headBlock });
const DEAD: RpcHealth = { kind: "failed", reason: "no answer" };
const choose = (healths: readonly RpcHealth[], current?: number) => chooseRpc(judgeRpcs(healths, CHAIN), current);

describe("chooseRpc", () => {
  it("takes the first healthy URL, in the profile's order", () => {
    expect(choose([at(100n), at(105n)])).toEqual({ kind: "chosen", index: 0 });
    expect(choose([DEAD, at(100n), at(100n)])).toEqual({ kind: "chosen", index: 1 });
    expect(choose([{ kind: "unknown" }, at(100n)])).toEqual({ kind: "chosen", index: 1 });
  });

  it("stays where it is while that is healthy, and only then", () => {
    expect(choose([at(100n), at(100n)], 1)).toEqual({ kind: "chosen", index: 1 });
    expect(choose([at(100n), DEAD], 1)).toEqual({ kind: "chosen", index: 0 });
  });

  it("passes over a head that is behind the best by more than the bound, and not by the bound itself", () => {
    const head = 1_000n;
    expect(choose([at(head - LAG_BLOCKS_MAX), at(head)], 0)).toEqual({ kind: "chosen", index: 0 });
    expect(choose([at(head - LAG_BLOCKS_MAX - 1n), at(head)], 0)).toEqual({ kind: "chosen", index: 1 });
  });

  it("measures no head by that of another chain", () => {
    expect(choose([at(100n), at(1_000_000n, 7)])).toEqual({ kind: "chosen", index: 0 });
  });

  it("never takes a URL of another chain, and names it when no other answers", () => {
    expect(choose([at(100n, 7), at(100n)])).toEqual({ kind: "chosen", index: 1 });
    expect(choose([DEAD, at(100n, 7)], 1)).toEqual({ kind: "wrongChain", index: 1, actual: 7 });
  });

  it("has nothing to choose when none answers", () => {
    expect(choose([DEAD, { kind: "unknown" }], 0)).toEqual({ kind: "none" });
    expect(choose([])).toEqual({ kind: "none" });
  });
});
