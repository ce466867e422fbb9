import { WORK_KEPT_EPOCHS } from "../limits.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { EpochDeliveries } from "../reputation/reputationAt.js";
import type { SetPayee } from "../settlementSet.js";
import { WORK_FAILURES, type WorkPart, type WorkRecord, type WorkTask } from "./workRecord.js";

/** A task that a settlement pays, as its set says. */
export type SettledWork = { readonly lane: Address; readonly id: Bytes32; readonly payees: readonly SetPayee[] };

/** What became public in one epoch's records. */
export type EpochPublished = {
  readonly epoch: number;
  /** In the order of the chain; their miners' words are true: see `provenWork`. */
  readonly records: readonly Pick<WorkRecord, "lane" | "ended">[];
  /** In the order of the chain. */
  readonly settled: readonly SettledWork[];
};

type KnownWork = { readonly epoch: number; readonly task: WorkTask };
type KnownSettled = { readonly epoch: number; readonly lane: Address; readonly payees: ReadonlySet<Address> };

/** Work of the last WORK_KEPT_EPOCHS epochs. */
export type WorkMemory = {
  /** By lane and id. */
  readonly works: ReadonlyMap<string, KnownWork>;
  /** By id: the first lane that settled it. */
  readonly settled: ReadonlyMap<Bytes32, KnownSettled>;
};

export const NO_WORK: WorkMemory = { works: new Map(), settled: new Map() };

/**
 * One epoch's step. A part counts as delivered once its lane has both told of it and settled the task with a net for its miner, in whichever order: so a delivery costs
 * what settling costs. A part counts as accepted and not delivered when its record shows the miner's signed word. What is told or settled twice counts as it came first;
 * what waits longer than WORK_KEPT_EPOCHS is forgotten.
 */
export function rememberWork(
  before: WorkMemory,
  published: EpochPublished,
): { readonly memory: WorkMemory; readonly deliveries: readonly EpochDeliveries[] } {
  const { epoch } = published;
  const works = new Map(keptOf(before.works, epoch));
  const settled = new Map(keptOf(before.settled, epoch));
  const counts = new Map<string, EpochDeliveries>();
  const count = (miner: Address, modelId: Bytes32, delivered: 0 | 1): void => {
    const key = `${miner} ${modelId}`;
    const known = counts.get(key) ?? { miner, modelId, accepted: 0, delivered: 0 };
    counts.set(key, { ...known, accepted: known.accepted + 1, delivered: known.delivered + delivered });
  };
  const countDelivered = ({ modelId, parts }: WorkTask, payees: ReadonlySet<Address>): void => {
    for (const part of parts) if (isDelivered(part, payees)) count(part.miner, modelId, 1);
  };
  for (const { lane, ended } of published.records) {
    for (const task of ended) {
      const key = workKey(lane, task.id);
      if (works.has(key)) continue;
      works.set(key, { epoch, task });
      for (const part of task.parts) if (isProvenFailure(part)) count(part.miner, task.modelId, 0);
      const paid = settled.get(task.id);
      if (paid?.lane === lane) countDelivered(task, paid.payees);
    }
  }
  for (const { lane, id, payees: pays } of published.settled) {
    if (settled.has(id)) continue;
    const payees = new Set(pays.map(({ payee }) => payee));
    settled.set(id, { epoch, lane, payees });
    const work = works.get(workKey(lane, id));
    if (work !== undefined) countDelivered(work.task, payees);
  }
  const deliveries = [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
  return { memory: { works, settled }, deliveries };
}

/** A task that is settled, as its lane told of it. Undefined while one of both isn't known. */
export function settledWork(
  { works, settled }: WorkMemory,
  id: Bytes32,
): { readonly task: WorkTask; readonly lane: Address; readonly payees: ReadonlySet<Address> } | undefined {
  const paid = settled.get(id);
  const work = paid && works.get(workKey(paid.lane, id));
  return paid && work && { task: work.task, lane: paid.lane, payees: paid.payees };
}

/** Whether a miner delivered a part, and is paid for its task. */
export function isDelivered({ outcome, miner }: WorkPart, payees: ReadonlySet<Address>): boolean {
  return outcome === "delivered" && payees.has(miner);
}

function isProvenFailure({ outcome, word }: WorkPart): boolean {
  return WORK_FAILURES.has(outcome) && word !== undefined;
}

function workKey(lane: Address, id: Bytes32): string {
  return `${lane} ${id}`;
}

function* keptOf<Key, Known extends { readonly epoch: number }>(
  of: ReadonlyMap<Key, Known>,
  epoch: number,
): Generator<[Key, Known]> {
  for (const [key, known] of of) if (known.epoch > epoch - WORK_KEPT_EPOCHS) yield [key, known];
}
