import {
  badHostOf,
  type ContentNode,
  createContentNode,
  fetchHosted,
  parseCid,
  parseHostedReference,
} from "@cortensor/data";
import { createFetchDocuments, type FetchDocuments, type MinerConfig } from "@cortensor/node";
import type { HostedDocument } from "@cortensor/protocol";
import { type Logger, type Shutdown, systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";

export type OpenDocumentsParts = {
  readonly config: Pick<MinerConfig, "hostedHosts" | "allowsHostedLoopback" | "contentFolder" | "contentPeers">;
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

/** What fetches the documents that clients host: of listed hosts alone, and by CID where there is a folder of content. */
export async function openDocuments({ config, log, shutdown }: OpenDocumentsParts): Promise<FetchDocuments> {
  const policy = { hosts: config.hostedHosts, allowsLoopback: config.allowsHostedLoopback };
  const bad = badHostOf(policy);
  if (bad !== undefined) {
    const expected = "host or host:port in lower case, comma-separated, at most 256";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: `MINER_HOSTED_HOSTS: ${bad}`, expected });
  }
  const node = await openContent({ config, log, shutdown });
  const content = node === undefined ? {} : { content: contentOf(node) };
  return createFetchDocuments((document, signal) =>
    fetchHosted(referenceOf(document), { policy, clock: systemClock, signal, ...content }),
  );
}

const contentOf = (node: ContentNode) => (cid: string, signal: AbortSignal) => node.get(parseCid(cid), { signal });

function referenceOf({ place, sha256, bytes }: HostedDocument) {
  return parseHostedReference(place.kind === "url" ? { url: place.url, sha256, bytes } : { cid: place.cid, bytes });
}

async function openContent({ config, log, shutdown }: OpenDocumentsParts): Promise<ContentNode | undefined> {
  const { contentFolder: folder, contentPeers: peers } = config;
  if (folder === undefined) return undefined;
  const nowSeconds = () => Math.floor(systemClock.nowMs() / 1_000);
  const node = await createContentNode({ folder, peers, nowSeconds, clock: systemClock, log });
  shutdown.add("content", () => node.stop());
  return node;
}
