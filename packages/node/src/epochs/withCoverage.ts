import type { EpochView } from "@cortensor/api";
import type { EpochFacts } from "./readEpoch.js";

/**
 * Says of each epoch from which one on its virtual block covers. An epoch has one of its own when its checkpoint was posted, and is covered
 * by the next otherwise. `facts` are of epochs that follow each other, the last one first.
 */
export function withCoverage(facts: readonly EpochFacts[]): readonly EpochView[] {
  return facts.map((own, index) => {
    if (!hasCheckpoint(own)) return own;
    const before = facts.slice(index + 1).find(hasCheckpoint);
    const isWhole = before !== undefined || facts.at(-1)?.epoch === 0;
    return isWhole ? { ...own, coversFrom: before === undefined ? 0 : before.epoch + 1 } : own;
  });
}

function hasCheckpoint({ roots }: EpochFacts): boolean {
  return roots.some(({ kind }) => kind === "checkpoint");
}
