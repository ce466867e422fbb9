import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRpcClient, createSender, lockCor } from "@cortensor/chain";
import { type Address, addressOfPrivateKey, type Hex, parseAddress } from "@cortensor/protocol";
import { createJsonRpc, deployOpChain, L2_MESSENGER, type OpChain, startOpChain } from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { encodeDeployData, encodeFunctionData, getContractAddress, numberToHex, parseAbi, parseEther } from "viem";
import { z } from "zod";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { bridgedCorAbi, bridgedCorBytecode } from "../../chain/src/generated/BridgedCor.js";
import { corAbi, corBytecode } from "../../chain/src/generated/Cor.js";
import { corVaultAbi, corVaultBytecode } from "../../chain/src/generated/CorVault.js";
import { noComplianceAbi, noComplianceBytecode } from "../../chain/src/generated/NoCompliance.js";
import { noPauseAbi, noPauseBytecode } from "../../chain/src/generated/NoPause.js";
import { opMessengerAbi, opMessengerBytecode } from "../../chain/src/generated/OpMessenger.js";

export const COR = 10n ** 18n;
export const WINDOW_SECONDS = 600;
const ETHEREUM_ID = 90_100;
const PARENT_ID = 90_101;
const PORTAL_ABI = parseAbi([
  "function depositTransaction(address _to, uint256 _value, uint64 _gasLimit, bool _isCreation, bytes _data) payable",
]);
const [deployer, batcher, proposer, challenger, alice, client, operator, outsider] = [0, 1, 2, 3, 4, 5, 6, 7].map(
  anvilKey,
);
if (!deployer || !batcher || !proposer || !challenger || !alice || !client || !operator || !outsider)
  throw new Error("anvil has ten keys");
export const KEYS = { deployer, batcher, proposer, challenger, alice, client, operator, outsider };
const DEPLOYER = addressOfPrivateKey(KEYS.deployer);

/** The settings that both rollups here have. */
export const OP_TERMS = {
  ...{ depth: 0, outputBlocks: 2, finalizationSeconds: WINDOW_SECONDS, baseFeeWei: 1_000_000n },
  ...{ batcher: addressOfPrivateKey(KEYS.batcher), proposer: addressOfPrivateKey(KEYS.proposer) },
  ...{ challenger: addressOfPrivateKey(KEYS.challenger), deployerKey: KEYS.deployer, clock: systemClock },
} as const;
export const OP_KEYS = { batcherKey: KEYS.batcher, proposerKey: KEYS.proposer } as const;
export const OP_TIMING = { roundMs: 40, postMs: 40, padMs: 40 };

/** A chain by its door. */
export type Door = { readonly url: string; readonly chainId: number };

/** What a chain that is left stands above. Each of `KEYS` has coins there, the deployer COR. */
export type LeavingParent = Door & {
  readonly cor: Address;
  /** Bytes of a batch that it takes. */
  readonly batchBytesMax: number;
  /** Lets its time go by, by this much at least. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
};

/** A parent that is an OP Stack chain itself, and what it stands above. */
export type RollupParent = LeavingParent & {
  readonly ethereum: Door & { readonly cor: Address };
  readonly opChain: OpChain;
};

export function at({ url, chainId }: Door, privateKey: Hex) {
  const { client: reader } = createRpcClient({ rpcUrls: [url], chainId });
  return { client: reader, ...createSender({ client: reader, chainId, privateKey }) };
}

export async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error(`It didn't happen: ${what}`);
    await systemClock.sleep(20);
  }
}

/** Ethereum, as an anvil plays it. */
export async function openEthereumParent(): Promise<LeavingParent> {
  const anvil = await startAnvil({ chainId: PARENT_ID });
  const cor = await deployCor(anvil);
  const pass = async (seconds: number) => passOn(anvil, (await timeOf(anvil)) + seconds);
  return { url: anvil.url, chainId: anvil.chainId, cor, batchBytesMax: 124_000, pass, stop: () => anvil.stop() };
}

/** An L2 of our own above an Ethereum. What is COR there came down from it. */
export async function openRollupParent(): Promise<RollupParent> {
  const anvil = await startAnvil({ chainId: ETHEREUM_ID });
  const folder = await mkdtemp(join(tmpdir(), "cortensor-leaving-parent-"));
  const of = { parentRpcUrl: anvil.url, parentChainId: ETHEREUM_ID, chainId: PARENT_ID, batchBytesMax: 124_000 };
  const opChain = await deployOpChain({ ...OP_TERMS, ...of });
  const running = await startOpChain({
    ...{ chain: opChain, parentRpcUrl: anvil.url, port: 0, folder, clock: systemClock, ...OP_KEYS },
    ...{ timing: OP_TIMING, onError: () => undefined },
  });
  const door = { url: running.url, chainId: PARENT_ID };
  await Promise.all(Object.values(KEYS).map((key) => giveCoins({ above: anvil, below: door, opChain }, key, "100")));
  const { ethereumCor, cor } = await bridgeCor(anvil, door, opChain);
  return {
    ...{ ...door, cor, opChain, ethereum: { url: anvil.url, chainId: ETHEREUM_ID, cor: ethereumCor } },
    batchBytesMax: 110_000,
    async pass(seconds) {
      const wanted = (await timeOf(door)) + seconds;
      await passOn(anvil, wanted);
      // A chain's time comes up from its parent with its next block.
      const { send } = at(door, KEYS.outsider);
      await until("the time to have come up", async () => {
        await send({ call: "nothing", to: DEPLOYER, data: "0x" });
        return (await timeOf(door)) >= wanted;
      });
    },
    async stop() {
      await running.stop();
      await anvil.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Pays coins into a chain, for who pays them. */
export async function giveCoins(
  { above, below, opChain }: { readonly above: Door; readonly below: Door; readonly opChain: OpChain },
  key: Hex,
  coins: string,
): Promise<void> {
  const [sender, reader] = [at(above, key), at(below, key)];
  const value = parseEther(coins);
  const args = [sender.account, value, 100_000n, false, "0x"] as const;
  const data = encodeFunctionData({ abi: PORTAL_ABI, functionName: "depositTransaction", args });
  await sender.send({ call: "deposit", to: opChain.contracts.optimismPortal, data, value });
  await until("coins below", async () => (await reader.client.getBalance({ address: sender.account })) > 0n);
}

async function create(door: Door, data: Hex): Promise<Address> {
  const { contractAddress } = await at(door, KEYS.deployer).send({ call: "create", data });
  if (contractAddress === undefined) throw new Error("no contract");
  return contractAddress;
}

function deployCor(door: Door): Promise<Address> {
  return create(door, encodeDeployData({ abi: corAbi, bytecode: corBytecode, args: [DEPLOYER] }));
}

/** COR on Ethereum, and what stands for it on an L2: the deployer has a thousand there. */
async function bridgeCor(ethereum: Door, l2: Door, { contracts }: OpChain) {
  const ethereumCor = await deployCor(ethereum);
  const pauseData = encodeDeployData({ abi: noPauseAbi, bytecode: noPauseBytecode });
  const pause = await create(ethereum, pauseData);
  const compliance = await create(ethereum, encodeDeployData({ abi: noComplianceAbi, bytecode: noComplianceBytecode }));
  const pauseBelow = await create(l2, pauseData);
  const [messenger, vault] = [await nextOf(ethereum, 0), await nextOf(ethereum, 1)];
  const [messengerBelow, cor] = [await nextOf(l2, 0), await nextOf(l2, 1)];
  const messengerData = (to: Door, remote: Address, carrier: Hex, itsPause: Address) =>
    encodeDeployData({
      ...{ abi: opMessengerAbi, bytecode: opMessengerBytecode },
      args: [{ remoteChainId: BigInt(to.chainId), remote, pause: itsPause }, carrier],
    });
  await create(ethereum, messengerData(l2, messengerBelow, contracts.l1CrossDomainMessenger, pause));
  await create(l2, messengerData(ethereum, messenger, L2_MESSENGER, pauseBelow));
  const parts = { cor: ethereumCor, messenger, childChainId: BigInt(l2.chainId), childCor: cor, compliance, pause };
  await create(ethereum, encodeDeployData({ abi: corVaultAbi, bytecode: corVaultBytecode, args: [parts] }));
  const corArgs = [messengerBelow, BigInt(ethereum.chainId), vault] as const;
  await create(l2, encodeDeployData({ abi: bridgedCorAbi, bytecode: bridgedCorBytecode, args: corArgs }));
  await lockCor(at(ethereum, KEYS.deployer), { cor: ethereumCor, vault, to: DEPLOYER, amountWei: 1_000n * COR });
  await until("COR on the L2", async () => (await corOf({ ...l2, cor }, DEPLOYER)) > 0n);
  return { ethereumCor, cor };
}

/** Where the deployer's next contract comes to stand, or the one so many behind it. */
async function nextOf(door: Door, behind: number): Promise<Address> {
  const nonce = await at(door, KEYS.deployer).client.getTransactionCount({ address: DEPLOYER });
  return parseAddress(getContractAddress({ from: DEPLOYER, nonce: BigInt(nonce + behind) }));
}

export function corOf(chain: Door & { readonly cor: Address }, account: Address): Promise<bigint> {
  const { client: reader } = at(chain, KEYS.outsider);
  return reader.readContract({ address: chain.cor, abi: corAbi, functionName: "balanceOf", args: [account] });
}

async function timeOf(door: Door): Promise<number> {
  return Number((await at(door, KEYS.outsider).client.getBlock()).timestamp);
}

/** Ethereum's next block is of this second, or of the next where that is past. */
export async function passOn({ url, ...door }: Pick<RunningAnvil, "url" | "chainId">, seconds: number): Promise<void> {
  const rpc = createJsonRpc(url);
  const next = Math.max(seconds, (await timeOf({ url, ...door })) + 1);
  await rpc.ask(z.unknown(), "evm_setNextBlockTimestamp", numberToHex(next));
  await rpc.ask(z.unknown(), "evm_mine");
}
