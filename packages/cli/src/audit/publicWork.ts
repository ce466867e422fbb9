import { Differences } from "@cortensor/books";
import { createChainReader, type NetworkProfile } from "@cortensor/chain";
import {
  CutOffs,
  createDutyBooks,
  createGuardReader,
  createReadDutyPay,
  type DutyBoard,
  type FetchSet,
  listWork,
  PostedEpochs,
  readWork,
} from "@cortensor/node";
import {
  type Bytes32,
  begunOf,
  bytesToHex,
  type DutyPayLeaf,
  decodeWorkRecord,
  hasCode,
  publishedWork,
  type ReputationLeaf,
  sha256Bytes,
  toldTasks,
  type WorkRecord,
} from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { ReadSet } from "./readSets.js";
import { rememberBlocks } from "./rememberBlocks.js";

/** A record as it was posted. */
type Posted = Awaited<ReturnType<typeof listWork>>[number];

/** What work records say, made of by the guards' own modules. */
export type PublicWork = {
  /** Every record that was posted among those of epochs up to one, looked at: what isn't there, or isn't what was posted. */
  check(epoch: number): Promise<Differences>;
  /** Tasks that began and ended by the records of these epochs. Undefined while a record that wasn't condemned by this block is missing. */
  told(range: {
    readonly fromEpoch: number;
    readonly epoch: number;
    readonly condemnedTo: number;
  }): Promise<ReturnType<typeof toldTasks> | undefined>;
  /** All reputations at an epoch's end. Undefined while a record or a set is missing. */
  reputations(epoch: number): Promise<readonly ReputationLeaf[] | undefined>;
  /** What each validator has earned by an epoch's root. Undefined while a set is missing. */
  dutyPay(epoch: number): Promise<readonly DutyPayLeaf[] | undefined>;
  /** Duties, drawn by those reputations. */
  readonly board: DutyBoard;
};

export function openPublicWork(
  profile: NetworkProfile,
  { readSet, signal }: { readonly readSet: ReadSet; readonly signal: AbortSignal },
): PublicWork {
  const chain = rememberBlocks(createGuardReader(createChainReader({ profile }), systemClock));
  const cutOffs = new CutOffs(chain);
  const fetchSet: FetchSet = async ({ setCid }) => {
    const bytes = await readSet(setCid);
    return bytes !== undefined && cidOf(bytes) === setCid ? bytes : undefined;
  };
  const parts = { chain, cutOffs, fetchSet, signal };
  const { board, readReputation } = createDutyBooks({ ...parts, posted: new PostedEpochs(chain) });
  const readDutyPay = createReadDutyPay({ chain, cutOffs, board });
  return {
    board,
    check: async (epoch) => {
      const differences = new Differences();
      const posted = await listWork({ fromEpoch: 0, epoch }, parts);
      const { number } = await chain.readHead();
      const condemned = await chain.readCondemnedWork(number);
      for (const one of posted) {
        if (condemned.some(({ lane, epoch: of }) => lane === one.lane && of === one.epoch)) continue;
        compareRecord(one, { bytes: await readSet(one.recordCid), chainId: profile.chainId, differences });
      }
      return differences;
    },
    told: async (range) => {
      const records = await readWork(range, parts);
      return records && toldTasks(records);
    },
    dutyPay: (epoch) => readDutyPay({ epoch }, signal),
    reputations: async (epoch) => {
      const lastBlock = await cutOffs.lastBlockOf(epoch);
      if (lastBlock === undefined) return [];
      const blocks = await cutOffs.rangeOf(epoch, lastBlock.number);
      return readReputation({ fromEpoch: epoch, epoch, blocks, lastBlock }, signal);
    },
  };
}

function compareRecord(
  posted: Posted,
  of: { readonly bytes: Uint8Array | undefined; readonly chainId: number; readonly differences: Differences },
): void {
  const { bytes, chainId, differences } = of;
  const { lane, epoch, recordCid, recordRoot } = posted;
  const where = `work of lane ${lane}, epoch ${epoch}`;
  if (bytes === undefined) {
    differences.add("workMissing", { where, expected: recordCid, found: "nothing" });
    return;
  }
  if (cidOf(bytes) !== recordCid) {
    differences.add("workTampered", { where, expected: recordCid, found: cidOf(bytes) });
    return;
  }
  const record = decode(bytes);
  if (record === undefined) {
    differences.add("workMalformed", { where, expected: "a work record", found: `${bytes.length} other bytes` });
    return;
  }
  const said = { lane, epoch, chainId, recordRoot, begun: posted.begun, ended: posted.ended };
  const own = {
    ...record,
    recordRoot: publishedWork(bytes).recordRoot,
    begun: begunOf(record),
    ended: record.ended.length,
  };
  for (const field of ["lane", "epoch", "chainId", "recordRoot", "begun", "ended"] as const) {
    differences.compare("workPosted", { where: `${where}, ${field}`, expected: own[field], found: said[field] });
  }
}

function decode(bytes: Uint8Array): WorkRecord | undefined {
  try {
    return decodeWorkRecord(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}

function cidOf(bytes: Uint8Array): Bytes32 {
  return bytesToHex(sha256Bytes(bytes));
}
