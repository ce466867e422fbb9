import { describe, expect, it } from "vitest";
import { type Blocks, FollowedState } from "./followedState.js";

describe("a state that follows a chain", () => {
  it("has read each final block once, and the newest each time, as they stand then", async () => {
    const said = new Map([1, 4, 8, 9].map((block) => [block, `at ${block}`]));
    const reads: Blocks[] = [];
    const state = new FollowedState<readonly string[], string>({
      ...{ fromBlock: 1, finalityBlocks: 3, empty: [] },
      read: async (blocks) => {
        reads.push(blocks);
        return [...said].flatMap(([at, word]) => (at >= blocks.fromBlock && at <= blocks.toBlock ? [word] : []));
      },
      fold: (before, items) => [...before, ...items],
    });
    expect(await state.readTo(8)).toEqual(["at 1", "at 4", "at 8"]);
    // The chain took back what was not final.
    said.delete(8);
    expect(await state.readTo(9)).toEqual(["at 1", "at 4", "at 9"]);
    expect(reads.map(({ fromBlock, toBlock }) => [fromBlock, toBlock])).toEqual([
      ...[
        [1, 5],
        [6, 8],
      ],
      ...[
        [6, 6],
        [7, 9],
      ],
    ]);
    expect(await state.readTo(2)).toEqual(["at 1", "at 4"]);
    state.forget((settled) => settled.filter((word) => word !== "at 1"));
    expect(await state.readTo(9)).toEqual(["at 4", "at 9"]);
  });

  it("keeps what it has when a read fails, and reads that piece again", async () => {
    let fails = true;
    const state = new FollowedState<number, number>({
      ...{ fromBlock: 0, finalityBlocks: 0, empty: 0 },
      read: async () => {
        if (fails) throw new Error("away");
        return [1];
      },
      fold: (sum, items) => items.reduce((one, two) => one + two, sum),
    });
    await expect(state.readTo(5)).rejects.toThrow("away");
    fails = false;
    expect(await state.readTo(5)).toBe(1);
    expect(await state.readTo(5)).toBe(1);
  });
});
