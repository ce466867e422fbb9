import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createRpcClient } from "../src/chainReader.js";
import { createSender } from "../src/chainWriter.js";
import { CONFIRM_TIMEOUT_MS, STUCK_MS } from "../src/nextMove.js";
import { FEE_FACTOR_MAX } from "../src/raiseFees.js";
import { openRpcDoor, PASS, type RpcDoor } from "./rpcDoor.js";

const CHAIN_ID = 31_337;
const KEY = anvilKey(1);
const SIGNER = privateKeyToAccount(KEY);

let anvil: RunningAnvil;
let door: RpcDoor;
beforeAll(async () => {
  anvil = await startAnvil({ chainId: CHAIN_ID });
  door = await openRpcDoor(anvil.url);
});
afterAll(async () => {
  await door?.close();
  await anvil?.stop();
});

let nowMs = 0;
let holders = 0;
beforeEach(async () => {
  nowMs = 0;
  door.rule = () => PASS;
  return () => ask("evm_setAutomine", [true]).then(() => ask("evm_mine"));
});

/** A sender, as a process that has just begun has one. */
function startSender(key = KEY) {
  const { client } = createRpcClient({ rpcUrls: [door.url], chainId: CHAIN_ID });
  return createSender({ client, chainId: CHAIN_ID, privateKey: key, nowMs: () => nowMs });
}

/** Somebody who has nothing yet. */
function aHolder() {
  holders += 1;
  return `0x${holders.toString(16).padStart(40, "7")}` as const;
}

async function ask(method: string, params: readonly unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(anvil.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return ((await answer.json()) as { readonly result: unknown }).result;
}

const balanceOf = async (holder: string): Promise<bigint> =>
  BigInt((await ask("eth_getBalance", [holder, "latest"])) as string);
const minedNonces = async (): Promise<number> =>
  Number(await ask("eth_getTransactionCount", [SIGNER.address, "latest"]));

type Waiting = { readonly hash: string; readonly nonce: number; readonly feeWei: bigint };

/** What of the signer's waits for a block. */
async function waiting(): Promise<readonly Waiting[]> {
  const { pending } = (await ask("txpool_content")) as { readonly pending: Record<string, Record<string, Raw>> };
  const own = Object.entries(pending).find(([address]) => address.toLowerCase() === SIGNER.address.toLowerCase());
  return Object.values(own?.[1] ?? {}).map(({ hash, nonce, maxFeePerGas }) => {
    return { hash, nonce: Number(nonce), feeWei: BigInt(maxFeePerGas) };
  });
}
type Raw = { readonly hash: string; readonly nonce: string; readonly maxFeePerGas: string };

async function untilWaiting(isMeant: (all: readonly Waiting[]) => boolean): Promise<readonly Waiting[]> {
  for (;;) {
    const all = await waiting();
    if (isMeant(all)) return all;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a process that is gone has left in the node: a transaction under the signer's next nonce. */
async function leaveBehind(to: string, feeWei: bigint): Promise<void> {
  const raw = await SIGNER.signTransaction({
    type: "eip1559",
    chainId: CHAIN_ID,
    nonce: await minedNonces(),
    gas: 21_000n,
    maxFeePerGas: feeWei,
    maxPriorityFeePerGas: 1n,
    to: `0x${to.slice(2)}`,
    value: 1n,
  });
  await ask("eth_sendRawTransaction", [raw]);
}

describe("a transaction that was sent", () => {
  it("is replaced by a dearer one under the same nonce when it is stuck, and done once", async () => {
    const sender = startSender();
    const holder = aHolder();
    const before = await minedNonces();
    await ask("evm_setAutomine", [false]);
    const sending = sender.send({ call: "test", to: holder, value: 1n });
    const [first] = await untilWaiting((all) => all.length === 1);
    nowMs += STUCK_MS;
    const [second, ...others] = await untilWaiting((all) => all[0]?.hash !== first?.hash);
    expect(others).toEqual([]);
    expect(second?.nonce).toBe(first?.nonce);
    expect(second?.feeWei).toBe(((first?.feeWei ?? 0n) * 125n + 99n) / 100n);
    await ask("evm_mine");
    expect((await sending).txHash).toBe(second?.hash);
    expect([await balanceOf(holder), (await minedNonces()) - before]).toEqual([1n, 1]);
  });

  it("is raised up to its bound and no further, and is reported when its time is over", async () => {
    const sender = startSender();
    const holder = aHolder();
    await ask("evm_setAutomine", [false]);
    const sending = sender.send({ call: "test", to: holder, value: 1n }).catch((error: unknown) => error);
    let [last] = await untilWaiting((all) => all.length === 1);
    const firstFeeWei = last?.feeWei ?? 0n;
    for (let raises = 0; raises < 6; raises += 1) {
      nowMs += STUCK_MS;
      [last] = await untilWaiting((all) => (all[0]?.feeWei ?? 0n) > (last?.feeWei ?? 0n));
    }
    nowMs += STUCK_MS;
    await untilAsked("eth_maxPriorityFeePerGas");
    nowMs += CONFIRM_TIMEOUT_MS;
    expect(await sending).toMatchObject({ data: { code: "CHAIN_UNCONFIRMED", call: "test", txHash: last?.hash } });
    expect(await waiting()).toEqual([last]);
    expect(last?.feeWei).toBeLessThanOrEqual(FEE_FACTOR_MAX * firstFeeWei);
    await ask("evm_mine");
    expect(await balanceOf(holder)).toBe(1n);
  });

  it("is sent again when its node has forgotten it", async () => {
    const sender = startSender();
    const holder = aHolder();
    await ask("evm_setAutomine", [false]);
    const sending = sender.send({ call: "test", to: holder, value: 1n });
    const [first] = await untilWaiting((all) => all.length === 1);
    await ask("anvil_dropTransaction", [first?.hash]);
    expect(await waiting()).toEqual([]);
    nowMs += STUCK_MS;
    expect(await untilWaiting((all) => all.length === 1)).toEqual([first]);
    await ask("evm_mine");
    await sending;
    expect(await balanceOf(holder)).toBe(1n);
  });

  it("is sent under another nonce when a transaction of the same key used its own", async () => {
    const sender = startSender();
    const [holder, other] = [aHolder(), aHolder()];
    await ask("evm_setAutomine", [false]);
    const sending = sender.send({ call: "test", to: holder, value: 1n });
    const [first] = await untilWaiting((all) => all.length === 1);
    await leaveBehind(other, (first?.feeWei ?? 0n) * 2n);
    await ask("evm_mine");
    nowMs += 3_000;
    const [again] = await untilWaiting((all) => all.length === 1);
    expect(again?.nonce).toBe((first?.nonce ?? 0) + 1);
    await ask("evm_mine");
    await sending;
    expect([await balanceOf(holder), await balanceOf(other)]).toEqual([1n, 1n]);
  });

  it("raises what an earlier process left before it, unchanged in what it does", async () => {
    const [holder, other] = [aHolder(), aHolder()];
    await ask("evm_setAutomine", [false]);
    const feeWei = BigInt((await ask("eth_gasPrice")) as string);
    await leaveBehind(other, feeWei);
    const sender = startSender();
    const sending = sender.send({ call: "test", to: holder, value: 1n });
    const [left, own] = await untilWaiting((all) => all.length === 2);
    expect((own?.nonce ?? 0) - (left?.nonce ?? 0)).toBe(1);
    nowMs += STUCK_MS;
    const raised = await untilWaiting((all) => all[0]?.hash !== left?.hash);
    expect(raised[0]?.feeWei).toBeGreaterThan(feeWei);
    expect(raised[1]).toEqual(own);
    await ask("evm_mine");
    await sending;
    expect([await balanceOf(holder), await balanceOf(other)]).toEqual([1n, 1n]);
  });

  it.each([
    ["the call is lost on its way", { kind: "cut" } as const],
    ["its answer is lost on the way back", { kind: "cutAnswer" } as const],
  ])("is done once when %s", async (_what, rule) => {
    const sender = startSender();
    const holder = aHolder();
    const before = await minedNonces();
    let cuts = 0;
    door.rule = (method) => {
      if (method !== "eth_sendRawTransaction" || cuts === 2) return PASS;
      cuts += 1;
      return rule;
    };
    await sender.send({ call: "test", to: holder, value: 1n });
    expect(cuts).toBeGreaterThan(0);
    expect([await balanceOf(holder), (await minedNonces()) - before]).toEqual([1n, 1]);
  });

  it("goes under the nonce that the chain says after a reorganisation took the last ones back", async () => {
    const sender = startSender();
    const before = await minedNonces();
    for (let sent = 0; sent < 3; sent += 1) await sender.send({ call: "test", to: aHolder(), value: 1n });
    await ask("anvil_reorg", [3, []]);
    expect(await minedNonces()).toBe(before);
    const holder = aHolder();
    await sender.send({ call: "test", to: holder, value: 1n });
    expect([await balanceOf(holder), await minedNonces()]).toEqual([1n, before + 1]);
  });

  it("keeps out of the way of another key's, sent at the same time", async () => {
    const senders = [startSender(anvilKey(2)), startSender(anvilKey(3))];
    const holder = aHolder();
    await Promise.all(
      senders.flatMap((sender) => [1n, 2n, 3n].map((value) => sender.send({ call: "test", to: holder, value }))),
    );
    expect(await balanceOf(holder)).toBe(12n);
  });
});

/** Waits until the sender has asked for something once more. */
async function untilAsked(method: string): Promise<void> {
  const before = door.asked.length;
  while (!door.asked.slice(before).includes(method)) await new Promise((resolve) => setTimeout(resolve, 10));
}
