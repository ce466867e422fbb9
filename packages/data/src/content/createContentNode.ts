import { mkdir } from "node:fs/promises";
import type { Clock, Logger } from "@cortensor/runtime";
import type { PeerId } from "@libp2p/interface";
import { BlockFinder } from "./blockFinder.js";
import { ContentNode } from "./contentNode.js";
import { ContentStore } from "./contentStore.js";
import { Exchange } from "./exchange.js";
import type { BlockSource } from "./fetchHedged.js";
import { type ContentRoute, httpSources } from "./httpSources.js";
import type { KuboClient } from "./kuboClient.js";
import { type ContentName, NameExchange } from "./nameExchange.js";
import { PeerBook, parsePeers } from "./peerBook.js";

export type ContentNodeParts = {
  /** Where blocks, pins and the node's key among peers lie. */
  readonly folder: string;
  /** The chain's time: pins and the grace go by it. */
  readonly nowSeconds: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  /** libp2p addresses to listen at, loopback as `/ip4/127.0.0.1/tcp/0`. None: it asks, and nobody reaches it. */
  readonly listen?: readonly string[];
  /** Peers to ask, as `/ip4/…/tcp/…/p2p/<id>`. Nobody else is looked for. */
  readonly peers?: readonly string[];
  /** Asks peers that it learns of, though it neither listens nor was told of any. */
  readonly asks?: boolean;
  /** Lets only those peers connect. */
  readonly onlyPeers?: boolean;
  /** Asked after the peers. */
  readonly routes?: readonly ContentRoute[];
  /** Asked last. */
  readonly kubo?: KuboClient;
  /** Bytes of blocks that the store may hold. */
  readonly bytesMax?: number;
  readonly hedgeMs?: number;
  /** Time for one block from one source. */
  readonly timeoutMs?: number;
};

/**
 * Opens a folder's content and starts its exchange. Blocks come from its own store, then peers, then HTTP routes, then Kubo; each is
 * checked. Throws CONTENT_BAD_PEER and CONTENT_SERVICE for addresses that are none.
 */
export async function createContentNode(parts: ContentNodeParts): Promise<ContentNode> {
  const { folder, clock, log, nowSeconds, hedgeMs, timeoutMs } = parts;
  const known = new Set(parsePeers(parts.peers ?? []).map(({ id }) => id.toString()));
  const behind: readonly BlockSource[] = [
    ...httpSources(parts.routes ?? []),
    ...(parts.kubo === undefined ? [] : [parts.kubo.source]),
  ];
  await mkdir(folder, { recursive: true });
  const store = new ContentStore(folder, parts.bytesMax === undefined ? {} : { bytesMax: parts.bytesMax });
  let near: () => readonly BlockSource[] = () => [];
  const finder = new BlockFinder({
    store,
    sources: () => [...near(), ...behind],
    nowSeconds,
    clock,
    log,
    ...(hedgeMs === undefined ? {} : { hedgeMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const listen = parts.listen ?? [];
  if (listen.length === 0 && known.size === 0 && parts.asks !== true) {
    return new ContentNode({ store, finder, nowSeconds, libp2p: undefined, exchange: undefined, among: undefined });
  }
  const mayConnect = (peer: PeerId) => known.has(peer.toString());
  // Loaded where it is used: most processes have no peers, and it takes a fifth of a second.
  const { startPeer } = await import("./startPeer.js");
  const libp2p = await startPeer({ folder, listen, ...(parts.onlyPeers === true ? { mayConnect } : {}) });
  const peers = new PeerBook({ libp2p, clock, peers: parts.peers ?? [] });
  const onLie = (peer: PeerId): void => {
    log.warn("Peer sent what it wasn't asked for", { peer: peer.toString() });
    peers.bench(peer);
  };
  const exchange = new Exchange({ libp2p, readBlock: (cid) => finder.own(cid), onLie, log });
  await exchange.start();
  near = () => peers.sources(exchange);
  const answer = ({ kind, name }: ContentName, peer: PeerId): string | undefined => {
    if (kind === "sha256") return store.wholes.get(name);
    // Who learns such a name reads what may be a client's words: strangers don't.
    return known.has(peer.toString()) ? store.names.get(`${kind}/${name}`) : undefined;
  };
  const names = new NameExchange({ libp2p, answer, log });
  await names.start();
  return new ContentNode({ store, finder, nowSeconds, libp2p, exchange, among: { peers, names } });
}
