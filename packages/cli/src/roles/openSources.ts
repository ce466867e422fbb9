import { readFile } from "node:fs/promises";
import {
  type ChainSender,
  type ChainWriter,
  connectSolana,
  createSender,
  type Link,
  openLinkEnd,
  openVault,
  parseLinks,
  parseProfile,
  parseSolanaKey,
  readHomeLinks,
} from "@cortensor/chain";
import {
  createOutboxSource,
  createSolanaSource,
  DepositBook,
  type GuardChain,
  type GuardConfig,
  LinkBook,
  logRpcs,
  type RootSource,
} from "@cortensor/node";
import { guardsDomain, type UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { CliError } from "../cliError.js";

type SourceParts = {
  readonly config: GuardConfig;
  readonly chain: GuardChain;
  /** Sends on the guards' own chain: one for a key. */
  readonly writer: ChainWriter;
  readonly log: Logger;
  readonly nowSeconds: () => UnixSeconds;
};

/** What a guard signs of other chains: the link to home, where guards carry it, and what its settings name. */
export async function openSources(parts: SourceParts): Promise<readonly RootSource[]> {
  return [...(await openOutboxes(parts)), ...(await openDeposits(parts))];
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
