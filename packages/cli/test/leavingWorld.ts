import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  approveCor,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  createRpcClient,
  createSender,
  depositToSession,
  type ExitPlace,
  formatProfile,
  lastStateCreation,
  lockCor,
  type NetworkProfile,
  openSession,
  parseExitPlace,
  parseProfile,
  readCorBalance,
  readExitStage,
  setAllotment,
} from "@cortensor/chain";
import { type Address, addressOfPrivateKey, type Hex, parseNetworkTemplate, planOfTemplate } from "@cortensor/protocol";
import { deployOpChain, formatOpChain, type OpChain, type RunningOpChain, startOpChain } from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { encodeDeployData, encodeFunctionData, parseAbi, parseEther } from "viem";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { corAbi, corBytecode } from "../../chain/src/generated/Cor.js";
import { routerBondAbi } from "../../chain/src/generated/RouterBond.js";
import { sessionPaymentAbi } from "../../chain/src/generated/SessionPayment.js";
import { deployAbove } from "../src/chains/deployAbove.js";
import { planPlace } from "../src/chains/planPlace.js";

export const COR = 10n ** 18n;
export const SILENCE_SECONDS = 1_200;
export const WINDOW_SECONDS = 600;
const PARENT_ID = 90_101;
const CHAIN_ID = 90_103;
const MODEL = `0x${"ab".repeat(32)}` as const;
const PORTAL_ABI = parseAbi([
  "function depositTransaction(address _to, uint256 _value, uint64 _gasLimit, bool _isCreation, bytes _data) payable",
]);
const [deployer, batcher, proposer, challenger, alice, client, operator, outsider] = [0, 1, 2, 3, 4, 5, 6, 7].map(
  anvilKey,
);
if (!deployer || !batcher || !proposer || !challenger || !alice || !client || !operator || !outsider)
  throw new Error("anvil has ten keys");
export const KEYS = { deployer, batcher, proposer, challenger, alice, client, operator, outsider };

/** A private network above a parent, while its operator is there. */
export type LeavingWorld = {
  readonly parent: RunningAnvil;
  readonly opChain: OpChain;
  readonly running: RunningOpChain;
  readonly folder: string;
  readonly profile: NetworkProfile;
  readonly exit: ExitPlace;
  readonly cor: Address;
  readonly session: number;
};

export function above(world: Pick<LeavingWorld, "parent">, key: Hex) {
  const { client: reader } = createRpcClient({ rpcUrls: [world.parent.url], chainId: PARENT_ID });
  return { client: reader, ...createSender({ client: reader, chainId: PARENT_ID, privateKey: key }) };
}

export async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error(`It didn't happen: ${what}`);
    await systemClock.sleep(20);
  }
}

export async function openWorld(home: string): Promise<LeavingWorld> {
  const parent = await startAnvil({ chainId: PARENT_ID });
  const folder = await mkdtemp(join(tmpdir(), "cortensor-leaving-"));
  const opChain = await deployOpChain({
    ...{ parentRpcUrl: parent.url, parentChainId: PARENT_ID, chainId: CHAIN_ID, batchBytesMax: 124_000, depth: 0 },
    ...{ outputBlocks: 2, finalizationSeconds: WINDOW_SECONDS, baseFeeWei: 1_000_000n },
    ...{ batcher: addressOfPrivateKey(KEYS.batcher), proposer: addressOfPrivateKey(KEYS.proposer) },
    ...{ challenger: addressOfPrivateKey(KEYS.challenger), deployerKey: KEYS.deployer, clock: systemClock },
    lastState: { silenceSeconds: SILENCE_SECONDS, creationOf: lastStateCreation },
  });
  const running = await startOpChain({
    ...{ chain: opChain, parentRpcUrl: parent.url, port: 0, folder, clock: systemClock },
    ...{ batcherKey: KEYS.batcher, proposerKey: KEYS.proposer, timing: { roundMs: 40, postMs: 40, padMs: 40 } },
    onError: () => undefined,
  });
  const cor = await deployCor(parent);
  await giveCoins({ parent, opChain, running });
  const rollup = join(home, "chain.json");
  await writeFile(rollup, formatOpChain(opChain));
  const place = planPlace(home, "lab");
  await deployAbove(
    { env: { ROLLUP_DEPLOYER_KEY: KEYS.deployer }, place, plan: planOf() },
    { rollup, chain: running.url, parent: parent.url, parentCor: cor },
  ).then((profile) => writeFile(place.profile, formatProfile(profile)));
  const profile = parseProfile(await readFile(place.profile, "utf8"));
  const exit = parseExitPlace(await readFile(place.exit, "utf8"));
  const session = await live({ parent, profile, exit, cor });
  return { parent, opChain, running, folder, profile, exit, cor, session };
}

async function deployCor(parent: RunningAnvil): Promise<Address> {
  const sender = above({ parent }, KEYS.deployer);
  const data = encodeDeployData({ abi: corAbi, bytecode: corBytecode, args: [sender.account] });
  const { contractAddress } = await sender.send({ call: "deploy cor", data });
  if (contractAddress === undefined) throw new Error("no COR");
  return contractAddress;
}

/** Each pays into the chain for itself: 3 coins. */
async function giveCoins(world: Pick<LeavingWorld, "parent" | "opChain" | "running">): Promise<void> {
  const { client: below } = createRpcClient({ rpcUrls: [world.running.url], chainId: CHAIN_ID });
  for (const key of [KEYS.deployer, KEYS.alice, KEYS.client]) {
    const sender = above(world, key);
    const args = [sender.account, parseEther("3"), 100_000n, false, "0x"] as const;
    const data = encodeFunctionData({ abi: PORTAL_ABI, functionName: "depositTransaction", args });
    await sender.send({ call: "deposit", to: world.opChain.contracts.optimismPortal, data, value: parseEther("3") });
    await until("coins below", async () => (await below.getBalance({ address: sender.account })) > 0n);
  }
}

function planOf() {
  const text = readFileSync(new URL("../../../networks/templates/research.json", import.meta.url), "utf8");
  const template = parseNetworkTemplate(text);
  const team = template.teams[0]?.name ?? "";
  const member = (key: Hex, role: "owner" | "member") => ({ account: addressOfPrivateKey(key), role, team });
  const node = { account: addressOfPrivateKey(KEYS.operator), region: template.regions[0] ?? "" };
  return planOfTemplate(template, {
    ...{ name: "lab", chainId: CHAIN_ID, parent: { name: "parent", chainId: PARENT_ID }, gasToken: "native" },
    members: [member(KEYS.deployer, "owner"), member(KEYS.alice, "member"), member(KEYS.client, "member")],
    ...{ nodes: [node], models: [MODEL] },
  });
}

/** Alice has 40 COR in her wallet; the client 1, and 20 in a session, of which a lane may spend 12. */
async function live(world: Pick<LeavingWorld, "parent" | "profile" | "exit" | "cor">): Promise<number> {
  const { profile, exit, cor } = world;
  const [reader, writer] = [createChainReader({ profile }), createChainWriter({ profile, privateKey: KEYS.client })];
  for (const [key, amount] of [
    [KEYS.alice, 40n],
    [KEYS.client, 25n],
  ] as const) {
    const to = addressOfPrivateKey(key);
    await lockCor(above(world, KEYS.deployer), { cor, vault: exit.vault, to, amountWei: amount * COR });
    await until("COR below", async () => (await readCorBalance(reader, to)) > 0n);
  }
  const { account } = await openSession(writer, {
    ...{ name: "kept", privacy: "private", modelIdentifier: MODEL, maxTaskExecutionCount: 10, engine: "proved" },
    auditMode: planOf().privacy.audit[0] ?? "none",
  });
  await depositToSession(writer, { account, wei: 20n * COR });
  const operator = addressOfPrivateKey(KEYS.operator);
  await setAllotment(writer, { account, lane: operator, wei: 12n * COR });
  await payNodes(writer, { operator, payee: addressOfPrivateKey(KEYS.outsider) });
  return account;
}

/** A payee is owed 3 COR by the operator's lane, and the operator's bond is 1. */
async function payNodes(
  writer: ChainWriter,
  { operator, payee }: { readonly operator: Address; readonly payee: Address },
) {
  const { sessionPayment, routerBond } = writer.profile.addresses;
  await approveCor(writer, { wei: 3n * COR });
  const raised = [operator, payee, 3n * COR] as const;
  const raise = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "raiseCredit", args: raised });
  await writer.send({ call: "raiseCredit", to: sessionPayment, data: raise });
  await approveCor(writer, { spender: routerBond, wei: COR });
  const bond = encodeFunctionData({ abi: routerBondAbi, functionName: "deposit", args: [operator, COR] });
  await writer.send({ call: "deposit", to: routerBond, data: bond });
}

/** Waits until the parent has an output of all there is below. */
export async function settle(world: LeavingWorld): Promise<void> {
  const { client: below } = createRpcClient({ rpcUrls: [world.running.url], chainId: CHAIN_ID });
  const { client: reader } = above(world, KEYS.outsider);
  const oracle = parseAbi(["function latestBlockNumber() view returns (uint256)"]);
  const at = { address: world.opChain.contracts.l2OutputOracle, abi: oracle } as const;
  const wanted = await below.getBlockNumber();
  await until(
    "the last output",
    async () => (await reader.readContract({ ...at, functionName: "latestBlockNumber" })) >= wanted,
  );
}

/** Everything of the operator's is gone. */
export async function endOperator({ running, folder }: LeavingWorld): Promise<void> {
  await running.stop();
  await rm(folder, { recursive: true, force: true });
}

export function stageOf(world: LeavingWorld) {
  return readExitStage(above(world, KEYS.outsider).client, world.exit);
}
