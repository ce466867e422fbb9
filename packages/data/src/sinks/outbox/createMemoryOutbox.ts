import type { Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { SinkDraft, SinkRecord } from "../record/sinkRecord.js";
import { boundRecord } from "../record/withhold.js";
import { DEFAULT_OUTBOX_BOUNDS, isBeyondReserve, isFull } from "./outboxBounds.js";
import type { AppendOutcome, OutboxBounds, OutboxLease, PageBounds, SinkOutbox } from "./sinkOutbox.js";

type Kept = { readonly taskId: Bytes32; readonly record: SinkRecord; readonly bytes: number };
type Box = {
  lastSequence: number;
  deliveredThrough: number;
  bytes: number;
  lease: { holder: string; epoch: number; untilMs: number };
  readonly kept: Map<number, Kept>;
  readonly ids: Map<Bytes32, number>;
};

/** An outbox that ends with its process: for tests, simulations, and clients that keep their records themselves. */
export function createMemoryOutbox(parts: {
  readonly clock: Pick<Clock, "nowMs">;
  readonly bounds?: Partial<OutboxBounds>;
}): SinkOutbox {
  const bounds = { ...DEFAULT_OUTBOX_BOUNDS, ...parts.bounds };
  const boxes = new Map<Bytes32, Box>();
  const boxOf = (session: Bytes32): Box => {
    const known = boxes.get(session);
    if (known) return known;
    const box = emptyBox();
    boxes.set(session, box);
    return box;
  };
  /** Who only asks leaves nothing behind. */
  const look = (session: Bytes32): Box => boxes.get(session) ?? emptyBox();
  return {
    append: async (draft) => append(boxOf(draft.session), draft, bounds),
    async room(session) {
      let allBytes = 0;
      for (const box of boxes.values()) allBytes += box.bytes;
      return isFull(waitingOf(look(session)), allBytes, bounds) ? "full" : "open";
    },
    async status(session) {
      const box = look(session);
      const { lastSequence, deliveredThrough } = box;
      return { lastSequence, deliveredThrough, ...waitingOf(box) };
    },
    async waiting(limit) {
      const sessions = [...boxes].filter(([, box]) => box.lastSequence > box.deliveredThrough);
      return sessions.slice(0, limit).map(([session]) => session);
    },
    lease: async (session, claim) => lease(session, boxOf(session), { ...claim, nowMs: parts.clock.nowMs() }),
    async release({ session, epoch }) {
      const box = look(session);
      if (box.lease.epoch === epoch) box.lease = { ...box.lease, untilMs: 0 };
    },
    read: async (session, page) => read(look(session), page),
    taskAt: async (session, sequence) => look(session).kept.get(sequence)?.taskId,
    async acknowledge({ session, epoch }, through) {
      const box = look(session);
      if (box.lease.epoch !== epoch) return false;
      acknowledge(box, through, bounds.deliveredIdsKept);
      return true;
    },
    async discard(session) {
      const box = look(session);
      const { records } = waitingOf(box);
      box.lease = { holder: "", epoch: box.lease.epoch + 1, untilMs: 0 };
      acknowledge(box, box.lastSequence, bounds.deliveredIdsKept);
      return records;
    },
  };
}

function emptyBox(): Box {
  return {
    lastSequence: 0,
    deliveredThrough: 0,
    bytes: 0,
    lease: { holder: "", epoch: 0, untilMs: 0 },
    kept: new Map(),
    ids: new Map(),
  };
}

function waitingOf(box: Box): { readonly records: number; readonly bytes: number } {
  return { records: box.lastSequence - box.deliveredThrough, bytes: box.bytes };
}

function append(box: Box, draft: SinkDraft, bounds: OutboxBounds): AppendOutcome {
  const known = box.ids.get(draft.taskId);
  if (known !== undefined) return { kind: "known", sequence: known };
  if (isBeyondReserve(waitingOf(box), bounds)) return { kind: "full" };
  const sequence = box.lastSequence + 1;
  const { record, bytes } = boundRecord({ ...draft, sequence }, bounds.recordBytesMax);
  box.lastSequence = sequence;
  box.bytes += bytes;
  box.kept.set(sequence, { taskId: draft.taskId, record, bytes });
  box.ids.set(draft.taskId, sequence);
  return { kind: "appended", sequence, withheld: record.content.kind === "withheld" };
}

function lease(
  session: Bytes32,
  box: Box,
  claim: { readonly holder: string; readonly ms: number; readonly nowMs: number },
): OutboxLease | undefined {
  const { holder, ms, nowMs } = claim;
  const isMine = box.lease.holder === holder;
  if (!isMine && box.lease.untilMs > nowMs) return undefined;
  box.lease = { holder, epoch: isMine ? box.lease.epoch : box.lease.epoch + 1, untilMs: nowMs + ms };
  return { session, holder, epoch: box.lease.epoch };
}

function read(box: Box, { after, recordsMax, bytesMax }: PageBounds): readonly SinkRecord[] {
  const records: SinkRecord[] = [];
  let bytes = 0;
  for (let sequence = Math.max(after, box.deliveredThrough) + 1; records.length < recordsMax; sequence++) {
    const kept = box.kept.get(sequence);
    if (!kept || (records.length > 0 && bytes + kept.bytes > bytesMax)) break;
    records.push(kept.record);
    bytes += kept.bytes;
  }
  return records;
}

function acknowledge(box: Box, asked: number, idsKept: number): void {
  const through = Math.min(asked, box.lastSequence);
  for (let sequence = box.deliveredThrough + 1; sequence <= through; sequence++)
    box.bytes -= box.kept.get(sequence)?.bytes ?? 0;
  box.deliveredThrough = Math.max(box.deliveredThrough, through);
  for (const [sequence, { taskId }] of box.kept) {
    if (sequence > box.deliveredThrough - idsKept) break;
    box.kept.delete(sequence);
    box.ids.delete(taskId);
  }
}
