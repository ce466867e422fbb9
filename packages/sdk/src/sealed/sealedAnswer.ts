import {
  type Address,
  type Aead,
  type AnswerPart,
  AnswerReader,
  type Bytes32,
  decodeAnswerOpening,
  decodeSealedFrame,
  feeWei,
  openAnswer,
  ProtocolError,
  type SealAudit,
  type SealContext,
  type SealedAssignment,
  type SealedEvent,
  type StreamOpener,
  sealedOutCommit,
  sealedRootStart,
  TokenRoot,
  utf8ToBytes,
} from "@cortensor/protocol";
import { SdkError } from "../sdkError.js";
import type { AnswerFault } from "./sealedErrors.js";

type Done = Extract<SealedEvent, { readonly kind: "done" }>;
type End = Extract<AnswerPart, { readonly kind: "end" }>;

/** The miner that answers now, and what opens what it says. */
type Segment = {
  readonly assigned: SealedAssignment;
  readonly context: SealContext;
  readonly dataKey: Uint8Array;
  readonly reader: AnswerReader;
  /** Guards that the data key was shared out among; undefined where it wasn't. */
  readonly sharers?: number | undefined;
  opener: StreamOpener | undefined;
  text: string;
};

/**
 * A sealed answer as its client opens it. Holds every token, and at the end its commitments, counts and fee against what the miner signed and the router
 * charges. Throws SDK_SEALED_ANSWER_FAULT.
 */
export class SealedAnswer {
  readonly taskId: Bytes32;
  readonly #answerSalt: Bytes32;
  readonly #aead: Aead;
  readonly #audit: SealAudit;
  readonly #root: TokenRoot;
  readonly #ids: number[] = [];
  /** Whom it was sealed to. */
  readonly #readers = new Set<Address>();
  #segment: Segment | undefined;
  #standbys: readonly SealContext[] = [];
  #end: End | undefined;
  #segments = 0;
  #answered = 0;
  text = "";

  constructor(parts: {
    readonly taskId: Bytes32;
    readonly answerSalt: Bytes32;
    readonly aead: Aead;
    /** What was agreed on: an answer that is labelled otherwise is refused. */
    readonly audit: SealAudit;
  }) {
    this.taskId = parts.taskId;
    this.#answerSalt = parts.answerSalt;
    this.#aead = parts.aead;
    this.#audit = parts.audit;
    this.#root = new TokenRoot(sealedRootStart(parts.answerSalt));
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Miners that have begun to answer: one that refused its envelope leaves its segment to the next. */
  get answered(): number {
    return this.#answered;
  }

  /** From here on this miner answers. */
  begin(
    parts: Pick<Segment, "assigned" | "context" | "dataKey" | "sharers">,
    standbys: readonly SealContext[] = [],
  ): void {
    this.#segment = { ...parts, reader: new AnswerReader(), opener: undefined, text: "" };
    this.#segments += 1;
    this.#standbys = standbys;
    for (const { miner } of [parts.context, ...standbys]) this.#readers.add(miner);
  }

  /** From here on that standby answers, under the envelope that was sealed to it too. False: it wasn't. */
  handOver(assigned: SealedAssignment): boolean {
    const context = this.#standbys.find(({ miner }) => miner === assigned.miner.miner);
    if (context === undefined) return false;
    const { dataKey, sharers } = this.#current();
    this.begin({ assigned, context, dataKey, sharers }, this.#standbys);
    return true;
  }

  takeOpening(bytes: Uint8Array): void {
    const segment = this.#current();
    const opening = this.#decode(() => decodeAnswerOpening(bytes));
    const { context, dataKey } = segment;
    const opened = openAnswer(opening, { context, dataKey, taskId: this.taskId, aead: this.#aead });
    if (opened.kind === "refused") throw this.#fault(opened.refusal);
    segment.opener = opened.opener;
    this.#answered += 1;
  }

  /** The text that a frame adds. */
  takeFrame(bytes: Uint8Array, tokens: number): string {
    const segment = this.#current();
    const frame = this.#decode(() => decodeSealedFrame(bytes));
    const opened = segment.opener?.open(frame);
    if (opened === undefined) throw this.#fault("noOpening");
    if (opened.kind === "refused") throw this.#fault(opened.refusal);
    let text = "";
    for (const part of this.#decode(() => segment.reader.push(opened.data))) {
      if (part.kind === "end") this.#end = part;
      else text += this.#takeTokens(part);
    }
    if (this.#ids.length !== tokens) throw this.#fault("otherCount");
    segment.text += text;
    this.text += text;
    return text;
  }

  /** Holds the whole answer against what was signed and what is charged. */
  finish(done: Done): End {
    const segment = this.#current();
    const truncated = segment.opener?.end();
    if (segment.opener === undefined) throw this.#fault("noOpening");
    if (truncated !== undefined) throw this.#fault(truncated.refusal);
    this.#decode(() => segment.reader.end());
    const end = this.#end;
    if (end === undefined) throw this.#fault("badParts");
    const fault = this.#signedFault(done, segment) ?? this.#chargedFault(done, end, segment);
    if (fault !== undefined) throw this.#fault(fault);
    return end;
  }

  #takeTokens({ from, ids, text }: Extract<AnswerPart, { readonly kind: "tokens" }>): string {
    if (from !== this.#ids.length) throw this.#fault("otherPosition");
    for (const id of ids) {
      this.#ids.push(id);
      this.#root.push(id);
    }
    return text;
  }

  #signedFault({ result }: Done, { assigned, text }: Segment): AnswerFault | undefined {
    const { assignment } = assigned;
    const isOf = result.taskId === this.taskId && result.miner === assignment.miner;
    if (!isOf || result.segment !== assignment.segment || result.from !== assignment.from) return "otherIdentity";
    if (result.to !== this.#ids.length || result.tokenRoot !== this.#root.root()) return "otherTokens";
    const commit = sealedOutCommit(this.taskId, this.#answerSalt, utf8ToBytes(text));
    return result.outCommit === commit ? undefined : "otherOutput";
  }

  #chargedFault(done: Done, end: End, { assigned, context }: Segment): AnswerFault | undefined {
    const { result, nIn, nOut } = done;
    if (end.finish !== done.finish || end.finish !== result.finish || end.nOut !== this.#ids.length) return "otherEnd";
    if (nIn !== end.nIn || result.nIn !== end.nIn || nOut > this.#ids.length) return "otherCount";
    const isAlone = this.#segments === 1;
    if (isAlone && nOut !== this.#ids.length) return "otherCount";
    const fee = feeWei({ ...assigned.assignment, nIn, nOut });
    const { feeCapWei } = assigned.task;
    const most = fee < feeCapWei ? fee : feeCapWei;
    if (isAlone ? done.feeWei !== most : done.feeWei > feeCapWei) return "otherFee";
    return this.#isLabelOf(done, context) ? undefined : "otherLabel";
  }

  /** The label names those that this client sealed to, and nobody else, its own suite, and what was agreed on of audits. */
  #isLabelOf({ sealing }: Done, { suite }: SealContext): boolean {
    const { readers, audit, opening } = sealing;
    if (sealing.suite !== suite || audit !== this.#audit || opening?.guards !== this.#segment?.sharers) return false;
    const mine = [...this.#readers].sort();
    return mine.join() === [...new Set(readers)].sort().join();
  }

  #current(): Segment {
    if (this.#segment === undefined) throw this.#fault("noOpening");
    return this.#segment;
  }

  #decode<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (error instanceof ProtocolError) throw this.#fault("badParts");
      throw error;
    }
  }

  #fault(fault: AnswerFault): SdkError {
    return new SdkError({ code: "SDK_SEALED_ANSWER_FAULT", fault, taskId: this.taskId });
  }
}
