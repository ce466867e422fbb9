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
  grants: address,
  compliance: address,
  pause: address,
  verifiers: address,
});

const networkProfile = z.strictObject({
  name: z.string().min(1).max(64),
  chainId: z.int().positive(),
  rpcUrls: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(RPC_URLS_MAX),
  addresses: networkAddresses,
  epochSeconds: z.int().positive(),
  t0: z.int().nonnegative(),
  treasury: address.optional(),
  isPrivate: z.literal(true).optional(),
  deployBlock: z.string().regex(/^\d+$/).transform(BigInt),
});

/** Where each contract of a network lives. Lower case. */
export type NetworkAddresses = Readonly<z.output<typeof networkAddresses>>;

/** Everything a node or a client needs to know of a network: `networks/<name>.json`. */
export type NetworkProfile = {
  readonly name: string;
  readonly chainId: number;
  /** The first that is healthy serves, for as long as it is. */
  readonly rpcUrls: readonly string[];
  readonly addresses: NetworkAddresses;
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
 * Parses a profile from JSON (a string or what `JSON.parse` gave), strictly: an unknown field is an error.
 * Throws CHAIN_BAD_PROFILE with each field at fault.
 */
export function parseProfile(source: unknown): NetworkProfile {
  const parsed = networkProfile.safeParse(typeof source === "string" ? parseJson(source) : source);
  if (parsed.success) {
    const { treasury, isPrivate, ...rest } = parsed.data;
    return { ...rest, ...(treasury && { treasury }), ...(isPrivate && { isPrivate }) };
  }
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues: ["not JSON"] }, { cause: error });
  }
}

/** Writes a profile as JSON that `parseProfile` reads back. `deployBlock` is a decimal string. */
export function formatProfile(profile: NetworkProfile): string {
  return `${JSON.stringify({ ...profile, deployBlock: profile.deployBlock.toString() }, undefined, 2)}\n`;
}
