import { createHash } from "node:crypto";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import type { Hex } from "@cortensor/protocol";
import { formatOpChain, parseOpChain } from "@cortensor/rollup";

import { bytesToHex, keccak256, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type BlockInput, decodeBatch, encodeBatch } from "../src/op/batch.js";
import { countDeposits, type Deposit } from "../src/op/deposits.js";
import { Journal } from "../src/op/journal.js";
import * as abis from "../src/op/opAbi.js";
import { BATCH_INFLATED_BYTES_MAX } from "../src/op/opLimits.js";
import { chooseTransactions, type Pooled } from "../src/op/pool.js";
import { chooseBlocks } from "../src/op/poster.js";

const FOLDER = new URL("../../../contracts/vendor/op/", import.meta.url);
const hashOf = (seed: number): Hex => keccak256(toHex(seed));
const addressAt = (seed: number): Hex => `0x${seed.toString(16).padStart(40, "0")}`;

const input = (seed: number, transactions: readonly Hex[] = []): BlockInput => ({
  timestamp: 1_700_000_000 + seed,
  baseFeeWei: 1_000_000n,
  coinbase: addressAt(17),
  origin: { number: seed, hash: hashOf(seed) },
  transactions,
});

describe("vendored contracts", () => {
  it("are the published ones, byte for byte, and no other files lie beside them", async () => {
    const text = await readFile(new URL("manifest.json", FOLDER), "utf8");
    const { sha256 } = z.object({ sha256: z.record(z.string(), z.string()) }).parse(JSON.parse(text));
    const own = ["README.md", "manifest.json"];
    expect((await readdir(FOLDER)).filter((file) => !own.includes(file)).sort()).toEqual(Object.keys(sha256).sort());
    for (const [file, expected] of Object.entries(sha256)) {
      const bytes = await readFile(new URL(file, FOLDER));
      expect(createHash("sha256").update(bytes).digest("hex"), file).toBe(expected);
    }
  });

  it("have every function and event that is used of them", async () => {
    const items = z.object({ abi: z.array(z.object({ type: z.string() }).loose()) });
    const published = new Set<string>();
    for (const file of (await readdir(FOLDER)).filter((name) => /^[LOPS].*\.json$/.test(name))) {
      const { abi } = items.parse(JSON.parse(await readFile(new URL(file, FOLDER), "utf8")));
      for (const item of abi) published.add(signatureOf(item));
    }
    for (const abi of Object.values(abis)) for (const item of abi) expect([...published]).toContain(signatureOf(item));
  });
});

it("no contract of ours reads prevrandao, which on such a chain everybody can compute", async () => {
  const folder = new URL("../../../contracts/src/", import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".sol"));
  expect(files.length).toBeGreaterThan(50);
  for (const file of files)
    expect(await readFile(new URL(file, folder), "utf8"), file).not.toMatch(/prevrandao|block\.difficulty/i);
});

describe("a batch", () => {
  it("is read back as it was written", () => {
    for (const count of [1, 2, 40]) {
      const blocks = Array.from({ length: count }, (_, index) =>
        input(index, index % 2 ? [hashOf(index), "0x02"] : []),
      );
      const batch = { first: count, before: hashOf(count), blocks };
      expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
    }
  });

  it("is none when a byte of it is changed, it is cut, of another version, empty, or inflates to too much", () => {
    const whole = encodeBatch({ first: 1, before: hashOf(1), blocks: [input(1, [hashOf(2)])] });
    const bomb = bytesToHex(Uint8Array.from([0, ...deflateRawSync(new Uint8Array(BATCH_INFLATED_BYTES_MAX + 1))]));
    const empty = encodeBatch({ first: 1, before: hashOf(1), blocks: [] });
    const foreign: Hex = `0x01${whole.slice(4)}`;
    const cut: Hex = `0x${whole.slice(2, -8)}`;
    for (const data of ["0x", "0x00", bomb, empty, foreign, cut] as const) expect(decodeBatch(data)).toBeUndefined();
  });
});

describe("a block", () => {
  const deposit = (from: number, gas = 100_000n): Deposit => ({
    origin: 1,
    from: addressAt(from),
    mint: 0n,
    gas,
    sourceHash: hashOf(from),
    raw: "0x7e",
  });

  it("takes deposits in their order, one of a sender, within its gas, and always one", () => {
    expect(countDeposits([])).toBe(0);
    expect(countDeposits([deposit(1), deposit(2), deposit(1), deposit(3)])).toBe(2);
    expect(countDeposits([deposit(1, 20_000_000n), deposit(2, 20_000_000n), deposit(3, 1n)])).toBe(2);
    expect(countDeposits([deposit(1, 90_000_000n), deposit(2)])).toBe(1);
  });

  const pooled = (from: number, nonce: number, bytes = 100, gas = 21_000n): Pooled => ({
    raw: "0x",
    hash: hashOf(from * 1_000 + nonce),
    from: addressAt(from),
    nonce,
    gas,
    bytes,
  });
  const room = { bytes: 10_000, gas: 1_000_000n, count: 10 };
  const places = (chosen: readonly Pooled[]) => chosen.map(({ from, nonce }) => [Number(from), nonce]);

  it("takes each account's transactions by their nonces, whatever the order they came in", () => {
    const next = new Map([1, 2].map((from) => [addressAt(from), 5] as const));
    const waiting = [pooled(1, 6), pooled(2, 5), pooled(1, 5), pooled(2, 7), pooled(1, 7)];
    expect(places(chooseTransactions(waiting, next, room))).toEqual([
      [2, 5],
      [1, 5],
      [1, 6],
      [1, 7],
    ]);
  });

  it("takes no more than has room", () => {
    const next = new Map([[addressAt(1), 0]]);
    const waiting = Array.from({ length: 20 }, (_, nonce) => pooled(1, nonce));
    expect(chooseTransactions(waiting, next, room)).toHaveLength(10);
    expect(chooseTransactions(waiting, next, { ...room, bytes: 250 })).toHaveLength(2);
    expect(chooseTransactions(waiting, next, { ...room, gas: 63_000n })).toHaveLength(3);
  });

  it("is posted with those behind what was sent, as many as a batch holds and the parent's time allows", () => {
    const open = Array.from({ length: 6 }, (_, index) => ({
      number: index + 1,
      before: hashOf(index),
      hash: hashOf(index + 1),
      input: input(index, [`0x${"ab".repeat(10_000)}`]),
    }));
    const numbers = (sent: number, seconds: number, bytes: number) =>
      chooseBlocks(open, sent, seconds, bytes).map(({ number }) => number);
    expect(numbers(0, 2_000_000_000, 124_000)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(numbers(2, 2_000_000_000, 30_000)).toEqual([3, 4]);
    expect(numbers(0, 1_700_000_001, 124_000)).toEqual([1, 2]);
    expect(numbers(6, 2_000_000_000, 124_000)).toEqual([]);
  });
});

describe("a journal", () => {
  it("gives back what was written, and leaves out a line that a killed process left half written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cortensor-journal-"));
    try {
      const path = join(folder, "blocks.jsonl");
      const journal = new Journal(path);
      expect(await journal.read()).toEqual([]);
      const lines = [1, 2].map((number) => ({ number, before: hashOf(number), input: input(number, ["0x02aa"]) }));
      await journal.rewrite(lines.slice(0, 1));
      for (const line of lines.slice(1)) await journal.append(line);
      const half = (await readFile(path, "utf8")).split("\n")[1]?.slice(0, 90) ?? "";
      await appendFile(path, half);
      expect(await journal.read()).toEqual(lines);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("a chain's file", () => {
  const chain = {
    version: 1 as const,
    chainId: 2,
    parentChainId: 1,
    depth: 0,
    startBlock: 20,
    genesisSeconds: 1_700_000_000,
    outputBlocks: 10,
    finalizationSeconds: 600,
    batchBytesMax: 100_000,
    baseFeeWei: 1_000_000n,
    coinbase: addressAt(1),
    batchInbox: addressAt(2),
    batcher: addressAt(3),
    proposer: addressAt(4),
    challenger: addressAt(5),
    contracts: {
      superchainConfig: addressAt(6),
      systemConfig: addressAt(7),
      l2OutputOracle: addressAt(8),
      optimismPortal: addressAt(9),
      l1CrossDomainMessenger: addressAt(10),
    },
  };

  it("is read back as it was written", () => {
    expect(parseOpChain(formatOpChain(chain))).toEqual(chain);
  });

  it.each([
    ["no JSON", "{"],
    ["outputBlocks", formatOpChain({ ...chain, outputBlocks: 0 })],
    ["batchBytesMax", formatOpChain({ ...chain, batchBytesMax: 200_000 })],
    ["surprise", formatOpChain(chain).replace("{", '{ "surprise": 1,')],
  ])("is refused by what is wrong: %s", (named, text) => {
    expect(() => parseOpChain(text)).toThrow(named);
  });
});

/** A function's or event's name with the types of what goes in. */
function signatureOf(item: unknown): string {
  const types: z.ZodType<readonly unknown[]> = z.array(z.unknown());
  const {
    type,
    name = "",
    inputs,
  } = z.object({ type: z.string(), name: z.string().optional(), inputs: types.optional() }).parse(item);
  return `${type} ${name}(${(inputs ?? []).map(typeOf).join(",")})`;
}

function typeOf(input: unknown): string {
  const { type, components } = z.object({ type: z.string(), components: z.array(z.unknown()).optional() }).parse(input);
  return components === undefined ? type : `(${components.map(typeOf).join(",")})${type.slice("tuple".length)}`;
}
