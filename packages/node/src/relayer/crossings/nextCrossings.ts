import type { AnchorRef } from "@cortensor/chain";
import { type Address, cutOffOf, type EpochTimes, MESSAGE_BATCH_MAX, type UnixSeconds } from "@cortensor/protocol";

/** Roots that `AnchorSender` takes at once. */
export const ANCHOR_REFS_MAX = 128;
/** Transactions of one kind in an epoch: what remains is the next one's. */
export const CROSSING_ACTS_MAX = 4;
/** From so many on, stakes are shown by one block's word and a proof of each: the L1 is dearer than the layer below. */
export const STAKES_PROVED_MIN = 3;
/** Longer than any messenger takes, a week of challenge and its bridge included: what hasn't arrived by then is told anew. */
export const LOST_SECONDS = 1_814_400;

/** How far what stands on one chain is told on the other. */
export type Telling =
  /** No message says it. */
  | { readonly kind: "untold" }
  | { readonly kind: "underWay"; readonly sentAt: UnixSeconds }
  | { readonly kind: "arrived" };

/** What the last block that was reported shows of a stake. */
export type StakeShown =
  /** Nothing: none was reported, or before the stake changed. */
  | "nothing"
  /** It, once the layer below knows the block. */
  | "soon"
  | "now"
  /** The RPC hasn't the block's state any more, or the stake is nothing, which no proof shows. */
  | "never";

/** What both chains of a crossing say. */
export type CrossingView = {
  /** Chain time on the layer below. */
  readonly now: UnixSeconds;
  readonly times: EpochTimes;
  readonly nodes: readonly { readonly signer: Address; readonly telling: Telling }[];
  readonly stakes: readonly { readonly operator: Address; readonly telling: Telling; readonly shown: StakeShown }[];
  /** Attested roots that aren't on the L1. */
  readonly roots: readonly { readonly ref: AnchorRef; readonly telling: Telling }[];
};

/** One transaction, which anyone may send. */
export type CrossingAct =
  | { readonly kind: "reportNodes"; readonly signers: readonly Address[] }
  | { readonly kind: "syncStake"; readonly operator: Address }
  | { readonly kind: "reportBlock" }
  | { readonly kind: "proveStake"; readonly operator: Address }
  | { readonly kind: "sendAnchor"; readonly refs: readonly AnchorRef[] };

/**
 * What to send over a crossing: nothing that a message says already, in batches. Of each kind at most `CROSSING_ACTS_MAX` transactions, and none of a kind that was tried
 * in this epoch (`tried`). Roots of an epoch go together, once no more of it can be posted.
 */
export function nextCrossings(view: CrossingView, tried: ReadonlySet<CrossingAct["kind"]>): readonly CrossingAct[] {
  const { now, times } = view;
  const signers = view.nodes.filter(({ telling }) => isDue(telling, now)).map(({ signer }) => signer);
  const refs = view.roots
    .filter(({ ref, telling }) => isDue(telling, now) && now >= cutOffOf(times, ref.epoch + 1))
    .map(({ ref }) => ref)
    .sort((one, two) => one.epoch - two.epoch);
  const acts: readonly CrossingAct[] = [
    ...batchesOf(signers, MESSAGE_BATCH_MAX).map((some) => ({ kind: "reportNodes", signers: some }) as const),
    ...stakeActs(view),
    ...batchesOf(refs, ANCHOR_REFS_MAX).map((some) => ({ kind: "sendAnchor", refs: some }) as const),
  ];
  const counts = new Map<CrossingAct["kind"], number>();
  return acts.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= CROSSING_ACTS_MAX && !tried.has(kind);
  });
}

/** Epoch of the layer below by which tries are counted. */
export function crossingEpoch({ now, times }: Pick<CrossingView, "now" | "times">): number {
  return Math.floor((now - times.t0) / times.epochSeconds);
}

function stakeActs({ stakes, now }: CrossingView): readonly CrossingAct[] {
  const due = stakes.filter(({ telling }) => isDue(telling, now));
  const sync = (some: typeof due) => some.map(({ operator }): CrossingAct => ({ kind: "syncStake", operator }));
  // What a block shows already needs no message, however few they are.
  const shown = (what: StakeShown) => due.filter((one) => one.shown === what);
  const proofs = shown("now").map(({ operator }): CrossingAct => ({ kind: "proveStake", operator }));
  const unshown = shown("nothing");
  const byBlock = unshown.length >= STAKES_PROVED_MIN;
  return [...proofs, ...(byBlock ? [{ kind: "reportBlock" } as const] : sync(unshown)), ...sync(shown("never"))];
}

function isDue(telling: Telling, now: UnixSeconds): boolean {
  if (telling.kind === "underWay") return now >= telling.sentAt + LOST_SECONDS;
  return telling.kind === "untold";
}

function batchesOf<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, index) =>
    items.slice(index * most, (index + 1) * most),
  );
}
