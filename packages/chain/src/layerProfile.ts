import type { Hex } from "@cortensor/protocol";
import { z } from "zod";
import { ChainError } from "./chainError.js";
import { DEPLOY_ORDER } from "./deploySteps.js";
import { layerFaults } from "./layerFaults.js";
import { type LayerContract, LINK_CONTRACTS } from "./layerModules.js";
import { HOME_CONTRACTS, HOME_EXTRAS, HOME_ONLY, type NetworkProfile, parseProfile } from "./profile.js";

/** RPC URLs of one chain, as many as a node's profile takes. */
const RPC_URLS_MAX = 8;
/** Chains of one network: three layers, and whom one onboards from. */
const CHAINS_MAX = 16;
/** A day: with longer epochs nobody would be paid for one. */
const EPOCH_SECONDS_MAX = 86_400;
/** Blocks behind the head that count as final where a chain doesn't say itself: a day of one-second blocks. */
const FINAL_BLOCKS_MAX = 86_400;
/** A year. */
const HOSTED_SECONDS_MAX = 31_536_000;
/** As many as a contract of first guards takes. */
const LINK_GUARDS_MAX = 32;
/** A week, as long as rollups take: whoever waits longer has no link. */
const CHALLENGE_SECONDS_MAX = 604_800;
/** Thirty days: a cap for longer is none. */
const WINDOW_SECONDS_MAX = 2_592_000;

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be 1 to 32 of a-z, 0-9 and -");
const contractName = z.enum(DEPLOY_ORDER);
const layerContract = z.enum([...DEPLOY_ORDER, ...LINK_CONTRACTS]);
const hexOf = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `must be ${bytes} bytes`)
    .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);

/** A URL, or one with `${NAME}` in it, which the environment then gives. */
const rpcUrl = z
  .string()
  .max(2_048)
  .regex(
    /^(https?:\/\/|\$\{[A-Z][A-Z0-9_]{0,63}\})\S*$/,
    "must be http(s), or begin with an environment variable in braces",
  );

const chain = z.strictObject({
  chainId: z.int().positive(),
  kind: z.enum(["ethereum", "anvil", "opStack", "arbitrum", "orbit"]),
  rpcUrls: z.array(rpcUrl).min(1).max(RPC_URLS_MAX),
  /** From when a block counts: the chain's own word, or so many blocks behind its head. */
  finality: z.union([
    z.enum(["latest", "safe", "finalized"]),
    z.strictObject({ blocks: z.int().min(0).max(FINAL_BLOCKS_MAX) }),
  ]),
});

const wei = z
  .string()
  .regex(/^\d{1,28}$/)
  .transform(BigInt);
const accounts = z
  .array(hexOf(20))
  .min(1)
  .max(LINK_GUARDS_MAX)
  .transform((list) => [...list].sort())
  .refine((list) => new Set(list).size === list.length, "two are the same");

const link = z.strictObject({
  from: name,
  to: name,
  messenger: z.enum(["loopback", "opStack", "arbitrum", "quorum"]),
  /** The rollup's own messengers, on the parent and on the child. */
  opStack: z.strictObject({ parent: hexOf(20), child: hexOf(20) }).optional(),
  arbitrum: z.strictObject({ inbox: hexOf(20), gasPriceMaxWei: wei }).optional(),
  quorum: z
    .strictObject({
      /** Who signs until the chain's own guards do. They count alike. */
      firstGuards: accounts,
      /** May take a root out; the deployer unless said. */
      challenger: hexOf(20).optional(),
      challengeSeconds: z.int().min(0).max(CHALLENGE_SECONDS_MAX),
      windowSeconds: z.int().positive().max(WINDOW_SECONDS_MAX),
      /** Most COR that comes in within a window. */
      capWei: wei,
    })
    .optional(),
});

const deployed = z.strictObject({
  t0: z.int().nonnegative(),
  deployBlock: z.string().regex(/^\d{1,20}$/),
  addresses: z.partialRecord(layerContract, hexOf(20)),
  codeHashes: z.partialRecord(layerContract, hexOf(32)),
});

const layerProfile = z.strictObject({
  name,
  /** `executed`: it runs here. `partial`: what needs no other layer does. `compatible`: shaped for it, never executed here. */
  status: z.enum(["executed", "partial", "compatible"]),
  says: z.string().min(1).max(1_000),
  chains: z.record(name, chain).refine((chains) => Object.keys(chains).length <= CHAINS_MAX, "too many chains"),
  /** Which chain each layer is. */
  layers: z.strictObject({ l1: name, l2: name, l3: name.optional(), onboarding: z.array(name).max(CHAINS_MAX) }),
  links: z.array(link).max(CHAINS_MAX),
  /** Which contracts stand on each layer. */
  modules: z.strictObject({
    l1: z.array(contractName),
    l2: z.array(contractName),
    l3: z.array(contractName).optional(),
  }),
  parameters: z.strictObject({
    epochSeconds: z.int().positive().max(EPOCH_SECONDS_MAX),
    guardStakeMinWei: z
      .string()
      .regex(/^\d{1,28}$/)
      .transform(BigInt)
      .optional(),
    hostedSeconds: z.int().min(0).max(HOSTED_SECONDS_MAX).optional(),
  }),
  /** What stands, by chain: written by `cortensor deploy`. */
  deployed: z.record(name, deployed).optional(),
});

/** A network over several chains, or over one: `networks/<name>.json`. */
export type LayerProfile = Readonly<z.output<typeof layerProfile>>;
export type LayerChain = LayerProfile["chains"][string];
export type LayerName = "l1" | "l2" | "l3";

/** Parses strictly. Throws CHAIN_BAD_PROFILE with each field, module and link at fault. */
export function parseLayerProfile(source: unknown): LayerProfile {
  const parsed = layerProfile.safeParse(typeof source === "string" ? parseJson(source) : source);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
  }
  const issues = layerFaults(parsed.data);
  if (issues.length > 0) throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues: ["not JSON"] }, { cause: error });
  }
}

/** JSON that `parseLayerProfile` reads back. Placeholders stay what they are: no secret of the environment gets into a file. */
export function formatLayerProfile(profile: LayerProfile): string {
  const text = JSON.stringify(
    profile,
    (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
  return `${text}\n`;
}

/** A chain's URLs with each `${NAME}` from the environment. Throws CHAIN_BAD_PROFILE, naming what isn't set. */
export function resolveRpcUrls(
  chain: LayerChain,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const missing = new Set<string>();
  const urls = chain.rpcUrls.map((url) =>
    url.replace(/\$\{([A-Z0-9_]+)\}/g, (_whole, variable: string) => {
      const value = env[variable];
      if (value === undefined || value === "") missing.add(variable);
      return value ?? "";
    }),
  );
  if (missing.size === 0) return urls;
  const issues = [...missing].map((variable) => `rpcUrls: ${variable} isn't set in the environment`);
  throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
}

/**
 * What nodes and clients read of a network: the chain that is its L2, and its L1 as home where that is another. Undefined until each
 * contract stands there, so that no node is ever led onto half a network.
 */
export function toNetworkProfile(
  profile: LayerProfile,
  env: Readonly<Record<string, string | undefined>>,
): NetworkProfile | undefined {
  const { l1, l2 } = profile.layers;
  const hasHome = l1 !== l2;
  const serving = standing(profile, l2, hasHome ? SERVING_CONTRACTS : DEPLOY_ORDER);
  const home = hasHome ? standing(profile, l1, HOME_CONTRACTS, HOME_EXTRAS) : undefined;
  if (serving === undefined || (hasHome && home === undefined)) return undefined;
  return parseProfile({
    name: profile.name,
    chainId: serving.chain.chainId,
    rpcUrls: resolveRpcUrls(serving.chain, env),
    addresses: serving.addresses,
    ...(home && {
      home: {
        chainId: home.chain.chainId,
        rpcUrls: resolveRpcUrls(home.chain, env),
        contracts: home.addresses,
        deployBlock: home.deployBlock,
      },
    }),
    epochSeconds: profile.parameters.epochSeconds,
    t0: serving.t0,
    deployBlock: serving.deployBlock,
  });
}

const SERVING_CONTRACTS = DEPLOY_ORDER.filter((name) => !HOME_ONLY.some((one) => one === name));

/** A chain and where contracts stand on it; undefined where one of those needed doesn't. */
function standing(
  { chains, deployed }: LayerProfile,
  key: string,
  needed: readonly LayerContract[],
  extras: readonly LayerContract[] = [],
) {
  const [chain, stands] = [chains[key], deployed?.[key]];
  if (chain === undefined || stands === undefined) return undefined;
  if (needed.some((name) => stands.addresses[name] === undefined)) return undefined;
  const known = [...needed, ...extras].filter((name) => stands.addresses[name] !== undefined);
  const addresses = Object.fromEntries(known.map((name) => [name, stands.addresses[name]]));
  return { chain, addresses, t0: stands.t0, deployBlock: stands.deployBlock };
}
