import { hasCode } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { Libp2p, PeerId } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { ContentError } from "./contentError.js";
import { DIAL_MS, LIAR_MS, NAME_PEERS_MAX, PEERS_ASKED_MAX, PEERS_MAX, REDIAL_MS } from "./contentLimits.js";
import type { Exchange } from "./exchange.js";
import type { BlockSource } from "./fetchHedged.js";

type KnownPeer = {
  readonly id: PeerId;
  readonly addresses: Multiaddr[];
  /** It wasn't reached lately: asked only where nobody else can be. */
  awayUntilMs: number;
  /** It lied: not asked at all. */
  benchedUntilMs: number;
};

/** Whom a node may ask: the peers it was told of, by address and identity. Those that lied are left alone for a while. */
export class PeerBook {
  readonly #parts: { readonly libp2p: Libp2p; readonly clock: Clock };
  readonly #peers = new Map<string, KnownPeer>();
  readonly #dialling = new Map<string, Promise<unknown>>();

  /** Throws CONTENT_BAD_PEER for an address that is none, or that doesn't name its peer. */
  constructor(parts: { readonly libp2p: Libp2p; readonly clock: Clock; readonly peers: readonly string[] }) {
    this.#parts = parts;
    for (const { id, address } of parsePeers(parts.peers)) {
      const known = this.#peers.get(id.toString()) ?? { id, addresses: [], awayUntilMs: 0, benchedUntilMs: 0 };
      known.addresses.push(address);
      this.#peers.set(id.toString(), known);
    }
  }

  /**
   * Peers that others tell of: asked as those it was started with. Where one is told of again, its addresses are these. What can't be read,
   * and more than may be kept, is passed over: it is strangers' word.
   */
  learn(peers: readonly string[]): void {
    const fresh = new Map<string, Multiaddr[]>();
    for (const peer of peers.slice(0, PEERS_MAX)) {
      const one = readPeer(peer);
      if (one === undefined || one.id.equals(this.#parts.libp2p.peerId)) continue;
      const key = one.id.toString();
      fresh.set(key, [...(fresh.get(key) ?? []), one.address]);
    }
    for (const [key, addresses] of fresh) {
      const known = this.#peers.get(key);
      if (known !== undefined) known.addresses.splice(0, known.addresses.length, ...addresses);
      else if (this.#peers.size < PEERS_MAX) {
        this.#peers.set(key, { id: peerIdFromString(key), addresses, awayUntilMs: 0, benchedUntilMs: 0 });
      }
    }
  }

  /** Left alone from now on: it sent what it wasn't asked for. Its connection ends. */
  bench(peer: PeerId): void {
    const known = this.#peers.get(peer.toString());
    if (known !== undefined) known.benchedUntilMs = this.#parts.clock.nowMs() + LIAR_MS;
    void this.#parts.libp2p.hangUp(peer).catch(() => undefined);
  }

  /** Peers to ask for one block: those least busy, at most a few. */
  sources(exchange: Exchange): readonly BlockSource[] {
    return this.#there()
      .map((peer) => ({ peer, open: exchange.openAsks(peer.id), isNear: this.#isConnected(peer) }))
      .sort((left, right) => Number(right.isNear) - Number(left.isNear) || left.open - right.open)
      .slice(0, PEERS_ASKED_MAX)
      .map(({ peer }) => ({
        name: `peer ${peer.id.toString()}`,
        fetch: async (cid, signal) => {
          await this.#connect(peer);
          signal.throwIfAborted();
          return exchange.ask(peer.id, cid, signal);
        },
      }));
  }

  /** Peers to ask for one name, at most a few: those connected first. */
  near(): readonly { readonly id: PeerId; readonly connect: () => Promise<void> }[] {
    return [...this.#there()]
      .sort((left, right) => Number(this.#isConnected(right)) - Number(this.#isConnected(left)))
      .slice(0, NAME_PEERS_MAX)
      .map((peer) => ({ id: peer.id, connect: () => this.#connect(peer) }));
  }

  /** Those that didn't lie, and that could be reached lately where there are any. */
  #there(): readonly KnownPeer[] {
    const nowMs = this.#parts.clock.nowMs();
    const honest = [...this.#peers.values()].filter(({ benchedUntilMs }) => benchedUntilMs <= nowMs);
    const there = honest.filter(({ awayUntilMs }) => awayUntilMs <= nowMs);
    return there.length > 0 ? there : honest;
  }

  #isConnected({ id }: KnownPeer): boolean {
    return this.#parts.libp2p.getConnections(id).length > 0;
  }

  /** One dial at a time for each peer, whoever waits for it. */
  async #connect(peer: KnownPeer): Promise<void> {
    if (this.#isConnected(peer)) return;
    const key = peer.id.toString();
    const { libp2p, clock } = this.#parts;
    const dialling =
      this.#dialling.get(key) ??
      libp2p
        .dial(peer.addresses, { signal: AbortSignal.timeout(DIAL_MS) })
        .catch((error: unknown) => {
          peer.awayUntilMs = Math.max(peer.awayUntilMs, clock.nowMs() + REDIAL_MS);
          throw error;
        })
        .finally(() => this.#dialling.delete(key));
    this.#dialling.set(key, dialling);
    await dialling;
  }
}

/** Undefined for what is no address of a peer. */
function readPeer(peer: string): ReturnType<typeof parsePeers>[number] | undefined {
  try {
    return parsePeers([peer])[0];
  } catch (error) {
    if (hasCode(error, "CONTENT_BAD_PEER")) return undefined;
    throw error;
  }
}

/** Peers' addresses, each with whom it names. Throws CONTENT_BAD_PEER. */
export function parsePeers(peers: readonly string[]): readonly { readonly id: PeerId; readonly address: Multiaddr }[] {
  if (peers.length > PEERS_MAX) {
    throw new ContentError({ code: "CONTENT_BAD_PEER", peer: "", problem: `more than ${PEERS_MAX} peers` });
  }
  return peers.map((peer) => {
    const shown = peer.slice(0, 200);
    try {
      const address = multiaddr(peer);
      const id = address.getPeerId();
      if (id !== null) return { id: peerIdFromString(id), address };
    } catch (cause) {
      throw new ContentError({ code: "CONTENT_BAD_PEER", peer: shown, problem: "malformed" }, { cause });
    }
    throw new ContentError({ code: "CONTENT_BAD_PEER", peer: shown, problem: "doesn't name its peer: …/p2p/<id>" });
  });
}
