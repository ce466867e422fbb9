import { type Address, assert, type Hex, parseAddress } from "@cortensor/protocol";
import { type Abi, type AbiFunction, type PublicClient, stringToHex } from "viem";
import { z } from "zod";
import { ChainError, chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { CONTRACT_ABIS } from "./contractAbis.js";
import { readCodeHash } from "./deployContracts.js";
import type { LayerAddresses } from "./deployment.js";
import { DEPLOY_ORDER } from "./deploySteps.js";
import { modulesAbi } from "./generated/Modules.js";
import { isLinkContract, LAYER_ORDER, type LayerContract, LINK_CONTRACTS, moduleNameOf } from "./layerModules.js";
import { MODULE_POWERS, type Power } from "./modulePowers.js";

export type ModuleParameter = {
  readonly name: string;
  readonly kind: "parameter" | "bound" | "neighbour";
  readonly value: string;
  /** Of a neighbour: its name in the profile, where it is a contract of the network. */
  readonly module?: LayerContract;
};

export type ModuleDescription = {
  readonly module: LayerContract;
  readonly contract: string;
  readonly address: Address;
  readonly codeHash: Hex;
  /** Its number in `Modules`; undefined for `Modules` itself, which isn't in its own list. */
  readonly version?: number;
  /** Whether `Modules` names another address as the latest: the profile is of an older network, or of another one. */
  readonly isOutdated: boolean;
  readonly parameters: readonly ModuleParameter[];
  readonly owner?: Address;
  /** With the account where the contract can be asked for it; of its deployer and of assessors it can't. */
  readonly powers: readonly (Power & { readonly account?: Address })[];
};

/** What changes as the network is used: how much of something there is, and where it stands. */
const STATE: ReadonlySet<string> = new Set([
  "arrivedWei",
  "count",
  "currentEpoch",
  "disputeCount",
  "firstEpoch",
  "guardSetHash",
  "lastFixed",
  "lockedWei",
  "mirrorCount",
  "reportGas",
  "movedWei",
  "nextEpoch",
  "nodeCount",
  "nonce",
  "openFromEpoch",
  "pendingOwner",
  "proposedSlasher",
  "rate",
  "requestCount",
  "returnedWei",
  "sessionCount",
  "slasherHoldsFrom",
  "totalSupply",
  "version",
]);
const ROLES: ReadonlySet<string> = new Set(["challenger", "deployer", "owner", "poster"]);

const scalar = z.union([z.bigint(), z.number(), z.string(), z.boolean()]).transform(String);

/** One chain of a network, and which contract stands under each name there. */
export type DescribedChain = {
  readonly client: PublicClient;
  readonly addresses: LayerAddresses;
  readonly contractOf: (module: LayerContract) => DescribedContract;
};
export type DescribedContract = { readonly contract: string; readonly abi: Abi; readonly powers: readonly Power[] };

/** Every module of a network on one chain, as its chain shows it. Throws CHAIN_NO_CONTRACT for one that isn't there. */
export function describeNetwork({ client, profile }: ChainReader): Promise<readonly ModuleDescription[]> {
  return describeChain({ client, addresses: profile.addresses, contractOf: contractOnOneChain });
}

/** What stands under each name where all layers are one chain. */
export function contractOnOneChain(module: LayerContract): DescribedContract {
  assert(!isLinkContract(module), "a network on one chain has no other to join");
  return { ...CONTRACT_ABIS[module], powers: MODULE_POWERS[module] ?? [] };
}

/** Every module of one chain. Throws CHAIN_NO_CONTRACT for one that isn't there. */
export async function describeChain(chain: DescribedChain): Promise<readonly ModuleDescription[]> {
  const isLayered = LINK_CONTRACTS.some((module) => chain.addresses[module] !== undefined);
  const modules: ModuleDescription[] = [];
  for (const module of isLayered ? LAYER_ORDER : DEPLOY_ORDER) {
    const address = chain.addresses[module];
    if (address !== undefined) modules.push(await describeModule(chain, module, address));
  }
  return modules;
}

async function describeModule(
  chain: DescribedChain,
  module: LayerContract,
  address: Address,
): Promise<ModuleDescription> {
  const { contract, abi, powers } = chain.contractOf(module);
  const codeHash = await readCodeHash(chain.client, address);
  if (codeHash === undefined) throw new ChainError({ code: "CHAIN_NO_CONTRACT", contract: module, address });
  const getters = abi.filter((item): item is AbiFunction => item.type === "function" && isGetter(item));
  const values = await Promise.all(getters.map((getter) => readGetter(chain, address, getter)));
  const named = getters.map((getter, at) => ({
    name: getter.name,
    value: values[at] ?? "",
    isAddress: isAddressGetter(getter),
  }));
  const role = (name: string) => named.find((one) => one.name === name)?.value;
  const owner = role("owner");
  const listed = await readListed(chain, module);
  return {
    module,
    contract,
    address,
    codeHash,
    ...(listed && { version: listed.version }),
    isOutdated: listed !== undefined && listed.address !== address,
    parameters: named.filter(({ name }) => !ROLES.has(name)).map((one) => toParameter(chain, one)),
    ...(owner !== undefined && { owner: parseAddress(owner) }),
    powers: powers.map((power) => {
      const account = role(power.who);
      return { ...power, ...(account !== undefined && { account: parseAddress(account) }) };
    }),
  };
}

/** Asked without arguments, it answers one plain value that doesn't change as the network is used. */
function isGetter({ stateMutability, inputs, outputs, name }: AbiFunction): boolean {
  if (stateMutability !== "view" && stateMutability !== "pure") return false;
  const [output] = outputs;
  const isPlain = outputs.length === 1 && output !== undefined && /^(u?int\d*|address|bool|string)$/.test(output.type);
  return isPlain && inputs.length === 0 && !STATE.has(name);
}

function isAddressGetter({ outputs }: AbiFunction): boolean {
  return outputs[0]?.type === "address";
}

async function readGetter({ client }: DescribedChain, address: Address, getter: AbiFunction): Promise<string> {
  const read = client.readContract({ address, abi: [getter], functionName: getter.name });
  return scalar.parse(await chainCall(getter.name, read));
}

function toParameter(
  { addresses }: DescribedChain,
  { name, value, isAddress }: { readonly name: string; readonly value: string; readonly isAddress: boolean },
): ModuleParameter {
  if (!isAddress) return { name, kind: /_(MAX|MIN)$/.test(name) ? "bound" : "parameter", value };
  const at = value.toLowerCase();
  const module = LAYER_ORDER.find((one) => addresses[one] === at);
  return { name, kind: "neighbour", value: at, ...(module && { module }) };
}

async function readListed(
  { client, addresses }: DescribedChain,
  module: LayerContract,
): Promise<{ readonly version: number; readonly address: Address } | undefined> {
  const title = moduleNameOf(module);
  if (title === undefined || addresses.modules === undefined) return undefined;
  const list = { address: addresses.modules, abi: modulesAbi } as const;
  const args = [stringToHex(title, { size: 32 })] as const;
  const version = await chainCall("versions", client.readContract({ ...list, functionName: "versions", args }));
  if (version === 0) return undefined;
  const [latest] = await chainCall("latest", client.readContract({ ...list, functionName: "latest", args }));
  return { version, address: parseAddress(latest) };
}
