import { type Address, type Hex, parseAddress } from "@cortensor/protocol";
import { type AbiFunction, stringToHex } from "viem";
import { z } from "zod";
import { ChainError, chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { CONTRACT_ABIS } from "./contractAbis.js";
import { readCodeHash } from "./deployContracts.js";
import { type ContractName, DEPLOY_ORDER, MODULE_NAMES } from "./deploySteps.js";
import { modulesAbi } from "./generated/Modules.js";
import { MODULE_POWERS, type Power } from "./modulePowers.js";

export type ModuleParameter = {
  readonly name: string;
  readonly kind: "parameter" | "bound" | "neighbour";
  readonly value: string;
  /** Of a neighbour: its name in the profile, where it is a contract of the network. */
  readonly module?: ContractName;
};

export type ModuleDescription = {
  readonly module: ContractName;
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
  "currentEpoch",
  "disputeCount",
  "firstEpoch",
  "lastFixed",
  "mirrorCount",
  "nextEpoch",
  "nodeCount",
  "nonce",
  "openFromEpoch",
  "pendingOwner",
  "proposedSlasher",
  "rate",
  "requestCount",
  "sessionCount",
  "slasherHoldsFrom",
  "totalSupply",
]);
const ROLES: ReadonlySet<string> = new Set(["owner", "poster"]);

const scalar = z.union([z.bigint(), z.number(), z.string(), z.boolean()]).transform(String);

/** Every module of a network, as its chain shows it. Throws CHAIN_NO_CONTRACT for one that isn't there. */
export async function describeNetwork(chain: ChainReader): Promise<readonly ModuleDescription[]> {
  const modules: ModuleDescription[] = [];
  for (const module of DEPLOY_ORDER) modules.push(await describeModule(chain, module));
  return modules;
}

async function describeModule(chain: ChainReader, module: ContractName): Promise<ModuleDescription> {
  const { contract, abi } = CONTRACT_ABIS[module];
  const address = chain.profile.addresses[module];
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
    powers: (MODULE_POWERS[module] ?? []).map((power) => {
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

async function readGetter({ client }: ChainReader, address: Address, getter: AbiFunction): Promise<string> {
  const read = client.readContract({ address, abi: [getter], functionName: getter.name });
  return scalar.parse(await chainCall(getter.name, read));
}

function toParameter(
  { profile }: ChainReader,
  { name, value, isAddress }: { readonly name: string; readonly value: string; readonly isAddress: boolean },
): ModuleParameter {
  if (!isAddress) return { name, kind: /_(MAX|MIN)$/.test(name) ? "bound" : "parameter", value };
  const at = value.toLowerCase();
  const module = DEPLOY_ORDER.find((one) => profile.addresses[one] === at);
  return { name, kind: "neighbour", value: at, ...(module && { module }) };
}

async function readListed(
  { client, profile }: ChainReader,
  module: ContractName,
): Promise<{ readonly version: number; readonly address: Address } | undefined> {
  if (module === "modules") return undefined;
  const list = { address: profile.addresses.modules, abi: modulesAbi } as const;
  const args = [stringToHex(MODULE_NAMES[module], { size: 32 })] as const;
  const version = await chainCall("versions", client.readContract({ ...list, functionName: "versions", args }));
  if (version === 0) return undefined;
  const [latest] = await chainCall("latest", client.readContract({ ...list, functionName: "latest", args }));
  return { version, address: parseAddress(latest) };
}
