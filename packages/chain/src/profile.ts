import type { Address } from "@cortensor/protocol";
import { z } from "zod";
import { ChainError } from "./chainError.js";

/** RPC URLs of one chain. Each is looked at every few seconds. More than this is a configuration mistake. */
const RPC_URLS_MAX = 8;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be a 20-byte address")
  .transform((text) => text.toLowerCase() as Address);

const networkAddresses = z.strictObject({
  modules: address,
  cor: address,
  messenger: address,
  stakeVault: address,
  stakeView: address,
  registry: address,
  sessions: address,
  royalty: address,
  setChallenges: address,
  sessionPayment: address,
  routerBond: address,
  bondClaims: address,
  rates: address,
  nodeLevels: address,
  guardSets: address,
  attestations: address,
  beacons: address,
  workRecords: address,
  duties: address,
  dutyPay: address,
  nodeWeights: address,
  nodePool: address,
  networkTasks: address,
  juries: address,
  stakeSlasher: address,
  sessionQueue: address,
  inferenceOracle: address,
  prekeys: address,
  onboarding: address,
  grants: address,
  compliance: address,
  pause: address,
  verifiers: address,
});

/** Stand where COR, nodes and stake have their home, and nowhere else. */
export const HOME_ONLY = ["verifiers", "stakeVault", "stakeSlasher"] as const;
/** Everywhere at home, whichever chain that is. */
const AT_HOME = [
  ...(["modules", "cor", "messenger", "compliance", "pause", "registry"] as const),
  ...HOME_ONLY,
] as const;
/** At home where that is a chain of its own: what tells the serving layer of nodes, and moves COR there. */
const OWN_HOME = ["registryReporter", "corVault"] as const;
export const HOME_CONTRACTS: readonly (keyof HomeContracts)[] = [...AT_HOME, ...OWN_HOME];
/** Not every home of its own has them. */
export const HOME_EXTRAS: readonly (keyof HomeContracts)[] = ["blockReporter", "guardSets", "anchors", "networkState"];

const homeContracts = z.strictObject({
  modules: address,
  cor: address,
  messenger: address,
  compliance: address,
  pause: address,
  registry: address,
  verifiers: address,
  stakeVault: address,
  stakeSlasher: address,
  registryReporter: address,
  corVault: address,
  blockReporter: address.exactOptional(),
  guardSets: address.exactOptional(),
  anchors: address.exactOptional(),
  networkState: address.exactOptional(),
});

const chainId = z.int().positive();
const rpcUrls = z
  .array(z.url({ protocol: /^https?$/ }))
  .min(1)
  .max(RPC_URLS_MAX);

const deployBlock = z.string().regex(/^\d+$/).transform(BigInt);

const networkProfile = z.strictObject({
  name: z.string().min(1).max(64),
  chainId,
  rpcUrls,
  addresses: networkAddresses.extend({
    verifiers: address.exactOptional(),
    stakeVault: address.exactOptional(),
    stakeSlasher: address.exactOptional(),
  }),
  home: z
    .strictObject({ chainId, rpcUrls, contracts: homeContracts, deployBlock: deployBlock.exactOptional() })
    .optional(),
  epochSeconds: z.int().positive(),
  t0: z.int().nonnegative(),
  treasury: address.optional(),
  isPrivate: z.literal(true).optional(),
  deployBlock,
});

/** Where each contract of a network on one chain lives. Lower case. */
export type NetworkAddresses = Readonly<z.output<typeof networkAddresses>>;

/** Where the contracts live among which nodes work and clients pay. What has its home elsewhere isn't among them. */
export type ServingAddresses = Omit<NetworkAddresses, (typeof HOME_ONLY)[number]> & {
  readonly [Name in (typeof HOME_ONLY)[number]]?: Address;
};

/** What stands on a home that is a chain of its own. */
type HomeContracts = Readonly<z.output<typeof homeContracts>>;

/** What stands at home, and beside it what joins a home of its own to the serving layer. */
export type HomeAddresses = Pick<NetworkAddresses, (typeof AT_HOME)[number]> & {
  /** Tells the serving layer of nodes. Absent where they work on the chain on which they registered. */
  readonly registryReporter?: Address;
  readonly corVault?: Address;
  readonly blockReporter?: Address;
  readonly guardSets?: Address;
  readonly anchors?: Address;
  readonly networkState?: Address;
};

/** Everything a node or a client needs to know of a network: `networks/<name>.json`. */
export type NetworkProfile = {
  readonly name: string;
  /** The serving layer's: where sessions, payment, attestations, disputes and duties are. */
  readonly chainId: number;
  /** The first that is healthy serves, for as long as it is. */
  readonly rpcUrls: readonly string[];
  readonly addresses: ServingAddresses;
  /** Where COR, nodes and stake have their home, if that is another chain. `homeOf` says it for either. */
  readonly home?: {
    readonly chainId: number;
    readonly rpcUrls: readonly string[];
    readonly contracts: HomeContracts;
    /** First block there with a contract of the network; the chain's first unless said. */
    readonly deployBlock?: bigint;
  };
  /** Length of an epoch in seconds of chain time. */
  readonly epochSeconds: number;
  /** Chain time in seconds at which epoch 0 began. */
  readonly t0: number;
  /** Who has the shares of a fee whose receivers have no address yet. Without it each operator keeps them. */
  readonly treasury?: Address;
  /** A private network: the contract under `compliance` is its gate (`PrivateNetwork`), and each session is sealed and its members'. */
  readonly isPrivate?: true;
  /** First block with a contract of the network: where log scans begin. */
  readonly deployBlock: bigint;
};

/**
 * Parses a profile from JSON (a string or what `JSON.parse` gave), strictly: an unknown field is an error, and so is a home that
 * contradicts the rest. Throws CHAIN_BAD_PROFILE with each field at fault.
 */
export function parseProfile(source: unknown): NetworkProfile {
  const parsed = networkProfile.safeParse(typeof source === "string" ? parseJson(source) : source);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
  }
  const { treasury, isPrivate, home, ...rest } = parsed.data;
  const issues = homeFaults(parsed.data);
  if (issues.length > 0) throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
  return {
    ...rest,
    ...(home && { home }),
    ...(treasury && { treasury }),
    ...(isPrivate && { isPrivate }),
  };
}

/** Where the two halves of a profile contradict each other, in sentences. */
function homeFaults({ chainId, addresses, home }: z.output<typeof networkProfile>): readonly string[] {
  if (home === undefined)
    return HOME_ONLY.filter((name) => addresses[name] === undefined).map(
      (name) => `addresses.${name}: is missing, and there is no home where it could be`,
    );
  const both = HOME_ONLY.filter((name) => addresses[name] !== undefined);
  return [
    ...(home.chainId === chainId ? [`home.chainId: ${chainId} is the serving layer's own chain`] : []),
    ...both.map((name) => `addresses.${name}: stands at home, on chain ${home.chainId}, and nowhere else`),
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues: ["not JSON"] }, { cause: error });
  }
}

/** Writes a profile as JSON that `parseProfile` reads back. Blocks are decimal strings. */
export function formatProfile(profile: NetworkProfile): string {
  const text = JSON.stringify(
    profile,
    (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
  return `${text}\n`;
}
