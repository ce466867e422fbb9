import { parseBytes32 } from "@cortensor/protocol";
import { type Cid, cidOfDigest, NODE_CODEC, withCodec } from "./contentCid.js";
import { COLLECT_ROUNDS_MAX, GRACE_SECONDS, SWEPT_AT_ONCE } from "./contentLimits.js";
import { eachPin, isLive, isPinned, type Pin, pinsAfter } from "./contentPins.js";
import type { ContentStore } from "./contentStore.js";

/** What a collection did. `busy`: so much was pinned meanwhile that it gave up; what it removed by then was garbage. */
export type Collected = {
  readonly kind: "collected" | "busy";
  readonly blocks: number;
  readonly bytes: number;
  readonly pins: number;
};

/**
 * Removes pins that have run out, and then every block that no live pin reaches and that is older than the grace. Blocks go in small
 * transactions, each of which looks again at what may have been put or pinned since: what somebody pins at the same time, in this
 * process or another, stays whole. A crash at any point leaves garbage at most.
 */
export async function collectContent(
  store: ContentStore,
  { nowSeconds, graceSeconds = GRACE_SECONDS }: { readonly nowSeconds: number; readonly graceSeconds?: number },
): Promise<Collected> {
  const pins = await removeExpired(store, nowSeconds);
  let blocks = 0;
  let bytes = 0;
  for (let round = 0; round < COLLECT_ROUNDS_MAX; round += 1) {
    const marked = markPinned(store, nowSeconds);
    const swept = await sweep(store, { ...marked, nowSeconds, graceSeconds });
    blocks += swept.blocks;
    bytes += swept.bytes;
    if (swept.isDone) {
      await store.flushed();
      return { kind: "collected", blocks, bytes, pins };
    }
  }
  return { kind: "busy", blocks, bytes, pins };
}

/** The digests that live pins reach through objects of several blocks, and the state of pinning that they are of. */
type Marked = { readonly pinning: number; readonly digests: ReadonlySet<string> };

/** Objects of one raw block aren't marked: whether a pin is on them is looked up, so that a million small objects take no memory. */
function markPinned(store: ContentStore, nowSeconds: number): Marked {
  const pinning = store.counters.get("pinning") ?? 0;
  const digests = new Set<string>();
  let last: string | undefined;
  for (const pin of eachPin(store)) {
    if (pin.root === last || !isLive(pin.untilSeconds, nowSeconds)) continue;
    last = pin.root;
    for (const digest of store.objects.get(pin.root)?.blocks ?? []) digests.add(digest);
  }
  return { pinning, digests };
}

async function removeExpired(store: ContentStore, nowSeconds: number): Promise<number> {
  let removed = 0;
  let last: Pin | undefined;
  for (;;) {
    const some = pinsAfter(store, last, SWEPT_AT_ONCE);
    last = some.at(-1);
    if (last === undefined) return removed;
    const expired = some.filter(({ untilSeconds }) => !isLive(untilSeconds, nowSeconds));
    if (expired.length === 0) continue;
    removed += await store.transaction(() => expired.filter((pin) => removeIfExpired(store, pin, nowSeconds)).length);
  }
}

function removeIfExpired(store: ContentStore, { root, kind, owner }: Pin, nowSeconds: number): boolean {
  const key = `${root}/${kind}/${owner}`;
  const now = store.pins.get(key);
  if (now === undefined || isLive(now.untilSeconds, nowSeconds)) return false;
  void store.pins.remove(key);
  return true;
}

type Sweep = Marked & { readonly nowSeconds: number; readonly graceSeconds: number };

async function sweep(
  store: ContentStore,
  of: Sweep,
): Promise<{ readonly isDone: boolean; readonly blocks: number; readonly bytes: number }> {
  let after = "";
  let blocks = 0;
  let bytes = 0;
  for (;;) {
    const keys = [...store.entries.getKeys({ start: `${after}\u0000`, limit: SWEPT_AT_ONCE })];
    const last = keys.at(-1);
    if (last === undefined) return { isDone: true, blocks, bytes };
    const swept = await store.transaction(() => sweepWithin(store, keys, of));
    if (swept === undefined) return { isDone: false, blocks, bytes };
    blocks += swept.blocks;
    bytes += swept.bytes;
    after = last;
  }
}

/** Undefined when something was pinned since the marks were made. */
function sweepWithin(
  store: ContentStore,
  keys: readonly string[],
  { pinning, digests, nowSeconds, graceSeconds }: Sweep,
): { readonly blocks: number; readonly bytes: number } | undefined {
  if ((store.counters.get("pinning") ?? 0) !== pinning) return undefined;
  let blocks = 0;
  let bytes = 0;
  for (const key of keys) {
    const entry = store.entries.get(key);
    if (entry === undefined || entry.atSeconds + graceSeconds > nowSeconds || digests.has(key)) continue;
    const cid = cidOfDigest(parseBytes32(key));
    if (isPinned(store, cid, nowSeconds)) continue;
    store.removeWithin(key);
    forgetObject(store, cid);
    blocks += 1;
    bytes += entry.bytes;
  }
  return { blocks, bytes };
}

/** What was known of an object whose root goes: it is read anew should the root come back. */
function forgetObject(store: ContentStore, cid: Cid): void {
  for (const root of [cid.toString(), withCodec(cid, NODE_CODEC).toString()]) {
    const object = store.objects.get(root);
    if (object === undefined) continue;
    void store.objects.remove(root);
    if (object.sha256 !== undefined && store.wholes.get(object.sha256) === root)
      void store.wholes.remove(object.sha256);
    if (object.name !== undefined && store.names.get(object.name) === root) void store.names.remove(object.name);
  }
}
