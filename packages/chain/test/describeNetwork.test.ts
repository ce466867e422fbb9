import type { Address } from "@cortensor/protocol";
import { type AbiFunction, type AbiParameter, BaseError, ContractFunctionRevertedError } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { CONTRACT_ABIS } from "../src/contractAbis.js";
import { type ContractName, DEPLOY_ORDER } from "../src/deploySteps.js";
import { type ChainReader, createChainReader, deployNetwork, describeNetwork } from "../src/index.js";
import { MODULE_POWERS } from "../src/modulePowers.js";
import { networkPage } from "./networkPage.js";

/** Neither deployed anything nor is it listed anywhere. */
const STRANGER = "0x00000000000000000000000000000000000057a9";
/** By which error a contract refuses a caller, and who would have been let in. */
const KEPT_FOR: Readonly<Record<string, string>> = {
  OwnableUnauthorizedAccount: "owner",
  NotPoster: "poster",
  NotAssessor: "assessor",
  NotDeployer: "deployer",
};
/** A neighbour's calls, what is somebody's own, and what is no matter of who calls. */
const OTHER_REFUSALS = new Set([
  ...["NotAttestations", "NotJuries", "NotMessenger", "NotSetChallenges", "NotSlasher", "NotTasks", "NotVault"],
  ...[
    "NotAssigner",
    "NotClient",
    "NotGuard",
    "NotGuardNode",
    "NotGuardOf",
    "NotMiner",
    "NotNodeOrOwner",
    "NotNodeOwner",
  ],
  ...["NotPayee", "NotProposedOwner", "NotRouter", "NotRouterOf", "NotSeated", "NotSessionOwner", "NotSessionSpeaker"],
  ...["NotValidator", "NotVerifier", "NotYours", "SessionCreditUnauthorised", "SettlementUnauthorised"],
  ...["NotAnswerable", "NotCommitted", "NotDrawable", "NotDue", "NotEligible", "NotFrozen", "NotSlashed", "NotStored"],
]);
const OWNERSHIP = ["acceptOwnership", "renounceOwnership", "transferOwnership"];

let anvil: RunningAnvil;
let chain: ChainReader;
beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  const profile = await deployNetwork({
    ...{ name: "single", chainId: 31_337, rpcUrls: [anvil.url], privateKey: anvilKey(0), epochSeconds: 30 },
    save: () => undefined,
  });
  chain = createChainReader({ profile });
});
afterAll(() => anvil?.stop());

/** Nothing, in a parameter's form. */
function nothing({ type, ...rest }: AbiParameter): unknown {
  if (type.endsWith("[]")) return [];
  const fixed = /^(.*)\[(\d+)\]$/.exec(type);
  if (fixed !== null) return Array.from({ length: Number(fixed[2]) }, () => nothing({ ...rest, type: fixed[1] ?? "" }));
  if (type === "tuple" && "components" in rest)
    return Object.fromEntries(rest.components.map((field) => [field.name, nothing(field)]));
  if (type === "address") return `0x${"00".repeat(20)}`;
  if (type === "bool") return false;
  if (type === "string") return "";
  if (type.startsWith("bytes")) return `0x${"00".repeat(Number(type.slice(5) || 0))}`;
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 256);
  return bits <= 48 ? 0 : 0n;
}

/** Whom a call is kept for, as its refusal of a stranger says. */
async function keptFor(
  address: Address,
  abi: typeof CONTRACT_ABIS.cor.abi,
  item: AbiFunction,
): Promise<string | undefined> {
  try {
    const request = {
      address,
      abi,
      functionName: item.name,
      args: item.inputs.map(nothing),
      account: STRANGER,
    } as const;
    await chain.client.simulateContract(request);
    return undefined;
  } catch (error) {
    const reverted = error instanceof BaseError && error.walk((one) => one instanceof ContractFunctionRevertedError);
    if (!(reverted instanceof ContractFunctionRevertedError)) throw error;
    return KEPT_FOR[reverted.data?.errorName ?? ""];
  }
}

async function keptCallsOf(module: ContractName): Promise<readonly string[]> {
  const { abi } = CONTRACT_ABIS[module];
  const calls = abi
    .filter((item) => item.type === "function")
    .filter(({ stateMutability: kind }) => kind === "nonpayable" || kind === "payable");
  const kept: string[] = [];
  for (const item of calls) {
    const who = await keptFor(chain.profile.addresses[module], abi, item);
    if (who !== undefined && !OWNERSHIP.includes(item.name)) kept.push(`${item.name} by the ${who}`);
  }
  return kept.sort();
}

it("names every call that a contract keeps for its owner, poster, assessors or deployer, and no other", async () => {
  for (const module of DEPLOY_ORDER) {
    const powers = (MODULE_POWERS[module] ?? []).map(({ call, who }) => `${call} by the ${who}`);
    expect([module, ...(await keptCallsOf(module))]).toEqual([module, ...powers.sort()]);
  }
});

it("knows of each refusal of a caller whether it keeps a call for an account", () => {
  const refusals = DEPLOY_ORDER.flatMap((module) => CONTRACT_ABIS[module].abi)
    .filter((item) => item.type === "error" && /^Not[A-Z]|Unauthori[sz]ed|^Only[A-Z]/.test(item.name))
    .map((item) => ("name" in item ? item.name : ""));
  const known = new Set([...Object.keys(KEPT_FOR), ...OTHER_REFUSALS]);
  expect(refusals.filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(KEPT_FOR).filter((name) => !refusals.includes(name))).toEqual([]);
});

it("is what the page says", async () => {
  const page = networkPage(await describeNetwork(chain), chain.profile);
  await expect(page).toMatchFileSnapshot("../../../docs/NETWORK.md");
});
