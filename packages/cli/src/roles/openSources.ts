import { readFile } from "node:fs/promises";
import {
  type ChainSender,
  type ChainWriter,
  connectSolana,
  createSender,
  type Link,
  openLinkEnd,
  openVault,
  parseHubPlace,
  parseLinks,
  parseProfile,
  parseSolanaKey,
  readHomeLinks,
  requireHub,
  type SentSolana,
  type SolanaCluster,
} from "@cortensor/chain";
import {
  createFetchSet,
  createOutboxSource,
  createReadSettled,
  createSolanaSource,
  createVerdictSource,
  DepositBook,
  type GuardChain,
  type GuardConfig,
  LinkBook,
  logRpcs,
  type RootSource,
  type SetContent,
} from "@cortensor/node";
import { guardsDomain, type UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import { readKeypair } from "../solana/keypairFile.js";
import { untilConfirmed } from "../solana/untilConfirmed.js";

type SourceParts = {
  readonly config: GuardConfig;
  readonly chain: GuardChain;
  /** Sends on the guards' own chain: one for a key. */
  readonly writer: ChainWriter;
  readonly log: Logger;
  readonly nowSeconds: () => UnixSeconds;
  /** Where settlement sets are found beside routers. */
  readonly content?: SetContent;
  readonly signal: AbortSignal;
};

/** What a guard signs of other chains: the link to home, where guards carry it, and what its settings name. */
export async function openSources(parts: SourceParts): Promise<readonly RootSource[]> {
  return [...(await openOutboxes(parts)), ...(await openDeposits(parts)), ...(await openVerdicts(parts))];
}

async function openOutboxes({ config, writer, log }: SourceParts): Promise<readonly RootSource[]> {
  const { finalityBlocks, signerKey } = config;
  const named = await readLinks(config, log);
  const isNamed = (link: Link) => named.some((one) => isSameWay(one, link));
  const links = [...named, ...(await readHomeLinks(writer)).filter((link) => !isNamed(link))];
  const own = new Map<number, ChainSender>([
    [writer.home.profile.chainId, writer.home],
    [writer.profile.chainId, writer],
  ]);
  return links.map((link) => {
    const { client, chainId } = link.dst;
    const sender = own.get(chainId) ?? createSender({ client, chainId, privateKey: signerKey.expose() });
    own.set(chainId, sender);
    return createOutboxSource({ book: new LinkBook({ link, finalityBlocks, log }), sender });
  });
}

async function readLinks({ linksPath }: GuardConfig, log: Logger): Promise<readonly Link[]> {
  if (linksPath === undefined) return [];
  return parseLinks(await readFile(linksPath, "utf8")).map(({ src, dst }) => ({
    src: openLinkEnd(src, logRpcs(log)),
    dst: openLinkEnd(dst, logRpcs(log)),
  }));
}

function isSameWay(one: Link, other: Link): boolean {
  const ends = (["src", "dst"] as const).map((end) => [one[end], other[end]] as const);
  return ends.every(([a, b]) => a.chainId === b.chainId && a.messenger === b.messenger);
}

async function openDeposits({ config, chain, nowSeconds }: SourceParts): Promise<readonly RootSource[]> {
  const { solanaUrl: url, solanaVault, solanaGenesis, profilePath } = config;
  if (solanaVault === undefined) return [];
  if (url === undefined || solanaGenesis === undefined) {
    throw new CliError({
      code: "CLI_USAGE",
      problem: "GUARD_SOLANA_VAULT needs GUARD_SOLANA_RPC and GUARD_SOLANA_GENESIS",
    });
  }
  const { addresses, chainId } = parseProfile(await readFile(profilePath, "utf8"));
  const genesisHash = parseSolanaKey(solanaGenesis);
  // Anew for each look: an RPC that comes to serve another cluster is refused.
  const connect = () => connectSolana({ url, genesisHash });
  const place = { chainId, network: addresses.sessionPayment };
  const vault = await openVault(await connect(), { vault: parseSolanaKey(solanaVault), ...place });
  const domain = guardsDomain({ chainId, guards: chain.guards });
  return [createSolanaSource({ book: new DepositBook({ vault, connect, chain }), vault, domain, chain, nowSeconds })];
}

async function openVerdicts({
  config,
  chain,
  nowSeconds,
  content,
  signal,
}: SourceParts): Promise<readonly RootSource[]> {
  const { solanaUrl: url, solanaHub: hub, solanaGenesis, solanaProgram: program, solanaKeypair } = config;
  if (hub === undefined) return [];
  if (url === undefined || solanaGenesis === undefined || program === undefined || solanaKeypair === undefined) {
    const needed = "GUARD_SOLANA_RPC, GUARD_SOLANA_GENESIS, GUARD_SOLANA_PROGRAM and GUARD_SOLANA_KEYPAIR";
    throw new CliError({ code: "CLI_USAGE", problem: `GUARD_SOLANA_HUB needs ${needed}` });
  }
  const genesisHash = parseSolanaKey(solanaGenesis);
  const connect = () => connectSolana({ url, genesisHash });
  const domain = guardsDomain({ chainId: chain.chainId, guards: chain.guards });
  const place = parseHubPlace({ program, hub });
  await requireHub(await connect(), place, domain);
  const payer = await readKeypair(solanaKeypair);
  const { setsFolder: folder, finalityBlocks } = config;
  const fetchSet = createFetchSet({
    chain,
    ...(folder === undefined ? {} : { folder }),
    ...(content === undefined ? {} : { content }),
  });
  const readSettled = createReadSettled({ chain, fetchSet, finalityBlocks, signal });
  const confirm = (cluster: SolanaCluster, sent: SentSolana) => untilConfirmed(cluster, sent, signal);
  const read = { place, genesisHash, connect, chain, readSettled, nowSeconds };
  return [createVerdictSource({ ...read, payer, confirm, domain })];
}
