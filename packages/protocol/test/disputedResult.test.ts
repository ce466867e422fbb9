import {
  addressOfPrivateKey,
  type DisputedResult,
  disputeFault,
  encodeDisputedResult,
  type Hex,
  hashResult,
  parseDisputedResult,
  registryDomain,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { aDisputedResult, provenBy, word } from "./aDisputedResult.js";

const key = (byte: string): Hex => `0x${byte.repeat(32)}`;
const domain = registryDomain({ chainId: 31_337, registry: addressOfPrivateKey(key("11")) });
const parties = { minerKey: key("22"), routerKey: key("33"), operator: addressOfPrivateKey(key("44")), domain };
const DISPUTED = aDisputedResult(parties);

describe("a disputed result", () => {
  it("crosses as JSON unchanged", () => {
    const text = JSON.stringify(encodeDisputedResult(DISPUTED));
    expect(parseDisputedResult(JSON.parse(text))).toEqual(DISPUTED);
    expect(disputeFault(DISPUTED, domain)).toBeUndefined();
  });

  it("is refused with what is wrong, missing or unknown in it", () => {
    const { result: _, ...without } = encodeDisputedResult(DISPUTED);
    const bad = expect.objectContaining({ code: "PROTOCOL_BAD_DOCUMENT" });
    expect(() => parseDisputedResult({ ...without, more: 1 })).toThrow(bad);
    expect(() => parseDisputedResult(undefined)).toThrow(bad);
  });

  it.each<[string, DisputedResult]>([
    ["receipt is not of the task", { ...DISPUTED, task: { ...DISPUTED.task, seq: 2 } }],
    ["result is not of the task", { ...DISPUTED, result: { ...DISPUTED.result, taskId: word("another") } }],
    ["result is not among the receipt's", { ...DISPUTED, result: { ...DISPUTED.result, nOut: 19 } }],
    [
      "result is not its miner's",
      { ...DISPUTED, resultProof: provenBy(parties.routerKey, hashResult(DISPUTED.result), domain) },
    ],
    ["result is not its miner's", { ...DISPUTED, resultProof: { ...DISPUTED.resultProof, path: [] } }],
  ])("shows nothing where the %s", (fault, disputed) => {
    expect(disputeFault(disputed, domain)).toBe(fault);
  });
});
