import { ProtocolError } from "../errors.js";
import { GUARD_CANDIDATES_MAX, GUARDS_MAX } from "../limits.js";
import { type Address, isAddress } from "../primitives.js";
import { type GuardSet, guardSet } from "./guardSet.js";

/** One place in the queue: an owner's guard, and what the records of the epoch before say of it. */
export type GuardCandidate = {
  /** Signing address of a registered node. */
  readonly guard: Address;
  /** Whose stake it is; one guard for each owner, so that no stake weighs twice. */
  readonly owner: Address;
  /** As the stake view shows it when the set is fixed, while the epoch's records are open. */
  readonly stakeWei: bigint;
  /** Epoch in whose records it asked to join; it counts from the next one on. */
  readonly joinAsked: number;
  /** Epoch in whose records it asked to leave, if it did; the same. */
  readonly leaveAsked?: number;
  /** Shown to have signed two roots. */
  readonly isFrozen: boolean;
};

export type GuardRules = {
  /** Less stake than this is no guard's. */
  readonly stakeMinWei: bigint;
  /** First epoch after the hosted phase: from it on anyone may be a guard. See `firstOpenEpoch`. */
  readonly openFromEpoch: number;
  /** Who may be one before. */
  readonly hosted: ReadonlySet<Address>;
};

/** In an epoch at most this part of a set leaves by wish or by rank, and at most as many join; at least one each. */
const CHURN_PARTS = 4;

/**
 * Who guards an epoch, from who guarded the one before and the queue. Frozen guards and such as have too little stake are out at once. Who
 * asked to leave goes in the order asked, whoever ranks first (more stake, then the lower address) comes in; with 32 guards a newcomer takes the
 * place of the lowest that it outranks. Both within the bound on churn, which neither the hosted phase nor an empty set has. Throws
 * PROTOCOL_BAD_RECORD for a guard or owner twice, or too many candidates.
 */
export function guardSetAt(at: {
  readonly epoch: number;
  /** The set of the epoch before, its own or the one that stands for it; undefined before there was any. */
  readonly previous: GuardSet | undefined;
  readonly candidates: readonly GuardCandidate[];
  readonly rules: GuardRules;
}): GuardSet {
  const { epoch, candidates, rules } = at;
  checkCandidates(candidates);
  const before = new Set(at.previous?.members.map(({ guard }) => guard));
  const isHosted = epoch < rules.openFromEpoch;
  const churnMax = isHosted || before.size === 0 ? GUARDS_MAX : Math.max(1, Math.floor(before.size / CHURN_PARTS));

  const able = candidates.filter(
    ({ guard, stakeWei, isFrozen }) =>
      !isFrozen && stakeWei >= rules.stakeMinWei && (!isHosted || rules.hosted.has(guard)),
  );
  const held = able.filter(({ guard }) => before.has(guard));
  const leavers = held
    .filter((candidate) => leaves(candidate, epoch))
    .sort(byLeave)
    .slice(0, churnMax);
  const newcomers = able
    .filter((candidate) => !before.has(candidate.guard) && candidate.joinAsked < epoch && !leaves(candidate, epoch))
    .sort(byRank);

  const members = held.filter((candidate) => !leavers.includes(candidate)).sort(byRank);
  // Each who left by wish left a place, so that those who come in, at most as many as the bound, never push out more than the rest of it.
  for (const newcomer of newcomers.slice(0, churnMax)) {
    if (members.length >= GUARDS_MAX) {
      const lowest = members.at(-1);
      if (lowest === undefined || byRank(newcomer, lowest) > 0) break;
      members.pop();
    }
    members.push(newcomer);
    members.sort(byRank);
  }
  return guardSet(
    epoch,
    members.map(({ guard, stakeWei }) => ({ guard, stakeWei })),
  );
}

/** Who guards an epoch that nobody fixed a set for: whoever guarded the one before, with the stakes of then. */
export function standingGuardSet(previous: GuardSet, epoch: number): GuardSet {
  return { epoch, members: previous.members };
}

function leaves({ leaveAsked }: GuardCandidate, epoch: number): boolean {
  return leaveAsked !== undefined && leaveAsked < epoch;
}

function byRank(left: GuardCandidate, right: GuardCandidate): number {
  if (left.stakeWei !== right.stakeWei) return left.stakeWei > right.stakeWei ? -1 : 1;
  return left.guard < right.guard ? -1 : 1;
}

function byLeave(left: GuardCandidate, right: GuardCandidate): number {
  const asked = (left.leaveAsked ?? 0) - (right.leaveAsked ?? 0);
  return asked !== 0 ? asked : left.guard < right.guard ? -1 : 1;
}

function checkCandidates(candidates: readonly GuardCandidate[]): void {
  const isOnce = (values: readonly Address[]) => new Set(values).size === candidates.length;
  if (candidates.length > GUARD_CANDIDATES_MAX) refuse(`${candidates.length} candidates`);
  if (!candidates.every(({ guard, owner }) => isAddress(guard) && isAddress(owner)))
    refuse("a name that is no address");
  if (!isOnce(candidates.map(({ guard }) => guard))) refuse("a guard twice");
  if (!isOnce(candidates.map(({ owner }) => owner))) refuse("an owner twice");
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "guard queue", reason });
}
