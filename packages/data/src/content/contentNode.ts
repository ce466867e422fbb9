import { type Bytes32, bytesToHex, hasCode } from "@cortensor/protocol";
import type { Libp2p } from "@libp2p/interface";
import type { BlockFinder, FinderCounts } from "./blockFinder.js";
import { type CarBlock, readCar, writeCar } from "./carFile.js";
import { type Collected, collectContent } from "./collectContent.js";
import { type Cid, cidOfDigest, digestOf, parseCid as parseRoot, sha256Of } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { NAME_MS, NAME_ROOTS_MAX, READS_MAX, SWEPT_AT_ONCE } from "./contentLimits.js";
import { addPin, objectEntry, type Pin, type PinName, pinsAfter, pinsOf, removePin } from "./contentPins.js";
import type { ContentStore, ObjectEntry, StoreSize } from "./contentStore.js";
import { type CutObject, cutObject } from "./cutObject.js";
import type { Exchange } from "./exchange.js";
import { Gate } from "./gate.js";
import type { ContentName, NameExchange } from "./nameExchange.js";
import type { PeerBook } from "./peerBook.js";
import { type DatumKind, mayPublish, type Privacy } from "./storageMap.js";
import { readObject, walkObject } from "./walkObject.js";

/** What is put: a kind of datum, at a session's privacy, in the form that its bytes have; whose it is, and until when it is kept. */
export type Datum = {
  readonly kind: DatumKind;
  readonly privacy: Privacy;
  readonly form: "plain" | "ciphertext";
  readonly owner: string;
  /** Chain seconds; undefined until it is taken away. */
  readonly untilSeconds: number | undefined;
  /** What it goes by beside its CID. Peers that were named to the node may be told of it; others may not. */
  readonly name?: Bytes32;
};

export type ContentStat = StoreSize &
  FinderCounts & {
    readonly pins: number;
    readonly peers: number;
    readonly peerId: string | undefined;
    readonly addresses: readonly string[];
  };

export type ContentNodeInner = {
  readonly store: ContentStore;
  readonly finder: BlockFinder;
  /** All undefined where a node neither listens nor has peers. */
  readonly libp2p: Libp2p | undefined;
  readonly exchange: Exchange | undefined;
  readonly among:
    | { readonly peers: Pick<PeerBook, "learn" | "near">; readonly names: Pick<NameExchange, "ask" | "stop"> }
    | undefined;
  readonly nowSeconds: () => number;
};

/** Most bytes that are read of one object, and until when. */
export type ReadWithin = { readonly bytesMax: number; readonly signal: AbortSignal };

/** What goes by a name, and whether it was put here under it. */
export type NamedBytes = { readonly bytes: Uint8Array; readonly isOwn: boolean };

/** Times a pin is tried where blocks vanish under it. */
const PIN_TRIES = 3;

/**
 * Objects by their CIDs: kept in a folder, pinned, given to peers and fetched from them. What it gives is what the CID names, whoever it
 * came from. Chain time comes from outside.
 */
export class ContentNode {
  readonly #inner: ContentNodeInner;
  readonly #reads = new Gate(READS_MAX);

  constructor(inner: ContentNodeInner) {
    this.#inner = inner;
  }

  /** Cuts, keeps and pins bytes as they come. On the disk when it resolves. Throws CONTENT_FORBIDDEN where the storage map has no place for them. */
  async put(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, datum: Datum): Promise<CutObject> {
    checkPlace(datum);
    const { store } = this.#inner;
    const object = await cutObject(source, (cid, block) => store.put(cid, block, this.#inner.nowSeconds()));
    const named = datum.name === undefined ? undefined : `${datum.kind}/${datum.name}`;
    const entry = {
      ...objectEntry(object.bytes, object.blocks, object.sha256),
      ...(named === undefined ? {} : { name: named }),
    };
    if (object.blocks.length > 1)
      await store.transaction(() => void store.wholes.put(object.sha256, object.cid.toString()));
    if (named !== undefined) await store.transaction(() => void store.names.put(named, object.cid.toString()));
    await this.#keepPin(object.cid, entry, datum);
    return object;
  }

  /** An object's bytes in order, each block fetched where it is. Throws what `walkObject` and the finder throw. */
  async *get(root: Cid, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    const leave = await this.#reads.enter();
    try {
      yield* readObject(root, (cid) => this.#inner.finder.find(cid, signal));
    } finally {
      leave();
    }
  }

  /** The root of what chains name by the SHA-256 of all its bytes: put here, or else small enough to be one block. */
  rootOf(sha256: Bytes32): Cid {
    const root = this.#inner.store.wholes.get(sha256);
    const object = root === undefined ? undefined : this.#inner.store.objects.get(root);
    return root === undefined || object === undefined ? cidOfDigest(sha256) : parseRoot(root);
  }

  /**
   * All bytes of what chains name by their SHA-256, checked against it; undefined where nobody has them, or they are more than `bytesMax`.
   * What is larger than one block has a root that its digest doesn't say: peers are asked for it.
   */
  async findWhole(sha256: Bytes32, within: ReadWithin): Promise<Uint8Array | undefined> {
    const own = this.rootOf(sha256);
    const isWhole = (bytes: Uint8Array) => bytesToHex(sha256Of(bytes)) === sha256;
    const found = await this.#readWhole(own, within);
    if (found !== undefined && isWhole(found)) return found;
    for (const root of await this.#askNames({ kind: "sha256", name: sha256 }, within.signal)) {
      const told = root.equals(own) ? undefined : await this.#readWhole(root, within);
      if (told !== undefined && isWhole(told)) return told;
    }
    return undefined;
  }

  /**
   * What goes by a name that isn't its hash: this node's own first, then what peers that know this node say, each object once. Nobody's word
   * counts: whoever asks holds the bytes against the name.
   */
  async *findNamed(name: ContentName & { readonly kind: DatumKind }, within: ReadWithin): AsyncGenerator<NamedBytes> {
    const own = this.#inner.store.names.get(`${name.kind}/${name.name}`);
    const first = own === undefined ? undefined : await this.#readWhole(parseRoot(own), within);
    if (first !== undefined) yield { bytes: first, isOwn: true };
    for (const root of await this.#askNames(name, within.signal)) {
      const found = root.toString() === own ? undefined : await this.#readWhole(root, within);
      if (found !== undefined) yield { bytes: found, isOwn: false };
    }
  }

  /** Whether all of an object is in this node's own store. Looks at no bytes. */
  has(root: Cid): boolean {
    const { store } = this.#inner;
    const blocks = store.objects.get(root.toString())?.blocks ?? [digestOf(root)];
    return blocks.every((digest) => store.entries.doesExist(digest)) && store.has(root);
  }

  /** Pins an object, fetching what of it isn't here. Throws CONTENT_BAD_PIN, and what `get` throws. */
  async pin(
    root: Cid,
    {
      untilSeconds,
      signal,
      ...name
    }: PinName & { readonly untilSeconds: number | undefined; readonly signal: AbortSignal },
  ): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const entry = await this.#survey(root, (cid) => this.#inner.finder.find(cid, signal));
      const outcome = await this.#addPin(root, entry, { ...name, untilSeconds });
      if (outcome.kind === "pinned") return;
      if (tries >= PIN_TRIES) throw new ContentError({ code: "CONTENT_NOT_FOUND", cid: root.toString(), failures: [] });
    }
  }

  /** Takes a pin away. False where there was none. */
  unpin(root: Cid, name: PinName): Promise<boolean> {
    return removePin(this.#inner.store, root, name);
  }

  /** All pins of an object, also such as have run out and weren't collected yet. */
  pinsOf(root: Cid): readonly Pin[] {
    return pinsOf(this.#inner.store, root);
  }

  /** The next pins in the order of their roots, after one or from the first. */
  listPins(most: number, after?: Pin): readonly Pin[] {
    return pinsAfter(this.#inner.store, after, most);
  }

  /** Removes what no live pin reaches and is older than the grace. */
  collect({ graceSeconds }: { readonly graceSeconds?: number } = {}): Promise<Collected> {
    const grace = graceSeconds === undefined ? {} : { graceSeconds };
    return collectContent(this.#inner.store, { nowSeconds: this.#inner.nowSeconds(), ...grace });
  }

  /** Reads all that is pinned, and fetches anew what is corrupt or gone. Gives the roots that can't be made whole. */
  async repair({ signal }: { readonly signal: AbortSignal }): Promise<{ readonly lost: readonly string[] }> {
    const lost: string[] = [];
    let last: Pin | undefined;
    for (;;) {
      const some = this.listPins(SWEPT_AT_ONCE, last);
      const before = last?.root;
      last = some.at(-1);
      if (last === undefined) return { lost };
      for (const root of new Set(some.map((pin) => pin.root))) {
        if (root !== before && !(await this.#isWhole(parseRoot(root), signal))) lost.push(root);
      }
    }
  }

  /** An object as a CAR file. */
  exportCar(root: Cid, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    return writeCar(
      root,
      walkObject(root, (cid) => this.#inner.finder.find(cid, signal)),
    );
  }

  /** Keeps and pins the objects of a CAR file, which must hold them whole and nothing else. Throws what `readCar` throws. */
  async importCar(source: AsyncIterable<Uint8Array>, datum: Datum): Promise<readonly Cid[]> {
    checkPlace(datum);
    const { store, nowSeconds, finder } = this.#inner;
    let roots: readonly Cid[] = [];
    const strays = new Set<string>();
    const keep = async ({ cid, block }: CarBlock) => {
      strays.add(digestOf(cid));
      await store.put(cid, block, nowSeconds());
    };
    for await (const block of readCar(source, (named) => (roots = named))) await keep(block);
    const entries = new Map<Cid, ObjectEntry>();
    const load = async (cid: Cid): Promise<Uint8Array> => {
      const block = await finder.own(cid);
      if (block === undefined) throw notWhole(cid);
      return block;
    };
    for (const root of roots) entries.set(root, await this.#survey(root, load));
    for (const { blocks } of entries.values()) for (const digest of blocks) strays.delete(digest);
    if (strays.size > 0) {
      throw new ContentError({ code: "CONTENT_BAD_CAR", problem: `${strays.size} blocks of none of its roots` });
    }
    for (const [root, entry] of entries) await this.#keepPin(root, entry, datum);
    return roots;
  }

  /** Peers to ask beside those it was started with, as `/ip4/…/p2p/<id>`: what is no such address is passed over. */
  learn(peers: readonly string[]): void {
    this.#inner.among?.peers.learn(peers);
  }

  stat(): ContentStat {
    const { store, finder, libp2p } = this.#inner;
    return {
      ...store.size(),
      ...finder.counts,
      pins: store.pins.getKeysCount(),
      peers: libp2p?.getPeers().length ?? 0,
      peerId: libp2p?.peerId.toString(),
      addresses: libp2p?.getMultiaddrs().map((address) => address.toString()) ?? [],
    };
  }

  async stop(): Promise<void> {
    const { store, finder, libp2p, exchange, among } = this.#inner;
    await finder.stop();
    await among?.names.stop();
    await exchange?.stop();
    await libp2p?.stop();
    await store.close();
  }

  /** All bytes of an object; undefined where nobody has them, or they are too many. */
  async #readWhole(root: Cid, { bytesMax, signal }: ReadWithin): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const part of this.get(root, { signal })) {
        length += part.length;
        if (length > bytesMax) return undefined;
        parts.push(part);
      }
    } catch (error) {
      if (hasCode(error, "CONTENT_NOT_FOUND")) return undefined;
      throw error;
    }
    return Buffer.concat(parts);
  }

  /** The roots that peers know under a name, each once. */
  async #askNames(name: ContentName, signal: AbortSignal): Promise<readonly Cid[]> {
    const { among } = this.#inner;
    if (among === undefined) return [];
    const within = AbortSignal.any([signal, AbortSignal.timeout(NAME_MS)]);
    // A peer that is slow to reach keeps nobody from what another has said.
    const late = new Promise<undefined>((resolve) => {
      within.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    const ask = async ({ id, connect }: ReturnType<typeof among.peers.near>[number]): Promise<Cid | undefined> => {
      await connect();
      return among.names.ask(id, name, within);
    };
    const said = await Promise.all(
      among.peers.near().map((peer) => Promise.race([ask(peer).catch(() => undefined), late])),
    );
    signal.throwIfAborted();
    const roots = new Map(said.flatMap((root) => (root === undefined ? [] : [[root.toString(), root] as const])));
    return [...roots.values()].slice(0, NAME_ROOTS_MAX);
  }

  async #isWhole(root: Cid, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#survey(root, (cid) => this.#inner.finder.find(cid, signal));
      return true;
    } catch (error) {
      if (hasCode(error, "CONTENT_NOT_FOUND")) return false;
      throw error;
    }
  }

  async #survey(root: Cid, load: (cid: Cid) => Promise<Uint8Array>): Promise<ObjectEntry> {
    const blocks: Cid[] = [];
    let bytes = 0;
    for await (const walked of walkObject(root, load)) {
      blocks.push(walked.cid);
      bytes += walked.bytes?.length ?? 0;
    }
    return objectEntry(bytes, blocks);
  }

  async #keepPin(root: Cid, object: ObjectEntry, datum: Datum): Promise<void> {
    const { kind } = await this.#addPin(root, object, datum);
    if (kind === "missing") throw new ContentError({ code: "CONTENT_NOT_FOUND", cid: root.toString(), failures: [] });
  }

  #addPin(root: Cid, object: ObjectEntry, datum: PinName & { readonly untilSeconds: number | undefined }) {
    const { store, nowSeconds } = this.#inner;
    const name = { owner: datum.owner, kind: datum.kind };
    return addPin(store, { root, name, object, untilSeconds: datum.untilSeconds, nowSeconds: nowSeconds() });
  }
}

function checkPlace({ kind, privacy, form }: Datum): void {
  if (!mayPublish(kind, privacy, form)) throw new ContentError({ code: "CONTENT_FORBIDDEN", kind, privacy, form });
}

function notWhole(cid: Cid): ContentError {
  return new ContentError({ code: "CONTENT_BAD_CAR", problem: `not whole: ${cid.toString()} is missing` });
}
