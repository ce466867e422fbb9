import type { SinkRecord } from "../record/sinkRecord.js";
import type { SinkBatch, SinkHead } from "../sink.js";

export type DeliveryPlan =
  /** Write these; none when all are there. */
  | { readonly kind: "write"; readonly records: readonly SinkRecord[] }
  /** Records before these are missing. */
  | { readonly kind: "gap"; readonly has: number; readonly given: number }
  /** Another record stands under the same number. */
  | { readonly kind: "diverged"; readonly sequence: number };

/** What of a batch a sink still has to write, given the last record that it has. */
export function planDelivery(head: SinkHead | undefined, batch: SinkBatch): DeliveryPlan {
  const has = head?.sequence ?? 0;
  const same = batch.records.find(({ sequence }) => sequence === has);
  if (same && same.taskId !== head?.taskId) return { kind: "diverged", sequence: has };
  const records = batch.records.filter(({ sequence }) => sequence > has);
  const [first] = records;
  if (first && first.sequence !== Math.max(has, batch.goneThrough) + 1)
    return { kind: "gap", has, given: first.sequence };
  return { kind: "write", records };
}
