import type { NetworkProfile } from "@cortensor/chain";
import type { UnixSeconds, VirtualBlock } from "@cortensor/protocol";
import { createReadPublicRecords, type PublicRecords } from "./publicRecords.js";
import { openPublicWork, type PublicWork } from "./publicWork.js";
import type { ReadSet } from "./readSets.js";
import { createReadSettledTasks, type SettledTasks } from "./settledTasks.js";

/**
 * What audits read, for as many epochs as one likes: what one of them has read or made, the next goes on from. So a range of epochs costs little more than its last. Its chain is that of
 * the moment when it is first asked.
 */
export type PublicData = {
  readonly profile: NetworkProfile;
  readonly readSet: ReadSet;
  readonly signal: AbortSignal;
  readonly work: PublicWork;
  /** Virtual blocks that were made, by their epoch. */
  readonly blocks: Map<number, VirtualBlock>;
  readRecords(beforeSeconds: UnixSeconds): Promise<PublicRecords>;
  readSettled(beforeSeconds: UnixSeconds): Promise<SettledTasks>;
};

export function openPublicData(
  profile: NetworkProfile,
  sources: { readonly readSet: ReadSet; readonly signal: AbortSignal },
): PublicData {
  const { readSet } = sources;
  return {
    ...{ profile, ...sources },
    work: openPublicWork(profile, sources),
    blocks: new Map(),
    readRecords: createReadPublicRecords(profile, readSet),
    readSettled: createReadSettledTasks(profile, readSet),
  };
}
