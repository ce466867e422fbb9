import type { Hex } from "@cortensor/protocol";
import { decodeFunctionData, encodeFunctionResult } from "viem";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { hexText, type JsonRpc } from "./jsonRpc.js";
import { LAST_STATE_ABI } from "./lastStateAbi.js";
import { OUTPUT_ORACLE_ABI } from "./opAbi.js";
import { findOutput, type OutputPlace } from "./withdrawal.js";

const [ORACLE, LAST_STATE]: readonly [Hex, Hex] = [`0x${"0a".repeat(20)}`, `0x${"0b".repeat(20)}`];
const STATE_ROOT: Hex = `0x${"5e".repeat(32)}`;
const NO_ROOT: Hex = `0x${"00".repeat(32)}`;
const ABI = [...OUTPUT_ORACLE_ABI, ...LAST_STATE_ABI];
const calls = z.object({ to: hexText, data: hexText });

const PLAIN: OutputPlace = { outputBlocks: 10, contracts: { l2OutputOracle: ORACLE } };
const WITH_LAST: OutputPlace = { ...PLAIN, lastState: { address: LAST_STATE, silenceSeconds: 1 } };

/** A parent with so many outputs, of which one may be fixed as the last. */
function parentWith(of: {
  readonly outputs: number;
  readonly last?: { readonly index: number; readonly root: Hex };
}): JsonRpc {
  const answers: Readonly<Record<string, Hex>> = {
    nextOutputIndex: encodeFunctionResult({ abi: ABI, functionName: "nextOutputIndex", result: BigInt(of.outputs) }),
    isFixed: encodeFunctionResult({ abi: ABI, functionName: "isFixed", result: of.last !== undefined }),
    lastIndex: encodeFunctionResult({ abi: ABI, functionName: "lastIndex", result: BigInt(of.last?.index ?? 0) }),
    stateRoot: encodeFunctionResult({ abi: ABI, functionName: "stateRoot", result: of.last?.root ?? NO_ROOT }),
  };
  return {
    url: "",
    async ask(schema, _method, asked) {
      const { to, data } = calls.parse(asked);
      const { functionName } = decodeFunctionData({ abi: ABI, data });
      expect(to).toBe(functionName === "nextOutputIndex" ? ORACLE : LAST_STATE);
      return schema.parse(answers[functionName]);
    },
  };
}

describe("the output that a withdrawal is proved by", () => {
  it("is the newest, where that is of the withdrawal's block or a later one", async () => {
    for (const chain of [PLAIN, WITH_LAST]) {
      expect(await findOutput(parentWith({ outputs: 3 }), chain, 30)).toEqual({ index: 2n, number: 30 });
      expect(await findOutput(parentWith({ outputs: 3 }), chain, 31)).toBeUndefined();
      expect(await findOutput(parentWith({ outputs: 0 }), chain, 1)).toBeUndefined();
    }
  });

  it("is the last state's once that is fixed: those behind it pay members' coins, and are of no block", async () => {
    const parent = parentWith({ outputs: 5, last: { index: 2, root: STATE_ROOT } });
    expect(await findOutput(parent, WITH_LAST, 30)).toEqual({ index: 2n, number: 30 });
    expect(await findOutput(parent, WITH_LAST, 31)).toBeUndefined();
  });

  it("is none where a chain was fixed that never posted any", async () => {
    const parent = parentWith({ outputs: 1, last: { index: 0, root: NO_ROOT } });
    expect(await findOutput(parent, WITH_LAST, 1)).toBeUndefined();
  });
});
