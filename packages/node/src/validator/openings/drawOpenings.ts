import { type Address, type Bytes32, drawOpenings } from "@cortensor/protocol";
import type { DutySource } from "../dutySource.js";
import type { TaskToCheck } from "../fetchDutyEvidence.js";

/** Whom an epoch's tasks were drawn for, by id as the results root has it. */
export type DrawnOpenings = {
  readonly validators: ReadonlyMap<Bytes32, Address>;
  readonly tasks: ReadonlyMap<Bytes32, TaskToCheck>;
};

/** Epochs whose draws are remembered. */
const KEPT = 4;

/** Recomputes whom the beacon behind an epoch drew for its tasks. Undefined while nobody can say: no results root, no beacon, or a set that isn't shown. */
export function createDrawOpenings(parts: {
  readonly source: Pick<DutySource, "drawnFrom">;
  /** As seeds take it. */
  readonly readBeacon: (epoch: number) => Promise<Bytes32 | undefined>;
}): (epoch: number, signal: AbortSignal) => Promise<DrawnOpenings | undefined> {
  const known = new Map<number, DrawnOpenings>();
  return async (epoch, signal) => {
    const remembered = known.get(epoch);
    if (remembered !== undefined) return remembered;
    const beacon = await parts.readBeacon(epoch + 1);
    if (beacon === undefined) return undefined;
    const drawn = await parts.source.drawnFrom(epoch, signal);
    if (drawn.kind !== "tasks") return undefined;
    const validators = drawOpenings({ ...drawn, openingBeacon: beacon });
    const openings = { validators, tasks: drawn.settled };
    known.set(epoch, openings);
    for (const first of known.keys()) if (known.size > KEPT) known.delete(first);
    return openings;
  };
}
