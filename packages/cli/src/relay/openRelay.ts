import { readFile } from "node:fs/promises";
import {
  createSender,
  type LayerCrossing,
  type Link,
  type LinkEnd,
  openCrossings,
  openEntry,
  openLinkEnd,
  parseLinks,
} from "@cortensor/chain";
import {
  type CrosserParts,
  CrossingBook,
  createQuorumCarrier,
  LinkBook,
  type LinkCarrier,
  logRpcs,
  type RelayerConfig,
} from "@cortensor/node";
import type { Logger } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import type { Env } from "../commandContext.js";
import { findDeployPlace } from "../deploy/deployPlace.js";

/** What a relayer works on. */
export type OpenedRelay = {
  readonly carriers: readonly LinkCarrier[];
  readonly crossings: CrosserParts["crossings"];
};

type Sender = ReturnType<typeof createSender>;

/** The ways of a file and those of a profile's layers, which guards carry; and the crossings of that profile, whatever carries them. */
export async function openRelay(
  config: RelayerConfig,
  of: { readonly env: Env; readonly home: string; readonly log: Logger; readonly isOnce: boolean },
): Promise<OpenedRelay> {
  const { log, isOnce } = of;
  const { finalityBlocks } = config;
  if (config.linksPath === undefined && config.profile === undefined) {
    throw new CliError({ code: "CLI_USAGE", problem: "it has nothing to relay: give --links or --profile" });
  }
  const { crossings, entries } = await readCrossings(config.profile, of);
  const links: readonly Link[] = [
    ...(await readLinks(config.linksPath, log)),
    ...[...crossings, ...entries]
      .filter(({ isQuorum }) => isQuorum)
      .flatMap(({ parent, child }) => [
        { src: parent, dst: child },
        { src: child, dst: parent },
      ]),
  ];
  const senderAt = openSenders(config);
  return {
    carriers: links.map((link) => {
      const book = new LinkBook({ link, finalityBlocks, log });
      return createQuorumCarrier({ book, sender: senderAt(link.dst), finalityBlocks });
    }),
    crossings: crossings.map((crossing) => ({
      // One look sees all of it, or nothing would.
      book: new CrossingBook({ crossing, finalityBlocks, ...(isOnce && { nodesPerLook: Number.MAX_SAFE_INTEGER }) }),
      payers: { parent: senderAt(crossing.parent), child: senderAt(crossing.child) },
    })),
  };
}

/** One sender for each chain: two of one key would take the same nonces. */
function openSenders(config: RelayerConfig): (end: LinkEnd) => Sender {
  const senders = new Map<number, Sender>();
  return ({ client, chainId }) => {
    const sender = senders.get(chainId) ?? createSender({ client, chainId, privateKey: config.key.expose() });
    senders.set(chainId, sender);
    return sender;
  };
}

async function readCrossings(
  named: string | undefined,
  { env, home, log }: { readonly env: Env; readonly home: string; readonly log: Logger },
): Promise<{
  readonly crossings: readonly LayerCrossing[];
  readonly entries: readonly Pick<LayerCrossing, "parent" | "child" | "isQuorum">[];
}> {
  if (named === undefined) return { crossings: [], entries: [] };
  const { profile } = await findDeployPlace(home, named);
  const watch = { env, ...logRpcs(log) };
  const entry = openEntry(profile, watch);
  return { crossings: openCrossings(profile, watch), entries: entry === undefined ? [] : [entry] };
}

async function readLinks(file: string | undefined, log: Logger): Promise<readonly Link[]> {
  if (file === undefined) return [];
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  });
  return parseLinks(text).map(({ src, dst }) => ({
    src: openLinkEnd(src, logRpcs(log)),
    dst: openLinkEnd(dst, logRpcs(log)),
  }));
}
