import type { CopiesView, InferEvent, Refusal } from "@cortensor/api";
import type { Comparison } from "@cortensor/proof";
import type { Address } from "@cortensor/protocol";
import type { SeatOffer } from "./minerSeat.js";
import type { ReplicaEnd, ReplicaRun, TextEvent } from "./replicaRun.js";

/** A copy that was answered whole. */
export type ArrivedCopy = { readonly replica: number; readonly text: string; readonly end: ReplicaEnd };

/** How all copies ended. */
export type CopiesEnd = {
  /** Every copy's end, by replica. */
  readonly ends: readonly ReplicaEnd[];
  /** The copy whose answer is taken; undefined without any, or when the client has gone. */
  readonly answer: ArrivedCopy | undefined;
  readonly view: CopiesView | undefined;
  /** The client has gone. */
  readonly isAborted: boolean;
};

export type CopiesParts = {
  readonly copies: number;
  /** How long after most copies have arrived the others are waited for, milliseconds. */
  readonly waitMs: number;
  /** When the task's time is up, milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly nowMs: () => number;
  readonly compare: (texts: readonly string[], signal: AbortSignal) => Promise<Comparison | undefined>;
  /** Once. */
  readonly onEnd: (end: CopiesEnd) => void;
};

type Copy = { readonly run: ReplicaRun; text: string; end: ReplicaEnd | undefined };

/**
 * All copies of one task: each a replica of its own, none of which the client sees until they are compared. Ends with what has arrived when all
 * have ended, or a while after most have. Always: it ends exactly once, and every copy has ended by then.
 */
export class CopiesRun {
  readonly #parts: CopiesParts;
  readonly #copies: Copy[] = [];
  /** Replicas in the order in which they arrived. */
  readonly #arrived: number[] = [];
  readonly #comparing = new AbortController();
  #waitUntilMs = Number.POSITIVE_INFINITY;
  #phase: "answering" | "comparing" | "ended" = "answering";
  #isAborted = false;

  constructor(parts: CopiesParts) {
    this.#parts = parts;
  }

  /** The next replica, not yet begun. */
  add(run: ReplicaRun): void {
    this.#copies.push({ run, text: "", end: undefined });
  }

  /** Miners that have, or had, a part in any other copy. */
  othersOf(replica: number): readonly SeatOffer[] {
    return this.#copies.flatMap(({ run }, at) => (at === replica ? [] : run.workers));
  }

  /** Owners of all miners that wrote something. */
  get authors(): ReadonlySet<Address> {
    return new Set(this.#copies.flatMap(({ run }) => run.workers.map(({ seat }) => seat.owner)));
  }

  onText(replica: number, { text }: TextEvent): void {
    const copy = this.#copies[replica];
    if (copy !== undefined) copy.text += text;
  }

  onReplicaEnd(replica: number, end: ReplicaEnd): void {
    const copy = this.#copies[replica];
    if (copy === undefined || copy.end !== undefined) return;
    copy.end = end;
    if (end.work.isFinished) this.#arrived.push(replica);
    const { copies, waitMs, nowMs } = this.#parts;
    if (this.#arrived.length * 2 > copies) this.#waitUntilMs = Math.min(this.#waitUntilMs, nowMs() + waitMs);
    if (this.#copies.length === copies && this.#copies.every((one) => one.end !== undefined)) this.#compare();
  }

  /** The client has gone: what was made is paid, nothing is compared. */
  abort(): void {
    this.#isAborted = true;
    for (const { run } of this.#copies) run.abort();
    if (this.#phase === "comparing") this.#end(undefined);
  }

  sweep(nowMs: number): void {
    if (this.#phase === "comparing" && nowMs >= this.#parts.deadlineMs) this.#end(undefined);
    if (this.#phase !== "answering") return;
    if (nowMs >= this.#waitUntilMs) this.#endLate();
    else for (const { run } of this.#copies) run.sweep(nowMs);
  }

  giveUp(code: Refusal["code"], message: string): void {
    if (this.#phase === "comparing") this.#end(undefined);
    else for (const { run } of this.#copies) run.giveUp(code, message);
  }

  #endLate(): void {
    for (const { run } of this.#copies) run.giveUp("timeout", "The other copies were there long before.");
  }

  #compare(): void {
    this.#phase = "comparing";
    const texts = this.#arrivedCopies().map(({ text }) => text);
    if (this.#isAborted || texts.length === 0) {
      this.#end(undefined);
      return;
    }
    const compared = this.#parts.compare(texts, this.#comparing.signal);
    void compared.catch(() => undefined).then((comparison) => this.#end(comparison));
  }

  #end(comparison: Comparison | undefined): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#comparing.abort();
    const arrived = this.#arrivedCopies();
    const ends = this.#copies.flatMap(({ end }) => end ?? []);
    const answer = this.#isAborted ? undefined : this.#answerOf(arrived, comparison);
    const view = answer === undefined ? undefined : this.#viewOf(arrived, { answer, comparison });
    this.#parts.onEnd({ ends, answer, view, isAborted: this.#isAborted });
  }

  /** The nearest the middle; uncompared, the one that was there first. */
  #answerOf(arrived: readonly ArrivedCopy[], comparison: Comparison | undefined): ArrivedCopy | undefined {
    if (comparison !== undefined) return arrived[comparison.nearest];
    return arrived.find(({ replica }) => replica === this.#arrived[0]);
  }

  #viewOf(
    arrived: readonly ArrivedCopy[],
    { answer, comparison }: { readonly answer: ArrivedCopy; readonly comparison: Comparison | undefined },
  ): CopiesView {
    const shared = { asked: this.#parts.copies, arrived: arrived.length, answer: answer.replica };
    if (comparison === undefined) return { ...shared, outliers: [] };
    const replicaAt = (at: number): number => arrived[at]?.replica ?? at;
    return {
      ...shared,
      distances: comparison.distances.map((distance, at) => ({ replica: replicaAt(at), distance })),
      outliers: comparison.outliers.map(replicaAt),
    };
  }

  #arrivedCopies(): readonly ArrivedCopy[] {
    return this.#copies.flatMap(({ text, end }, replica) =>
      end?.work.isFinished === true ? [{ replica, text, end }] : [],
    );
  }
}

/** An answer's words as one event. */
export function wholeText({ text }: ArrivedCopy): InferEvent {
  return { kind: "text", text, ids: [] };
}
