import { type Books, WORK_NOTE_BYTES_MAX, type WorkNote } from "@cortensor/books";
import {
  type Address,
  type Bytes32,
  mergeWork,
  packWorkRecord,
  setEntryId,
  WORK_FAILURES,
  type WorkPart,
  type WorkTask,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { SeenPart } from "./seenPart.js";

/** A task is noted this long after its end: its miners' last signatures come meanwhile. */
const RIPE_MS = 1_000;
/** Tasks of one note: one is written in a few milliseconds. */
const NOTE_TASKS_MAX = 4_096;
/** Tasks that may wait while the database is away: half a minute at full load. Beyond it what ends isn't told of. */
export const WAITING_MAX = 262_144;

export type EndedTask = {
  readonly taskId: Bytes32;
  readonly modelId: Bytes32;
  readonly isSeeded: boolean;
  readonly isSealed?: true | undefined;
  readonly parts: readonly SeenPart[];
};

type Ended = {
  readonly task: EndedTask;
  readonly ripeAtMs: number;
  /** It began since the last note. */
  readonly hasBegun: boolean;
};

export type WorkDeskParts = {
  readonly books: Pick<Books, "noteWork">;
  /** Names this process among the operator's: 32 random bytes. */
  readonly writer: Bytes32;
  readonly chainId: number;
  readonly lane: Address;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Logger;
};

/**
 * Notes which tasks began and how they ended, many at a time, beside the request path: nothing waits for it. What isn't written when the process dies is not told of, and a
 * task that began and was lost with it stays one that never ended.
 */
export class WorkDesk {
  readonly #parts: WorkDeskParts;
  /** Not noted yet, and not ended. */
  readonly #begun = new Set<Bytes32>();
  #ended: Ended[] = [];
  /** Made and not yet known to be written. */
  #note: WorkNote | undefined;
  #notes = 0;
  /** Said so since the last note was written: it is said once. */
  #isFull = false;
  #writing: Promise<void> | undefined;

  constructor(parts: WorkDeskParts) {
    this.#parts = parts;
  }

  begin(taskId: Bytes32): void {
    if (this.#hasRoom(this.#begun.size)) this.#begun.add(taskId);
  }

  end(task: EndedTask): void {
    const ripeAtMs = this.#parts.clock.nowMs() + RIPE_MS;
    if (!this.#hasRoom(this.#ended.length)) return;
    // Most tasks begin and end within one note: they are told of once.
    this.#ended.push({ task, ripeAtMs, hasBegun: this.#begun.delete(task.taskId) });
  }

  /** Writes what is ripe. */
  async round(): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(this.#parts.clock.nowMs()).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Writes everything, when nothing more will come. */
  async drain(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    await this.#write(Number.POSITIVE_INFINITY);
  }

  async #write(nowMs: number): Promise<void> {
    for (;;) {
      this.#note ??= this.#make(nowMs);
      if (this.#note === undefined) return;
      await this.#parts.books.noteWork(this.#note);
      this.#note = undefined;
      this.#isFull = false;
    }
  }

  #make(nowMs: number): WorkNote | undefined {
    const ripe = this.#ended.findIndex(({ ripeAtMs }) => ripeAtMs > nowMs);
    const count = Math.min(ripe === -1 ? this.#ended.length : ripe, NOTE_TASKS_MAX);
    const begun = [...this.#begun].slice(0, NOTE_TASKS_MAX);
    for (const taskId of begun) this.#begun.delete(taskId);
    const ended = this.#ended.splice(0, count);
    if (begun.length === 0 && ended.length === 0) return undefined;
    const tasks = ended.map(toWorkTask);
    const bytes = this.#encode({ begun: begun.map(setEntryId), ended: tasks });
    this.#notes += 1;
    return { writer: this.#parts.writer, number: this.#notes - 1, bytes };
  }

  /** Without miners' words where they would make it too long. */
  #encode(piece: { readonly begun: readonly Bytes32[]; readonly ended: readonly WorkTask[] }): Uint8Array {
    const { chainId, lane } = this.#parts;
    const head = { chainId, lane, epoch: 0 };
    const bytes = packWorkRecord(mergeWork(head, [piece]));
    if (bytes.length <= WORK_NOTE_BYTES_MAX) return bytes;
    const bare = piece.ended.map((task) => ({ ...task, parts: task.parts.map(({ word: _, ...part }) => part) }));
    return packWorkRecord(mergeWork(head, [{ ...piece, ended: bare }]));
  }

  #hasRoom(length: number): boolean {
    if (length < WAITING_MAX) return true;
    if (!this.#isFull) this.#parts.log.error("More tasks wait to be noted than may: some aren't told of", {});
    this.#isFull = true;
    return false;
  }
}

function toWorkTask({ task: { taskId, modelId, isSeeded, isSealed, parts }, hasBegun }: Ended): WorkTask {
  const sealed = isSealed === true ? { isSealed } : {};
  return { id: setEntryId(taskId), modelId, isSeeded, ...sealed, hasBegun, parts: parts.map(toWorkPart) };
}

function toWorkPart({ word, ...part }: SeenPart): WorkPart {
  const said = WORK_FAILURES.has(part.outcome) ? word() : undefined;
  return said === undefined ? part : { ...part, word: said };
}
