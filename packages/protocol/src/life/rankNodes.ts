import { ProtocolError } from "../errors.js";
import type { Address, UnixSeconds } from "../primitives.js";

/** What is published of a node, and all that its rank depends on. */
export type RankedFigures = {
  readonly node: Address;
  readonly level: number;
  /** Of an epoch's reputation root, in millionths. */
  readonly reputationPpm: number;
  /** Tasks of clients and of the network that it delivered, and that weren't found wrong. */
  readonly delivered: number;
  /** Since when it has the level. */
  readonly levelSinceSeconds: UnixSeconds;
};

export type RankedNode = RankedFigures & {
  /** 1 is first; no two have one rank. */
  readonly rank: number;
};

/**
 * The ranking: by level, then reputation, then delivered tasks, more before less; then who has its level for longer; then the lower address. So it's one
 * order for everybody, and the order of listing doesn't matter. Throws PROTOCOL_OUT_OF_RANGE for a figure that can't be, or a node listed twice.
 */
export function rankNodes(published: readonly RankedFigures[]): readonly RankedNode[] {
  const seen = new Set<Address>();
  for (const figures of published) {
    if (seen.has(figures.node)) refuse("node", "listed twice");
    seen.add(figures.node);
    for (const [field, value] of Object.entries(figures)) {
      if (typeof value === "number" && (!Number.isSafeInteger(value) || value < 0)) refuse(field, String(value));
    }
  }
  return [...published].sort(compare).map((figures, index) => ({ ...figures, rank: index + 1 }));
}

function compare(left: RankedFigures, right: RankedFigures): number {
  return (
    right.level - left.level ||
    right.reputationPpm - left.reputationPpm ||
    right.delivered - left.delivered ||
    left.levelSinceSeconds - right.levelSinceSeconds ||
    (left.node < right.node ? -1 : 1)
  );
}

function refuse(field: string, value: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value, range: "whole numbers, each node once" });
}
