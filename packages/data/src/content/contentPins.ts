import { type Cid, digestOf } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { OWNER_CHARS_MAX, PINS_PER_OBJECT_MAX } from "./contentLimits.js";
import type { ContentStore, ObjectEntry, PinEntry } from "./contentStore.js";
import { type DatumKind, isDatumKind } from "./storageMap.js";

/** Whose pin it is, and for what kind of datum. One owner holds one pin of a kind on an object. */
export type PinName = { readonly owner: string; readonly kind: DatumKind };
/** A pin on an object. `untilSeconds` is chain time; undefined holds until it is taken away. */
export type Pin = PinName & { readonly root: string; readonly untilSeconds: number | undefined };

/** What came of a pin: `missing` names blocks that aren't there (any more). */
export type PinOutcome = { readonly kind: "pinned" } | { readonly kind: "missing"; readonly blocks: number };

/**
 * Pins an object, whose blocks are all there when it says so. A pin that is there already only grows longer. Throws CONTENT_BAD_PIN for
 * an owner that is no name, or an object with too many pins.
 */
export async function addPin(
  store: ContentStore,
  request: {
    readonly root: Cid;
    readonly name: PinName;
    readonly untilSeconds: number | undefined;
    readonly nowSeconds: number;
    readonly object: ObjectEntry;
  },
): Promise<PinOutcome> {
  const { root, name, untilSeconds, nowSeconds, object } = request;
  checkOwner(name.owner);
  const key = pinKey(root.toString(), name);
  const outcome = await store.transaction((): PinOutcome | "tooMany" => {
    const blocks = object.blocks.filter((digest) => !store.entries.doesExist(digest)).length;
    if (blocks > 0) return { kind: "missing", blocks };
    const had = store.pins.get(key);
    if (had === undefined && pinsOf(store, root).length >= PINS_PER_OBJECT_MAX) return "tooMany";
    void store.objects.put(root.toString(), { ...store.objects.get(root.toString()), ...object });
    void store.pins.put(key, { untilSeconds: later(had, untilSeconds), atSeconds: nowSeconds });
    void store.counters.put("pinning", (store.counters.get("pinning") ?? 0) + 1);
    return { kind: "pinned" };
  });
  if (outcome === "tooMany") {
    throw new ContentError({ code: "CONTENT_BAD_PIN", problem: `more than ${PINS_PER_OBJECT_MAX} pins of one object` });
  }
  await store.flushed();
  return outcome;
}

/** The next pins in the order of their roots, after one or from the first. Nothing is held open between two calls. */
export function pinsAfter(store: ContentStore, after: Pin | undefined, most: number): readonly Pin[] {
  const found: Pin[] = [];
  const start = after === undefined ? {} : { start: `${pinKey(after.root, after)}\u0000` };
  for (const pin of toPins(store.pins.getRange({ ...start, limit: most }))) found.push(pin);
  return found;
}

/** Takes a pin away. False where there was none. */
export async function removePin(store: ContentStore, root: Cid, name: PinName): Promise<boolean> {
  const key = pinKey(root.toString(), name);
  const had = await store.transaction(() => {
    const was = store.pins.doesExist(key);
    if (was) void store.pins.remove(key);
    return was;
  });
  await store.flushed();
  return had;
}

/** All pins of an object, also such as have run out and weren't collected yet. */
export function pinsOf(store: ContentStore, root: Cid): readonly Pin[] {
  return [...eachPin(store, `${root.toString()}/`)];
}

/** Whether a pin on exactly this block holds. */
export function isPinned(store: ContentStore, root: Cid, nowSeconds: number): boolean {
  return pinsOf(store, root).some((pin) => isLive(pin.untilSeconds, nowSeconds));
}

/** A pin holds through its last second. */
export function isLive(untilSeconds: number | undefined | null, nowSeconds: number): boolean {
  return untilSeconds === undefined || untilSeconds === null || untilSeconds >= nowSeconds;
}

/** An object's entry, as a walk over it finds it. */
export function objectEntry(bytes: number, blocks: readonly Cid[], sha256?: string): ObjectEntry {
  const digests = [...new Set(blocks.map(digestOf))];
  return { bytes, blocks: digests, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** Pins in the order of their roots, all or those whose key begins so. Nothing may be awaited between two of them. */
export function eachPin(store: ContentStore, prefix = ""): Generator<Pin> {
  return toPins(store.pins.getRange(prefix === "" ? {} : { start: prefix, end: `${prefix}\uffff` }));
}

function* toPins(entries: Iterable<{ readonly key: string; readonly value: PinEntry }>): Generator<Pin> {
  for (const { key, value } of entries) {
    const [root = "", kind = "", ...owner] = key.split("/");
    if (!isDatumKind(kind)) continue;
    yield { root, kind, owner: owner.join("/"), untilSeconds: value.untilSeconds ?? undefined };
  }
}

function later(had: { readonly untilSeconds: number | null } | undefined, until: number | undefined): number | null {
  if (until === undefined || had?.untilSeconds === null) return null;
  return Math.max(until, had?.untilSeconds ?? 0);
}

function pinKey(root: string, { owner, kind }: PinName): string {
  return `${root}/${kind}/${owner}`;
}

function checkOwner(owner: string): void {
  if (owner.length > 0 && owner.length <= OWNER_CHARS_MAX && /^[\x21-\x7e]+$/.test(owner)) return;
  const problem = `an owner is 1 to ${OWNER_CHARS_MAX} printable characters without spaces`;
  throw new ContentError({ code: "CONTENT_BAD_PIN", problem });
}
