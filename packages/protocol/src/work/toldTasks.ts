import type { Bytes32 } from "../primitives.js";
import type { WorkRecord } from "./workRecord.js";

/** Tasks that began and that ended, as work records tell, each once whatever lane tells of it: what a virtual block counts. */
export function toldTasks(records: readonly Pick<WorkRecord, "begun" | "ended">[]): {
  readonly opened: readonly Bytes32[];
  readonly closed: readonly Bytes32[];
} {
  const opened = new Set<Bytes32>();
  const closed = new Set<Bytes32>();
  for (const { begun, ended } of records) {
    for (const id of begun) opened.add(id);
    for (const { id, hasBegun } of ended) {
      if (hasBegun) opened.add(id);
      closed.add(id);
    }
  }
  return { opened: [...opened], closed: [...closed] };
}
