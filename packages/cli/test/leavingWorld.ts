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
import { encodeFunctionData, parseAbi } from "viem";
import { routerBondAbi } from "../../chain/src/generated/RouterBond.js";
import { sessionPaymentAbi } from "../../chain/src/generated/SessionPayment.js";
import { deployAbove } from "../src/chains/deployAbove.js";
import { planPlace } from "../src/chains/planPlace.js";
import { at, COR, giveCoins, KEYS, type LeavingParent, OP_KEYS, OP_TERMS, OP_TIMING, until } from "./leavingParents.js";
import { runInHome } from "./runInHome.js";

export const SILENCE_SECONDS = 1_200;
const CHAIN_ID = 90_103;
const MODEL = `0x${"ab".repeat(32)}` as const;

/** A private network above a parent, while its operator is there. */
export type LeavingWorld<Parent extends LeavingParent = LeavingParent> = {
  readonly home: string;
  readonly parent: Parent;
  readonly opChain: OpChain;
  readonly running: RunningOpChain;
  readonly folder: string;
  readonly profile: NetworkProfile;
  readonly exit: ExitPlace;
  readonly session: number;
};

export function above({ parent }: Pick<LeavingWorld, "parent">, key: Hex) {
  return at(parent, key);
}

export async function openWorld<Parent extends LeavingParent>(
  home: string,
  parent: Parent,
): Promise<LeavingWorld<Parent>> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-leaving-"));
  const { batchBytesMax } = parent;
  const opChain = await deployOpChain({
    ...{ ...OP_TERMS, parentRpcUrl: parent.url, parentChainId: parent.chainId, chainId: CHAIN_ID, batchBytesMax },
    lastState: { silenceSeconds: SILENCE_SECONDS, creationOf: lastStateCreation },
  });
  const running = await startOpChain({
    ...{ chain: opChain, parentRpcUrl: parent.url, port: 0, folder, clock: systemClock, ...OP_KEYS },
    ...{ timing: OP_TIMING, onError: () => undefined },
  });
  const below = { url: running.url, chainId: CHAIN_ID };
  for (const key of [KEYS.deployer, KEYS.alice, KEYS.client])
    await giveCoins({ above: parent, below, opChain }, key, "3");
  const { rollup } = filesIn(home);
  await writeFile(rollup, formatOpChain(opChain));
  const place = planPlace(home, "lab");
  await deployAbove(
    { env: { ROLLUP_DEPLOYER_KEY: KEYS.deployer }, place, plan: planOf(parent) },
    { rollup, chain: running.url, parent: parent.url, parentCor: parent.cor },
  ).then((profile) => writeFile(place.profile, formatProfile(profile)));
  const profile = parseProfile(await readFile(place.profile, "utf8"));
  const exit = parseExitPlace(await readFile(place.exit, "utf8"));
  const session = await live({ parent, profile, exit });
  return { home, parent, opChain, running, folder, profile, exit, session };
}

/** What a member is given of its network. */
export function filesIn(home: string) {
  const { exit, profile: network } = planPlace(home, "lab");
  return { exit, network, rollup: join(home, "chain.json") };
}

/** `cortensor chain leave`, as a member runs it. */
export function leave({ home, parent }: LeavingWorld, as: string, to: Address) {
  const { exit, network, rollup } = filesIn(home);
  const from = ["--network", network, "--rollup", rollup, "--parent", parent.url];
  return runInHome(home, ["chain", "leave", exit, ...from, "--as", as, "--to", to]);
}

function planOf(parent: LeavingParent) {
  const text = readFileSync(new URL("../../../networks/templates/research.json", import.meta.url), "utf8");
  const template = parseNetworkTemplate(text);
  const team = template.teams[0]?.name ?? "";
  const member = (key: Hex, role: "owner" | "member") => ({ account: addressOfPrivateKey(key), role, team });
  const node = { account: addressOfPrivateKey(KEYS.operator), region: template.regions[0] ?? "" };
  return planOfTemplate(template, {
    ...{ name: "lab", chainId: CHAIN_ID, parent: { name: "parent", chainId: parent.chainId }, gasToken: "native" },
    members: [member(KEYS.deployer, "owner"), member(KEYS.alice, "member"), member(KEYS.client, "member")],
    ...{ nodes: [node], models: [MODEL] },
  });
}

/** Alice has 40 COR in her wallet; the client 1, and 20 in a session, of which a lane may spend 12. */
async function live(world: Pick<LeavingWorld, "parent" | "profile" | "exit">): Promise<number> {
  const { profile, exit, parent } = world;
  const [reader, writer] = [createChainReader({ profile }), createChainWriter({ profile, privateKey: KEYS.client })];
  for (const [key, amount] of [
    [KEYS.alice, 40n],
    [KEYS.client, 25n],
  ] as const) {
    const to = addressOfPrivateKey(key);
    await lockCor(above(world, KEYS.deployer), { cor: parent.cor, vault: exit.vault, to, amountWei: amount * COR });
    await until("COR below", async () => (await readCorBalance(reader, to)) > 0n);
  }
  const { account } = await openSession(writer, {
    ...{ name: "kept", privacy: "private", modelIdentifier: MODEL, maxTaskExecutionCount: 10, engine: "proved" },
    auditMode: planOf(parent).privacy.audit[0] ?? "none",
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
