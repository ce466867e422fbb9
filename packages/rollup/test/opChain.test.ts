import type { Hex } from "@cortensor/protocol";
import { findOutput, finaliseCall, proveCall, readWithdrawals, type RunningOpChain } from "@cortensor/rollup";
import { encodeFunctionData, parseEther } from "viem";
import { getL2TransactionHashes } from "viem/op-stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { PASSER_ABI, PORTAL_ABI } from "../src/op/opAbi.js";
import { MESSAGE_PASSER } from "../src/op/predeploys.js";
import { type Clients, clientsOf, KEYS, L1_ID, L2_ID, pass, startAbove, startL1, until, USER, WINDOW_SECONDS } from "./opWorld.js";

const errors: unknown[] = [];
let anvil: RunningAnvil;
let place: Awaited<ReturnType<typeof startAbove>>;
let running: RunningOpChain;
let l1: Clients;
let l2: Clients;

beforeAll(async () => {
  anvil = await startL1();
  place = await startAbove({ parentRpcUrl: anvil.url, parentChainId: L1_ID, chainId: L2_ID, batchBytesMax: 124_000, errors });
  running = await place.start();
  l1 = clientsOf(anvil.url, L1_ID, KEYS.user);
  l2 = clientsOf(running.url, L2_ID, KEYS.user);
});

afterAll(async () => {
  await running?.stop();
  await place?.clear();
  await anvil?.stop();
});

async function deposit(value: bigint, to: Hex = USER): Promise<Hex> {
  const args = [to, value, 100_000n, false, "0x"] as const;
  const txHash = await l1.write.writeContract({
    address: place.chain.contracts.optimismPortal,
    abi: PORTAL_ABI,
    functionName: "depositTransaction",
    args,
    value,
  });
  const receipt = await l1.read.waitForTransactionReceipt({ hash: txHash });
  const [hash] = getL2TransactionHashes({ logs: receipt.logs });
  if (hash === undefined) throw new Error("the portal said nothing");
  return hash;
}

test("a deposit on the parent becomes the 0x7e transaction that its log names, and mints", async () => {
  const hash = await deposit(parseEther("10"));
  const receipt = await l2.read.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe("success");
  const block: { readonly transactions: readonly { readonly type: string; readonly hash: Hex }[] } = await l2.read.request({
    method: "eth_getBlockByNumber",
    params: ["latest", true],
  });
  expect(block.transactions.map((transaction) => transaction.type)).toEqual(["0x7e", "0x7e"]);
  expect(await l2.read.getBalance({ address: USER })).toBe(parseEther("10"));
});

test("a withdrawal is proved by eth_getProof against a posted output, a tampered one is refused, and it is paid after the window, once", async () => {
  const target: Hex = "0x00000000000000000000000000000000000a11ce";
  const txHash = await l2.write.writeContract({
    address: MESSAGE_PASSER,
    abi: PASSER_ABI,
    functionName: "initiateWithdrawal",
    args: [target, 50_000n, "0x"],
    value: parseEther("3"),
  });
  await l2.read.waitForTransactionReceipt({ hash: txHash });
  const [withdrawal] = await readWithdrawals(l2.rpc, txHash);
  if (withdrawal === undefined) throw new Error("no withdrawal");
  const at = await until("an output", () => findOutput(l1.rpc, place.chain, withdrawal.blockNumber));
  const to = place.chain.contracts.optimismPortal;
  const send = async (data: Hex): Promise<void> => {
    const hash = await l1.write.sendTransaction({ to, data });
    await l1.read.waitForTransactionReceipt({ hash });
  };

  const tampered = { ...withdrawal, value: withdrawal.value + 1n };
  const proof = await proveCall(l2.rpc, withdrawal, at);
  await expect(send(await proveCall(l2.rpc, tampered, at))).rejects.toThrow(/MerkleTrie|inclusion proof/);
  await expect(send(finaliseCall(withdrawal))).rejects.toThrow(/has not been proven/);
  await send(proof);
  await expect(send(finaliseCall(withdrawal))).rejects.toThrow(/finalization period has not elapsed/);
  await pass(l1.rpc, WINDOW_SECONDS + 1);
  await send(finaliseCall(withdrawal));
  expect(await l1.read.getBalance({ address: target })).toBe(parseEther("3"));
  await expect(send(finaliseCall(withdrawal))).rejects.toThrow(/already been finalized/);
  expect(errors).toEqual([]);
});
