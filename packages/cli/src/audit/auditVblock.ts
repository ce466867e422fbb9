import { type Difference, Differences } from "@cortensor/books";
import { type NetworkProfile, readGuardSet } from "@cortensor/chain";
import type { DutyBoard } from "@cortensor/node";
import {
  assembleVirtualBlock,
  cutOffOf,
  type DutyRecord,
  decodeVirtualBlock,
  hasCode,
  type VirtualBlock,
  virtualBlockHash,
} from "@cortensor/protocol";
import type { Missing } from "./missing.js";
import type { PublicData } from "./publicData.js";
import type { PublicRecords } from "./publicRecords.js";
import type { PublicWork } from "./publicWork.js";

export type AuditedVblock = {
  /** Absent when the epoch has none of its own, or what it needs isn't there. */
  readonly block?: VirtualBlock;
  readonly differences: readonly Difference[];
  readonly missing: readonly Missing[];
};

/**
 * The virtual block of an epoch, made again from the first one on. An epoch has one of its own when its checkpoint was posted; any other
 * is covered by the next.
 */
export async function auditVblock(
  data: PublicData,
  parts: {
    readonly epoch: number;
    /** What somebody shows as this block. */
    readonly shown?: Uint8Array;
  },
): Promise<AuditedVblock> {
  const { epoch, shown } = parts;
  const { profile, work, signal, blocks } = data;
  const records = await data.readRecords(cutOffOf(profile, epoch));
  const epochs = records.posted.filter(({ kind }) => kind === "checkpoint").map((one) => one.epoch);
  const due = epochs.filter((each) => each <= epoch).sort((left, right) => left - right);
  if (due.at(-1) !== epoch) {
    const missing = [
      { what: `a virtual block of epoch ${epoch}`, why: "no checkpoint of it was posted: the next one covers it" },
    ];
    return { differences: records.differences, missing };
  }
  const told = await work.check(Math.max(0, epoch - 1));
  let block: VirtualBlock | undefined;
  for (const each of due) {
    block = blocks.get(each) ?? (await assemble(records, { profile, epoch: each, parent: block, work, signal }));
    if (block !== undefined) {
      blocks.set(each, block);
      continue;
    }
    const missing = [{ what: `tasks of epoch ${each}`, why: "a work record or a set that they are in isn't shown" }];
    return { differences: [...records.differences, ...told.all], missing };
  }
  const differences = new Differences();
  if (block !== undefined && shown !== undefined) compareShown(block, shown, differences);
  const all = [...records.differences, ...told.all, ...differences.all];
  return { ...(block && { block }), differences: all, missing: [] };
}

async function assemble(
  records: PublicRecords,
  of: {
    readonly profile: NetworkProfile;
    readonly epoch: number;
    readonly parent: VirtualBlock | undefined;
    readonly work: PublicWork;
    readonly signal: AbortSignal;
  },
): Promise<VirtualBlock | undefined> {
  const { profile, epoch, parent, work, signal } = of;
  const { chainId, deployBlock } = profile;
  const last = await records.lastBlockBefore(cutOffOf(profile, epoch));
  const before = parent?.chains.find((one) => one.chainId === chainId)?.toBlock;
  const fromBlock = before === undefined ? deployBlock : BigInt(before) + 1n;
  if (last === undefined) return undefined;
  const fromEpoch = parent === undefined ? 0 : parent.epoch + 1;
  const told = await work.told({ fromEpoch: fromEpoch - 1, epoch: epoch - 1, condemnedTo: Number(last.number) });
  const duties = await dutiesIn(work.board, { fromEpoch, epoch, signal });
  if (told === undefined || duties === undefined) return undefined;
  const { members } = await readGuardSet(records.chain, epoch);
  const point = { lastBlock: Number(last.number), blockHash: last.hash, stateRoot: last.stateRoot };
  return assembleVirtualBlock(parent, {
    chainId,
    firstEpoch: 0,
    guardSet: { epoch, members },
    chains: [{ chainId, firstBlock: Number(deployBlock), ...point }],
    ...told,
    duties,
    attestations: records.posted
      .filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= last.number)
      .map(({ subjectChainId, kind, epoch: of, root }) => ({ subjectChainId, kind, epoch: of, root })),
  });
}

/** Shown in the records of a block's epochs: the duties of the second epoch before each. */
async function dutiesIn(
  board: DutyBoard,
  of: { readonly fromEpoch: number; readonly epoch: number; readonly signal: AbortSignal },
): Promise<readonly DutyRecord[] | undefined> {
  const { fromEpoch, epoch, signal } = of;
  const all: DutyRecord[] = [];
  for (let each = Math.max(0, fromEpoch - 2); each <= epoch - 2; each += 1) {
    const found = await board.recompute(each, signal);
    if (found === "hidden") return undefined;
    all.push(...found.duties);
  }
  return all;
}

/** What somebody shows, field by field, beside what was computed. */
function compareShown(block: VirtualBlock, bytes: Uint8Array, differences: Differences): void {
  const where = `epoch ${block.epoch}`;
  const shown = decode(bytes);
  if (shown === undefined) {
    differences.add("virtualBlock", { where, expected: "a virtual block", found: `${bytes.length} other bytes` });
    return;
  }
  for (const field of Object.keys(block) as (keyof VirtualBlock)[]) {
    const [expected, found] = [block, shown].map((one) => JSON.stringify(one[field]));
    differences.compare("virtualBlock", { where: `${where}, ${field}`, expected: expected ?? "", found: found ?? "" });
  }
  differences.compare("virtualBlock", {
    where: `${where}, hash`,
    expected: virtualBlockHash(block),
    found: virtualBlockHash(shown),
  });
}

function decode(bytes: Uint8Array): VirtualBlock | undefined {
  try {
    return decodeVirtualBlock(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}
