import {
  type Address,
  BATCH_LEAVES_MAX,
  type Batch,
  type BatchProof,
  type Bytes32,
  type Eip712Domain,
  hashBatch,
  leafHash,
  merkleTree,
  type SignedBatch,
  typedDataDigest,
  type WholeMerkleTree,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { BatchNotice } from "@cortensor/wire";
import type { NodeSigner } from "./createIdentity.js";

/**
 * From a batch's first leaf to its signature. Longer than the least of 250 ms: router and miner together then stay within one
 * secp256k1 operation per hundred requests at 1,000 a second, and a receipt still has 100 ms to become durable.
 */
export const BATCH_DELAY_MS = 400;

export type Leaf = {
  readonly structHash: Bytes32;
  /** Of leaves with one key only the latest stands: a task's later word contains its earlier ones. */
  readonly key?: string;
  /** Whose `BatchNotice` it goes into. */
  readonly peer?: Address;
  /** Called when it is signed; never when a later leaf took its place. */
  readonly onProof?: (proof: BatchProof) => void;
};

/** Collects the leaves of one signer and signs them as Merkle batches. */
export type LeafBatcher = {
  add(leaf: Leaf): void;
  /** Adds a leaf and resolves with its proof. */
  prove(leaf: Omit<Leaf, "key" | "onProof">): Promise<BatchProof>;
  /** Leaves that wait. */
  pending(): number;
  /** Signs what waits, now. */
  flush(): void;
  /** Signs what waits and resolves when no timer is left. Later leaves are signed at once. */
  close(): Promise<void>;
};

export type LeafBatcherParts = {
  readonly signer: NodeSigner;
  /** The Registry's domain. */
  readonly domain: Eip712Domain;
  readonly clock: Clock;
  readonly log: Logger;
  /** Each peer's leaves of a batch, once it is signed. */
  readonly onNotice?: (peer: Address, notice: BatchNotice) => void;
  /** Default `BATCH_DELAY_MS`. */
  readonly delayMs?: number;
  /** Sequence of the first batch. Default: milliseconds since 1970, so that it grows over restarts. */
  readonly firstSequence?: number;
};

export function createLeafBatcher(parts: LeafBatcherParts): LeafBatcher {
  const { clock, log, delayMs = BATCH_DELAY_MS } = parts;
  let sequence = parts.firstSequence ?? clock.nowMs();
  let waiting = new Map<string, Leaf>();
  let unnamed = 0;
  let timer: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  let isClosed = false;

  const flush = (): void => {
    timer?.stop.abort();
    timer = undefined;
    if (waiting.size === 0) return;
    const leaves = [...waiting.values()];
    waiting = new Map();
    const signed = signLeaves(parts, leaves, sequence);
    sequence += 1;
    tell(parts, signed, log);
  };

  const report = (signal: AbortSignal, error: unknown): void => {
    if (!signal.aborted) log.error("A batch could not be signed", {}, error);
  };

  const schedule = (): void => {
    if (timer !== undefined) return;
    const stop = new AbortController();
    const done = clock.sleep(delayMs, stop.signal).then(flush);
    timer = { stop, done: done.catch((error: unknown) => report(stop.signal, error)) };
  };

  const add = (leaf: Leaf): void => {
    unnamed += 1;
    waiting.set(leaf.key ?? `#${unnamed}`, leaf);
    if (isClosed || waiting.size >= BATCH_LEAVES_MAX) flush();
    else schedule();
  };

  return {
    add,
    prove: (leaf) => new Promise((resolve) => add({ ...leaf, onProof: resolve })),
    pending: () => waiting.size,
    flush,
    close: async () => {
      isClosed = true;
      const last = timer?.done;
      flush();
      await last;
    },
  };
}

type SignedLeaves = {
  readonly signed: SignedBatch;
  /** Each peer's side by side. */
  readonly leaves: readonly Leaf[];
  readonly hashes: readonly Bytes32[];
  readonly tree: WholeMerkleTree;
};

function signLeaves({ signer, domain }: LeafBatcherParts, waiting: readonly Leaf[], sequence: number): SignedLeaves {
  const leaves = [...byPeer(waiting).values()].flat();
  const hashes = leaves.map((leaf) => leafHash(leaf.structHash));
  const tree = merkleTree(hashes);
  const batch: Batch = { root: tree.root, count: leaves.length, sequence };
  const signature = signer.sign(typedDataDigest(domain, hashBatch(batch)));
  return { signed: { batch, signer: signer.address, signature }, leaves, hashes, tree };
}

function byPeer(leaves: readonly Leaf[]): ReadonlyMap<Address | undefined, readonly Leaf[]> {
  const groups = new Map<Address | undefined, Leaf[]>();
  for (const leaf of leaves) {
    const group = groups.get(leaf.peer);
    if (group === undefined) groups.set(leaf.peer, [leaf]);
    else group.push(leaf);
  }
  return groups;
}

/**
 * Notices to the peers first, so that whatever else is told of a leaf finds it known; then proofs to those who wait. One listener
 * that throws doesn't keep the others from hearing.
 */
function tell({ onNotice }: LeafBatcherParts, { signed, leaves, hashes, tree }: SignedLeaves, log: Logger): void {
  for (let from = 0, to = 0; from < leaves.length; from = to) {
    const peer = leaves[from]?.peer;
    while (to < leaves.length && leaves[to]?.peer === peer) to += 1;
    if (peer === undefined || onNotice === undefined) continue;
    const notice = { signed, from, leaves: hashes.slice(from, to), siblings: tree.siblingsOf(from, to) };
    attempt(log, () => onNotice(peer, notice));
  }
  for (const [index, { onProof }] of leaves.entries()) {
    if (onProof !== undefined) attempt(log, () => onProof({ ...signed, path: tree.pathOf(index) }));
  }
}

function attempt(log: Logger, run: () => void): void {
  try {
    run();
  } catch (error) {
    log.error("A listener of signed batches failed", {}, error);
  }
}
