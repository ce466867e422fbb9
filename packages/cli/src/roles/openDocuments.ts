import { badHostOf, type ContentNode, fetchHosted, parseCid, parseHostedReference } from "@cortensor/data";
import { createFetchDocuments, type FetchDocuments, type MinerConfig } from "@cortensor/node";
import type { HostedDocument } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";

export type OpenDocumentsParts = {
  readonly config: Pick<MinerConfig, "hostedHosts" | "allowsHostedLoopback">;
  /** By which documents are read that go by a CID. */
  readonly node: Pick<ContentNode, "get"> | undefined;
};

/** What fetches the documents that clients host: of listed hosts alone, and by CID where there is a node of content. */
export function openDocuments({ config, node }: OpenDocumentsParts): FetchDocuments {
  const policy = { hosts: config.hostedHosts, allowsLoopback: config.allowsHostedLoopback };
  const bad = badHostOf(policy);
  if (bad !== undefined) {
    const expected = "host or host:port in lower case, comma-separated, at most 256";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: `MINER_HOSTED_HOSTS: ${bad}`, expected });
  }
  const content = node === undefined ? {} : { content: contentOf(node) };
  return createFetchDocuments((document, signal) =>
    fetchHosted(referenceOf(document), { policy, clock: systemClock, signal, ...content }),
  );
}

const contentOf = (node: Pick<ContentNode, "get">) => (cid: string, signal: AbortSignal) =>
  node.get(parseCid(cid), { signal });

function referenceOf({ place, sha256, bytes }: HostedDocument) {
  return parseHostedReference(place.kind === "url" ? { url: place.url, sha256, bytes } : { cid: place.cid, bytes });
}
