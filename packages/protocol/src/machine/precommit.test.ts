import { describe, expect, it } from "vitest";
import { anAddress, aWord, DOMAIN, TASK_ID } from "../test/aTask.js";
import { opensPrecommit, precommitHash } from "./precommit.js";

const PARTS = {
  ...DOMAIN,
  taskId: TASK_ID,
  miner: anAddress("miner"),
  salt: aWord("salt"),
  resultHash: aWord("result"),
};

describe("a precommit", () => {
  it("is opened by what it was made of", () => {
    expect(opensPrecommit(precommitHash(PARTS), PARTS)).toBe(true);
  });

  it.each([
    { chainId: 1 },
    { contract: anAddress("other") },
    { taskId: aWord("other") },
    { miner: anAddress("other") },
    { salt: aWord("other") },
    { resultHash: aWord("other") },
  ])("isn't opened on %o", (over) => {
    expect(opensPrecommit(precommitHash(PARTS), { ...PARTS, ...over })).toBe(false);
  });
});
