import {
  decodeWorkRecord,
  hasCode,
  provenWork,
  publishedWork,
  registryDomain,
  type WorkRecord,
} from "@cortensor/protocol";
import type { CutOffs } from "./cutOffs.js";
import type { FetchSet } from "./fetchSet.js";
import type { GuardChain, WorkPosted } from "./guardChain.js";

/** Work records of these epochs, as far as they weren't condemned up to a block. */
export type WorkRange = {
  readonly fromEpoch: number;
  readonly epoch: number;
  /** What was condemned later is still there. */
  readonly condemnedTo: number;
};

export type WorkParts = {
  readonly chain: Pick<GuardChain, "chainId" | "registry" | "readWorkRecords" | "readCondemnedWork">;
  readonly cutOffs: Pick<CutOffs, "rangeOf" | "lastBlockOf">;
  readonly fetchSet: FetchSet;
  readonly signal: AbortSignal;
};

/**
 * The records that lanes posted among those of a range of epochs, in the order of the chain, with the true words of miners alone. Undefined while one can't be fetched. A
 * record that was condemned for it, bytes that are none, and one of another chain, lane, epoch or root than was posted tell of nothing, for everybody alike.
 */
export async function readWork(range: WorkRange, parts: WorkParts): Promise<readonly WorkRecord[] | undefined> {
  const { chain, fetchSet, signal } = parts;
  const posted = await listWork(range, parts);
  if (posted.length === 0) return [];
  const condemned = new Set((await chain.readCondemnedWork(range.condemnedTo)).map(workName));
  const domain = registryDomain({ chainId: chain.chainId, registry: chain.registry });
  const records: WorkRecord[] = [];
  for (const posting of posted) {
    if (condemned.has(workName(posting))) continue;
    const bytes = await fetchSet({ lane: posting.lane, setCid: posting.recordCid }, signal);
    if (bytes === undefined) return undefined;
    const record = decodeOwn(bytes, posting, chain.chainId);
    if (record !== undefined) records.push(provenWork(record, domain));
  }
  return records;
}

/** What was posted among the records of a range of epochs. */
export async function listWork(
  { fromEpoch, epoch }: Pick<WorkRange, "fromEpoch" | "epoch">,
  { chain, cutOffs }: Pick<WorkParts, "chain" | "cutOffs">,
): Promise<readonly WorkPosted[]> {
  const last = await cutOffs.lastBlockOf(epoch);
  if (last === undefined) return [];
  return chain.readWorkRecords(await cutOffs.rangeOf(Math.max(0, fromEpoch), last.number));
}

/** Names one lane's record of one epoch. */
export function workName({ lane, epoch }: Pick<WorkPosted, "lane" | "epoch">): string {
  return `${lane} ${epoch}`;
}

function decodeOwn(bytes: Uint8Array, posting: WorkPosted, chainId: number): WorkRecord | undefined {
  try {
    const record = decodeWorkRecord(bytes);
    const isOwn = record.chainId === chainId && record.lane === posting.lane && record.epoch === posting.epoch;
    return isOwn && publishedWork(bytes).recordRoot === posting.recordRoot ? record : undefined;
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}
