import { assert, ProtocolError } from "../errors.js";
import { type Bytes32, isBytes32, ZERO_BYTES32 } from "../primitives.js";
import type { Attestation } from "./attestation.js";
import { type GuardSet, guardSetHash } from "./guardSet.js";
import { type DutyRecord, dutiesRootOf, type VirtualBlock, virtualBlockHash } from "./virtualBlock.js";
import { attestationKey, checkVirtualBlock } from "./virtualBlockCodec.js";
import { virtualBlockFault } from "./virtualBlockFault.js";

/** Where a chain was at a cut-off: its last block before it. */
export type ChainPoint = {
  readonly chainId: number;
  /** First block that counts, for a chain that the parent doesn't have yet. */
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly blockHash: Bytes32;
  readonly stateRoot: Bytes32;
};

/** Public records of all epochs since the parent's, each once, in any order. */
export type EpochRecords = {
  /** The network's, for its first virtual block; later ones inherit it. */
  readonly chainId: number;
  /** First epoch, for the first virtual block; later ones begin after their parent. */
  readonly firstEpoch: number;
  /** Of the last epoch. */
  readonly guardSet: GuardSet;
  readonly chains: readonly ChainPoint[];
  /** Ids of tasks that began, and of tasks that ended, as settlement sets have them. */
  readonly opened: readonly Bytes32[];
  readonly closed: readonly Bytes32[];
  readonly duties: readonly DutyRecord[];
  /** That a quorum's signatures were posted for. */
  readonly attestations: readonly Attestation[];
};

/**
 * The virtual block of an epoch, from public records alone: the leader, any guard and any auditor get the same. It begins where its parent
 * ended, so that epochs without one are covered. Throws PROTOCOL_BAD_RECORD for records that come twice or run backwards.
 */
export function assembleVirtualBlock(parent: VirtualBlock | undefined, records: EpochRecords): VirtualBlock {
  const { guardSet, opened, closed, duties, attestations } = records;
  if (![...opened, ...closed].every(isBytes32)) refuse("a task id that is no word");
  checkOnce("a task opened", opened);
  checkOnce("a task closed", closed);
  checkOnce(
    "a duty",
    duties.map(({ validator, taskId, epoch }) => `${validator} ${taskId} ${epoch}`),
  );
  const before = new Map(parent?.chains.map(({ chainId, toBlock }) => [chainId, toBlock]));
  const chains = records.chains.map(({ chainId, firstBlock, lastBlock, blockHash, stateRoot }) => {
    const last = before.get(chainId);
    return { chainId, fromBlock: last === undefined ? firstBlock : last + 1, toBlock: lastBlock, blockHash, stateRoot };
  });
  const block: VirtualBlock = {
    chainId: parent?.chainId ?? records.chainId,
    parentHash: parent === undefined ? ZERO_BYTES32 : virtualBlockHash(parent),
    fromEpoch: parent === undefined ? records.firstEpoch : parent.epoch + 1,
    epoch: guardSet.epoch,
    guardSetHash: guardSetHash(guardSet),
    tasksOpened: opened.length,
    tasksClosed: closed.length,
    dutyCount: duties.length,
    dutiesRoot: dutiesRootOf(duties),
    chains: chains.sort((left, right) => left.chainId - right.chainId),
    attestations: [...attestations].sort((left, right) => (attestationKey(left) < attestationKey(right) ? -1 : 1)),
  };
  checkVirtualBlock(block);
  const fault = virtualBlockFault(block, parent);
  if (fault === "chainMissing" || fault === "chainMoved") refuse(fault);
  assert(fault === undefined, "what is assembled follows its parent");
  return block;
}

function checkOnce(what: string, ids: readonly string[]): void {
  if (new Set(ids).size !== ids.length) refuse(`${what} twice`);
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "epoch records", reason });
}
