import { concatBytes, hexToBytes, keccak256, utf8ToBytes } from "../bytes.js";
import { COMMITTEE_SEATS_MAX } from "../guards/committee.js";
import type { Address, Bytes32 } from "../primitives.js";

const TAG = utf8ToBytes("jury-v1");

export type Juror = { readonly juror: Address; readonly owner: Address };

/** What a juror is drawn by, the lowest first. */
export function juryTicket(of: {
  readonly beacon: Bytes32;
  readonly taskId: Bytes32;
  readonly juror: Address;
}): Bytes32 {
  return keccak256(concatBytes(TAG, hexToBytes(of.beacon), hexToBytes(of.taskId), hexToBytes(of.juror)));
}

/**
 * The jury of a task, a pure function of the beacon: of the candidates, who are staked and able to run its model and class, none of a party to
 * it and no two of one owner. The validators of the second tier come first, then by `keccak256("jury-v1" ‖ beacon ‖ taskId ‖ juror)`.
 */
export function drawJury(
  candidates: readonly Juror[],
  of: {
    readonly beacon: Bytes32;
    readonly taskId: Bytes32;
    /** Owners of the task's miners, of its router, and its client. */
    readonly parties: ReadonlySet<Address>;
    /** Who has judged it in the second tier. */
    readonly validators: ReadonlySet<Address>;
    readonly jurorsMax?: number;
  },
): readonly Juror[] {
  const ranked = candidates
    .filter(({ owner }) => !of.parties.has(owner))
    .map((candidate) => ({
      candidate,
      isFirst: of.validators.has(candidate.juror),
      rank: juryTicket({ ...of, juror: candidate.juror }),
    }))
    .sort((left, right) => {
      if (left.isFirst !== right.isFirst) return left.isFirst ? -1 : 1;
      return left.rank < right.rank ? -1 : 1;
    });
  const jury: Juror[] = [];
  const owners = new Set<Address>();
  for (const { candidate } of ranked) {
    if (jury.length >= (of.jurorsMax ?? COMMITTEE_SEATS_MAX)) break;
    if (owners.has(candidate.owner)) continue;
    owners.add(candidate.owner);
    jury.push(candidate);
  }
  return jury;
}
