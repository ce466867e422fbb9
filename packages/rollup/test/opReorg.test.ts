import { join } from "node:path";
import type { Hex } from "@cortensor/protocol";
import { type OpChain, type RunningOpChain, startOpChain } from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { parseEther, toHex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { RunningAnvil } from "../../../tools/anvil/startAnvil.mjs";
import {
  type Clients,
  clientsOf,
  deposit,
  KEYS,
  L1_ID,
  L2_ID,
  mined,
  type Place,
  startAbove,
  startL1,
  TIMING,
  USER,
  until,
} from "./opWorld.js";

const DEPTH = 3;
const errors: unknown[] = [];
let anvil: RunningAnvil;
let place: Place;
let running: RunningOpChain;
let l1: Clients;
let l2: Clients;

beforeAll(async () => {
  anvil = await startL1();
  l1 = clientsOf(anvil.url, L1_ID, KEYS.user);
  const above = { parentRpcUrl: anvil.url, parentChainId: L1_ID, chainId: L2_ID, batchBytesMax: 124_000 };
  place = await startAbove({ ...above, depth: DEPTH, errors });
  await mine(DEPTH);
  await restart();
});

afterAll(async () => {
  await running?.stop();
  await place?.clear();
  await anvil?.stop();
});

async function restart(): Promise<void> {
  running = await place.start(TIMING);
  l2 = clientsOf(running.url, L2_ID, KEYS.user);
}

async function mine(blocks: number): Promise<void> {
  await l1.rpc.ask(z.unknown(), "anvil_mine", toHex(blocks));
}

/** The parent loses its last blocks, and goes on another way. */
async function lose(blocks: number, then: number): Promise<void> {
  await l1.rpc.ask(z.unknown(), "anvil_rollback", blocks);
  await l1.rpc.ask(z.unknown(), "evm_increaseTime", toHex(7));
  await mine(then);
}

/** Once the chain has taken in all that counts. */
async function caughtUp(): Promise<void> {
  await until("the parent to be read", async () => {
    const number = Number(await l1.read.getBlockNumber());
    return running.status().parent === number - DEPTH ? true : undefined;
  });
}

test("a chain isn't started over another parent, over contracts that aren't as its file says, or with another's key", async () => {
  const { chain } = place;
  const start = (other: Partial<OpChain>, batcherKey = KEYS.batcher) =>
    startOpChain({
      chain: { ...chain, ...other },
      parentRpcUrl: anvil.url,
      port: 0,
      folder: join(place.folder, "other"),
      batcherKey,
      proposerKey: KEYS.proposer,
      clock: systemClock,
      onError: (error) => errors.push(error),
    });
  const { l2OutputOracle } = chain.contracts;
  for (const [begin, code] of [
    [() => start({ parentChainId: L2_ID }), "ROLLUP_WRONG_PARENT"],
    [() => start({ challenger: USER }), "ROLLUP_BAD_CONTRACT"],
    [() => start({ finalizationSeconds: 1 }), "ROLLUP_BAD_CONTRACT"],
    [() => start({ contracts: { ...chain.contracts, optimismPortal: l2OutputOracle } }), "ROLLUP_BAD_CONTRACT"],
    [() => start({ contracts: { ...chain.contracts, systemConfig: USER } }), "ROLLUP_BAD_CONTRACT"],
    [() => start({}, KEYS.user), "ROLLUP_BAD_FILE"],
  ] as const)
    await expect(begin()).rejects.toMatchObject({ code });
});

test("a parent that goes back less than the chain waits drops a deposit, and nothing is minted; one that stays is, once", async () => {
  const dropped = await deposit(l1, place, parseEther("5"));
  await mine(1);
  await lose(2, 2 * DEPTH);
  await caughtUp();
  expect(await l2.rpc.ask(z.unknown(), "eth_getTransactionReceipt", dropped)).toBeNull();
  expect(await l2.read.getBalance({ address: USER })).toBe(0n);

  const kept = await deposit(l1, place, parseEther("2"));
  expect(await l2.rpc.ask(z.unknown(), "eth_getTransactionReceipt", kept)).toBeNull();
  await mine(DEPTH);
  await mined(l2, kept);
  expect(await l2.read.getBalance({ address: USER })).toBe(parseEther("2"));
  expect(errors).toEqual([]);
});

test("a parent that goes back further halts the chain by name, and a start derives it anew: what stood on what is gone is gone", async () => {
  const before = Number(await l1.read.getBlockNumber());
  await mine(2);
  const hash = await deposit(l1, place, parseEther("1"));
  await mine(DEPTH);
  await mined(l2, hash);
  // What the chain posted meanwhile lies above the deposit, and is lost with it.
  await lose(Number(await l1.read.getBlockNumber()) - before, 6 * DEPTH);
  const halted = await until("the chain to halt", async () => running.status().halted);
  expect(halted).toContain("ROLLUP_PARENT_REORGANISED");
  const to: Hex = "0x00000000000000000000000000000000000a11ce";
  await expect(l2.write.sendTransaction({ to, gas: 21_000n })).rejects.toThrow(/ROLLUP_PARENT_REORGANISED/);
  await running.stop();

  await restart();
  await caughtUp();
  expect(await l2.rpc.ask(z.unknown(), "eth_getTransactionReceipt", hash)).toBeNull();
  const again = await deposit(l1, place, parseEther("3"));
  await mine(DEPTH);
  expect((await mined(l2, again)).status).toBe("success");
});
