import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, concatBytes } from "../bytes.js";
import { addressOf, equalStakes, keyedSet, wordOf } from "../test/someGuards.js";
import { assembleVirtualBlock, type EpochRecords } from "./assembleVirtualBlock.js";
import { ATTESTATION_KINDS, type Attestation } from "./attestation.js";
import { gapOf, packHead, type VirtualBlock, virtualBlockHash } from "./virtualBlock.js";
import { decodeVirtualBlock, encodeVirtualBlock } from "./virtualBlockCodec.js";
import { virtualBlockFault } from "./virtualBlockFault.js";

const point = (chainId: number, lastBlock: number) => ({
  chainId,
  firstBlock: 0,
  lastBlock,
  blockHash: wordOf(chainId * 1_000_000 + lastBlock),
  stateRoot: wordOf(chainId * 2_000_000 + lastBlock),
});
function records(epoch: number, changes: Partial<EpochRecords> = {}): EpochRecords {
  return {
    chainId: 31_337,
    firstEpoch: 5,
    guardSet: keyedSet(equalStakes(5), epoch),
    chains: [point(20, 50 * epoch), point(10, 100 * epoch)],
    opened: [wordOf(1), wordOf(2)],
    closed: [wordOf(1)],
    duties: [
      { validator: addressOf(2), taskId: wordOf(1), epoch, isDone: true },
      { validator: addressOf(1), taskId: wordOf(2), epoch, isDone: false },
    ],
    attestations: [
      { subjectChainId: 20, kind: "checkpoint", epoch: epoch - 1, root: wordOf(3) },
      { subjectChainId: 10, kind: "settlement", epoch: epoch - 1, root: wordOf(4) },
      { subjectChainId: 10, kind: "results", epoch: epoch - 1, root: wordOf(5) },
    ],
    ...changes,
  };
}
const first = assembleVirtualBlock(undefined, records(5));
const next = assembleVirtualBlock(first, records(6));

describe("a virtual block", () => {
  it("covers what came after its parent: each epoch once, each chain's blocks once", () => {
    expect([first.fromEpoch, first.epoch, next.fromEpoch, next.epoch]).toEqual([5, 5, 6, 6]);
    expect(next.parentHash).toBe(virtualBlockHash(first));
    expect(next.chains).toMatchObject([
      { chainId: 10, fromBlock: 501, toBlock: 600 },
      { chainId: 20, fromBlock: 251, toBlock: 300 },
    ]);
    expect(next).toMatchObject({ tasksOpened: 2, tasksClosed: 1, dutyCount: 2 });
    expect([virtualBlockFault(first, undefined), virtualBlockFault(next, first), gapOf(next)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is the same from whoever assembles it, in whatever order the records came", () => {
    const turned = Object.entries(records(6)).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...value].reverse() : value,
    ]);
    expect(assembleVirtualBlock(first, Object.fromEntries(turned) as EpochRecords)).toEqual(next);
  });

  it("names the epochs that had none, and covers them", () => {
    const late = assembleVirtualBlock(first, records(9));
    expect(late).toMatchObject({ fromEpoch: 6, epoch: 9 });
    expect(gapOf(late)).toEqual({ from: 6, to: 8 });
    expect(late.chains).toMatchObject([
      { fromBlock: 501, toBlock: 900 },
      { fromBlock: 251, toBlock: 450 },
    ]);
    expect(virtualBlockFault(late, first)).toBeUndefined();
  });

  it("takes in a new chain, and a chain that made no block", () => {
    const still = { ...point(20, 250) };
    const block = assembleVirtualBlock(
      first,
      records(6, { chains: [point(10, 600), still, { ...point(30, 9), firstBlock: 4 }] }),
    );
    expect(block.chains.slice(1)).toMatchObject([
      { chainId: 20, fromBlock: 251, toBlock: 250 },
      { chainId: 30, fromBlock: 4, toBlock: 9 },
    ]);
    expect(decodeVirtualBlock(encodeVirtualBlock(block))).toEqual(block);
  });

  it.each<[string, Partial<VirtualBlock>, string]>([
    ["another network's", { chainId: 1 }, "otherNetwork"],
    ["of another parent", { parentHash: wordOf(1) }, "otherParent"],
    ["over an epoch of its parent", { fromEpoch: 5 }, "epochsOverlap"],
    ["silent about an epoch", { fromEpoch: 7, epoch: 7 }, "epochsUncovered"],
    ["without a chain", { chains: next.chains.slice(0, 1) }, "chainMissing"],
    [
      "over blocks of its parent",
      { chains: next.chains.map((one) => ({ ...one, fromBlock: one.fromBlock - 1 })) },
      "blocksOverlap",
    ],
    [
      "silent about blocks",
      { chains: next.chains.map((one) => ({ ...one, fromBlock: one.fromBlock + 1 })) },
      "blocksUncovered",
    ],
    [
      "of a chain that moved without blocks",
      { chains: next.chains.map((one) => ({ ...one, toBlock: one.fromBlock - 1 })) },
      "chainMoved",
    ],
  ])("is faulty when it is %s", (_what, change, fault) => {
    expect(virtualBlockFault({ ...next, ...change }, first)).toBe(fault);
  });

  it("has a parent unless it is the first", () => {
    expect(virtualBlockFault(next, undefined)).toBe("otherParent");
  });

  it("never comes from records that come twice, leave a chain out or take blocks back", () => {
    const at =
      (changes: Partial<EpochRecords>, epoch = 6) =>
      () =>
        assembleVirtualBlock(first, records(epoch, changes));
    const duty = { validator: addressOf(1), taskId: wordOf(1), epoch: 6, isDone: true };
    expect(at({ opened: [wordOf(1), wordOf(1)] })).toThrow("a task opened twice");
    expect(at({ closed: ["0xAB"] })).toThrow("a task id that is no word");
    expect(at({ closed: [wordOf(1), wordOf(1)] })).toThrow("a task closed twice");
    expect(at({ duties: [duty, { ...duty, isDone: false }] })).toThrow("a duty twice");
    expect(at({ chains: [point(10, 600)] })).toThrow("chainMissing");
    expect(at({ chains: [point(10, 600), { ...point(20, 250), stateRoot: wordOf(1) }] })).toThrow("chainMoved");
    expect(at({ chains: [point(10, 400), point(20, 300)] })).toThrow("its blocks run backwards");
    expect(at({ chains: [point(10, 600), point(10, 600), point(20, 300)] })).toThrow("each once, by id");
    expect(at({}, 5)).toThrow("its epochs run backwards");
    const ahead: Attestation = { subjectChainId: 10, kind: "results", epoch: 7, root: wordOf(1) };
    expect(at({ attestations: [ahead] })).toThrow("an epoch to come");
    const posted: Attestation = { ...ahead, epoch: 5 };
    expect(at({ attestations: [posted, { ...posted, root: wordOf(2) }] })).toThrow("each once, in order");
  });
});

describe("a virtual block's bytes", () => {
  const number = fc.integer({ min: 1, max: 1_000_000 });
  const anyRecords = fc.record({
    epoch: fc.integer({ min: 6, max: 1_000 }),
    opened: fc.uniqueArray(number, { maxLength: 5 }),
    chains: fc.uniqueArray(number, { minLength: 1, maxLength: 16 }),
    attested: fc.uniqueArray(fc.tuple(fc.constantFrom(...ATTESTATION_KINDS), fc.nat(6), number), {
      maxLength: 30,
      selector: ([kind, epoch]) => `${kind} ${epoch}`,
    }),
  });

  it("are read back as they were written, the head being what is hashed", () => {
    fc.assert(
      fc.property(anyRecords, ({ epoch, opened, chains, attested }) => {
        const block = assembleVirtualBlock(
          undefined,
          records(epoch, {
            opened: opened.map(wordOf),
            duties: [],
            chains: chains.map((chainId) => point(chainId, chainId)),
            attestations: attested.map(([kind, at, root]) => ({
              subjectChainId: 10,
              kind,
              epoch: at,
              root: wordOf(root),
            })),
          }),
        );
        const bytes = encodeVirtualBlock(block);
        expect(decodeVirtualBlock(bytes)).toEqual(block);
        expect(bytesToHex(bytes.subarray(0, 200))).toBe(bytesToHex(packHead(block)));
      }),
      { numRuns: 40 },
    );
  });

  const bytes = encodeVirtualBlock(next);

  it("are refused cut anywhere, or going on", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeVirtualBlock(bytes.subarray(0, length))).toThrow("PROTOCOL_BAD_RECORD");
    }
    expect(() => decodeVirtualBlock(concatBytes(bytes, new Uint8Array(1)))).toThrow("it goes on beyond its end");
  });

  it("with any one bit changed are refused, or are another block", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = bytes.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        try {
          const block = decodeVirtualBlock(changed);
          expect(bytesToHex(encodeVirtualBlock(block))).toBe(bytesToHex(changed));
          expect(virtualBlockHash(block)).not.toBe(virtualBlockHash(next));
        } catch (error) {
          expect(String(error)).toContain("PROTOCOL_BAD_RECORD");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("are refused when they name more than there may be, or a root that isn't theirs", () => {
    const changed = (at: number, value: number) => {
      const broken = bytes.slice();
      broken[at] = value;
      return () => decodeVirtualBlock(broken);
    };
    expect(changed(0, 2)).toThrow("another version");
    expect(changed(133, 17)).toThrow("it holds too much");
    expect(changed(166, 255)).toThrow("it holds too much");
    expect(changed(134, 1 + (bytes[134] ?? 0))).toThrow("its state root is not of its chains");
    expect(changed(168, 1 + (bytes[168] ?? 0))).toThrow("its attestations are others");
    expect(() => encodeVirtualBlock({ ...next, chains: [] })).toThrow("0 chains");
    expect(() => encodeVirtualBlock({ ...next, dutyCount: 0 })).toThrow("its duties' root");
    expect(() => encodeVirtualBlock({ ...next, chains: [...next.chains].reverse() })).toThrow("each once, by id");
    expect(() => encodeVirtualBlock({ ...next, attestations: [...next.attestations].reverse() })).toThrow("in order");
  });
});
