import type { Refusal } from "@cortensor/api";
import type { Address, Bytes32 } from "@cortensor/protocol";
import type { AnswerCheck, AnswerToCheck } from "./checkAnswer.js";
import type { SeatOffer } from "./minerSeat.js";
import { UNCHECKED, WRONG_TOO_OFTEN } from "./refusals.js";
import { HANDOVER_WAIT_MS, type ReplicaEnd, type ReplicaParts, type ReplicaRun } from "./replicaRun.js";
import { judgedPart, type SeenPart } from "./seenPart.js";
import type { StrandedTask } from "./waitingRoom.js";

/** An answer that was made whole and isn't taken. */
export type RejectedAnswer = {
  readonly author: SeatOffer;
  readonly text: string;
  readonly result: Bytes32;
  readonly check: Extract<AnswerCheck, { readonly kind: "wrong" | "withheld" }>;
};

/** How a checked task ended. */
export type CheckedEnd = {
  /** Of the answer that is taken, or why there is none. */
  readonly end: ReplicaEnd;
  readonly text: string;
  /** The miner by whose word the answer holds; undefined without an answer. */
  readonly by: Address | undefined;
  readonly rejected: readonly RejectedAnswer[];
  /** Parts of answers that were made before, or not taken. */
  readonly before: readonly SeenPart[];
};

export type CheckedParts = {
  readonly epoch: number;
  /** Answers that may be begun. */
  readonly triesMax: number;
  /** When the task's time is up, milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly nowMs: () => number;
  /** Where the task is while it waits for another author. */
  readonly stranded: Set<StrandedTask>;
  /** One more answer from the beginning, not yet begun. */
  readonly make: (handlers: Pick<ReplicaParts, "onText" | "onEnd">) => ReplicaRun;
  /** Another author; undefined while there is none. */
  readonly choose: () => SeatOffer | undefined;
  readonly check: (answer: AnswerToCheck) => Promise<AnswerCheck>;
  /** Once. */
  readonly onEnd: (end: CheckedEnd) => void;
};

/** What an answer is called that a checker didn't let pass. */
const JUDGED = { wrong: "rejected", withheld: "withheld" } as const;

/** Why a task must not go on. */
type Stop = "aborted" | Pick<Refusal, "code" | "message">;

/** What a checker may take beside the time that the answer took: its queue, its prefill, a slower machine. */
const CHECK_SPARE_MS = 15_000;
const CHECK_FACTOR = 3;

/**
 * One task whose answer is checked by another miner before the client sees a word. Whoever is lost on the way, or made what doesn't hold, is followed
 * by another author that begins anew: nothing of a rejected answer is used. Ends exactly once.
 */
export class CheckedRun {
  readonly #parts: CheckedParts;
  readonly #rejected: RejectedAnswer[] = [];
  readonly #before: SeenPart[] = [];
  readonly #lost = new Set<Address>();
  readonly #checking = new AbortController();
  #phase: "answering" | "checking" | "seeking" | "ended" = "answering";
  #current: ReplicaRun;
  #text = "";
  #tries = 0;
  #startedAtMs = 0;
  #seekUntilMs = 0;
  #stop: Stop | undefined;

  constructor(parts: CheckedParts) {
    this.#parts = parts;
    this.#current = this.#make();
  }

  /** Miners that were lost on this task. */
  get lost(): ReadonlySet<Address> {
    return this.#lost;
  }

  /** Owners of those whose answers were rejected. */
  get rejectedOwners(): ReadonlySet<Address> {
    return new Set(this.#rejected.map(({ author }) => author.seat.owner));
  }

  /** The first author is chosen before this. Until then the task waits for its turn. */
  start(offer: SeatOffer): void {
    this.#startedAtMs = this.#parts.nowMs();
    this.#current.start(offer);
  }

  /** The client has gone: what was made is paid, nothing more is. An answer that is being checked is paid if it holds. */
  abort(): void {
    if (this.#phase === "ended" || this.#stop !== undefined) return;
    this.#stop = "aborted";
    if (this.#phase === "answering") this.#current.abort();
    else if (this.#phase === "seeking") this.#fail("aborted");
  }

  sweep(nowMs: number): void {
    if (this.#phase === "answering") this.#current.sweep(nowMs);
    else if (nowMs >= this.#parts.deadlineMs) this.giveUp("timeout", "The task took too long.");
    else if (this.#phase === "seeking" && nowMs >= this.#seekUntilMs) {
      this.giveUp("miner_failed", "No other miner could make the answer.");
    } else this.retry();
  }

  giveUp(code: Refusal["code"], message: string): void {
    if (this.#phase === "ended") return;
    this.#stop ??= { code, message };
    if (this.#phase === "answering") this.#current.giveUp(code, message);
    else this.#fail(this.#stop);
  }

  /** A miner has room. */
  retry(): void {
    if (this.#phase !== "seeking") return;
    const offer = this.#parts.choose();
    if (offer === undefined) return;
    this.#parts.stranded.delete(this);
    this.#phase = "answering";
    this.#current = this.#make();
    this.start(offer);
  }

  #make(): ReplicaRun {
    this.#tries += 1;
    this.#text = "";
    return this.#parts.make({
      onText: ({ text }) => {
        this.#text += text;
      },
      onEnd: (end) => this.#onMade(end),
    });
  }

  #onMade(end: ReplicaEnd): void {
    const [author] = end.workers;
    const [result] = end.results;
    if (this.#stop === undefined && end.work.isFinished && author !== undefined && result !== undefined) {
      this.#check(end, { author, result });
    } else if (this.#stop === undefined && end.refusal?.code === "miner_failed" && author !== undefined) {
      this.#lost.add(author.miner);
      this.#before.push(...end.parts);
      this.#seek(end.refusal);
    } else this.#end(end, undefined);
  }

  #check(end: ReplicaEnd, { author, result }: Pick<RejectedAnswer, "author" | "result">): void {
    this.#phase = "checking";
    const { check, epoch, nowMs } = this.#parts;
    const timeoutMs = CHECK_SPARE_MS + CHECK_FACTOR * (nowMs() - this.#startedAtMs);
    const before = new Set(this.#rejected.flatMap((one) => (one.check.kind === "wrong" ? [one.check.by] : [])));
    const agrees = this.#rejected.find((one) => one.text === this.#text && isOfAToken(one))?.author.miner;
    const notOf = this.rejectedOwners;
    const { signal } = this.#checking;
    void check({ author, result, epoch, notOf, before, agrees, timeoutMs, signal }).then((said) => {
      if (this.#phase !== "checking") return;
      if (said.kind === "holds") {
        this.#end(end, said.by);
        return;
      }
      const isJudged = said.kind !== "unchecked";
      this.#before.push(...(isJudged ? end.parts.map((part) => judgedPart(part, JUDGED[said.kind])) : end.parts));
      if (this.#stop !== undefined) this.#fail(this.#stop);
      else if (said.kind === "unchecked") this.giveUp(UNCHECKED.code, UNCHECKED.message);
      else {
        this.#rejected.push({ author, text: this.#text, result, check: said });
        this.#seek(WRONG_TOO_OFTEN);
      }
    });
  }

  #seek(otherwise: Pick<Refusal, "code" | "message">): void {
    const { triesMax, stranded, nowMs } = this.#parts;
    this.#phase = "seeking";
    if (this.#tries >= triesMax) {
      this.giveUp(otherwise.code, otherwise.message);
      return;
    }
    this.#seekUntilMs = nowMs() + HANDOVER_WAIT_MS;
    stranded.add(this);
    this.retry();
  }

  /** Stopped while nobody makes an answer: there is none, and nobody is paid. */
  #fail(stop: Stop): void {
    const refusal = stop === "aborted" ? {} : { refusal: stop };
    const finish = stop === "aborted" ? "abort" : "error";
    const work = { replica: 0, segments: [], isFinished: false };
    const nothing = { work, promised: work, results: [], checkpoints: () => [], parts: [], workers: [] };
    this.#end({ finish, ...nothing, ...refusal }, undefined);
  }

  #end(end: ReplicaEnd, by: Address | undefined): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#checking.abort();
    this.#parts.stranded.delete(this);
    this.#parts.onEnd({
      end,
      text: by === undefined ? "" : this.#text,
      by,
      rejected: this.#rejected,
      before: this.#before,
    });
  }
}

/** Whether the checker's word against an answer is that another token belongs there: then the same text again is a word for it. */
export function isOfAToken({ check }: RejectedAnswer): boolean {
  return check.kind === "wrong" && check.differs?.what === "token";
}
