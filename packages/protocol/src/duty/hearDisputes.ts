import type { DisputeEnding } from "../machine/dispute.js";
import type { Address, Bytes32 } from "../primitives.js";

/** What the chain tells of disputes that pay follows from, in its order. */
export type DisputeNews =
  /** Opened, or a receipt shown that promises more. */
  | { readonly kind: "priced"; readonly number: number; readonly feeWei: bigint }
  /** A validator of the second tier, or a juror, and what it finds; who can't decide says nothing. */
  | { readonly kind: "said"; readonly number: number; readonly judge: Address; readonly isWrong: boolean }
  | {
      readonly kind: "ended";
      readonly number: number;
      /** See `setEntryId`. */
      readonly taskId: Bytes32;
      readonly ending: DisputeEnding;
    };

/** Disputes that aren't over, by number: the fee that was promised, and what who sits has said. Each is there for a bond. */
export type OpenDisputes = ReadonlyMap<number, { readonly feeWei: bigint; readonly words: readonly Word[] }>;

type Word = { readonly judge: Address; readonly isWrong: boolean };

/** A judge that was right, and what its check is worth. */
export type RightJudge = { readonly judge: Address; readonly wei: bigint };

export type HeardDisputes = {
  readonly open: OpenDisputes;
  /** Tasks of which a result was found wrong in the end. */
  readonly upheld: ReadonlySet<Bytes32>;
  readonly judges: readonly RightJudge[];
};

/**
 * What disputes' news comes to. Right is a judge that said something, and nothing but what the end says, in whichever tier: one check, however often it spoke. It has what the duty
 * was worth that led there, and the task's fee at most. Where none did it has nothing: who disputes a friend's work, at no risk to either, brings judges nothing. What no finding ended makes
 * nobody right.
 */
export function hearDisputes(
  before: OpenDisputes,
  of: { readonly news: readonly DisputeNews[]; readonly priceWei: ReadonlyMap<Bytes32, bigint> },
): HeardDisputes {
  const open = new Map(before);
  const upheld = new Set<Bytes32>();
  const judges: RightJudge[] = [];
  for (const one of of.news) {
    const heard = open.get(one.number) ?? { feeWei: 0n, words: [] };
    if (one.kind === "priced") open.set(one.number, { ...heard, feeWei: one.feeWei });
    if (one.kind === "said") open.set(one.number, { ...heard, words: [...heard.words, one] });
    if (one.kind !== "ended") continue;
    open.delete(one.number);
    const isWrong = isFoundWrong(one.ending);
    if (isWrong === undefined) continue;
    if (isWrong) upheld.add(one.taskId);
    const priceWei = of.priceWei.get(one.taskId) ?? 0n;
    const wei = priceWei < heard.feeWei ? priceWei : heard.feeWei;
    if (wei > 0n) judges.push(...rightOf(heard.words, isWrong).map((judge) => ({ judge, wei })));
  }
  return { open, upheld, judges };
}

/** Undefined where nobody found anything. */
function isFoundWrong(ending: DisputeEnding): boolean | undefined {
  if (ending === "cleared") return false;
  return ending === "withheld" || ending === "slashed" ? true : undefined;
}

/** In the order of their first words. */
function rightOf(words: readonly Word[], isWrong: boolean): readonly Address[] {
  const mistaken = new Set(words.filter((word) => word.isWrong !== isWrong).map(({ judge }) => judge));
  return [...new Set(words.map(({ judge }) => judge))].filter((judge) => !mistaken.has(judge));
}
