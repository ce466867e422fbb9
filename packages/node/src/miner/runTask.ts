import type { Engine, GenerateEvent } from "@cortensor/engine";
import {
  type Bytes32,
  type Checkpoint,
  flattenPrompt,
  hashCheckpoint,
  hashResult,
  missingDocuments,
  type Prompt,
  paramsHash,
  type Result,
  samplerSeed,
  userSeedSource,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { AuthorisedPeer, FromMiner, LinkStream, OfferedModel, Start, StreamMessage } from "@cortensor/wire";
import type { LeafBatcher } from "../host/index.js";
import { acceptPrompt, type Verdict } from "./acceptTask.js";
import { AcknowledgementGate } from "./acknowledgementGate.js";
import type { BodyShelf } from "./bodyShelf.js";
import { earnedWei } from "./earnings.js";
import type { FetchDocuments, FetchedPrompt } from "./fetchDocuments.js";
import type { MinerMetrics, TaskEnding } from "./metrics.js";
import { MinerError } from "./minerError.js";
import type { Outbox } from "./outbox.js";
import { SegmentRecord } from "./segmentRecord.js";
import { TokenOutput } from "./tokenOutput.js";
import type { TokenPacer } from "./tokenPacer.js";

/** What every task of a miner works with. */
export type TaskTools = {
  readonly outbox: Outbox;
  readonly bodies: Pick<BodyShelf, "put">;
  readonly batcher: LeafBatcher;
  readonly pacer: TokenPacer;
  /** A whole answer was made. Nothing of users' waits for what it does. */
  readonly onMade: (answer: { readonly result: Result; readonly text: string }) => void;
  readonly fetchDocuments: FetchDocuments;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: MinerMetrics;
};

export type TaskParts = {
  readonly start: Start;
  readonly stream: LinkStream;
  readonly router: AuthorisedPeer;
  readonly engine: Engine;
  readonly offer: OfferedModel;
  readonly tools: TaskTools;
  /** Of a sealed task: what its answer is committed to with. Nothing of it is kept in the clear. */
  readonly answerSalt?: Bytes32 | undefined;
};

type EndEvent = Extract<GenerateEvent, { readonly kind: "end" }>;
type Generated = { readonly kind: "ended"; readonly end: EndEvent } | { readonly kind: "mismatch" };

/** Runs an accepted task to its end and says how it ended. Never rejects. */
export async function runTask(parts: TaskParts): Promise<TaskEnding> {
  const run = new TaskRun(parts);
  try {
    return await run.run();
  } catch (error) {
    parts.tools.log.warn("Task failed", { taskId: parts.start.assignment.taskId }, error);
    run.fail(error);
    return "failed";
  }
}

/** One task from its acceptance to its result. The stream's handler is set at once; everything else follows in order. */
class TaskRun {
  readonly #parts: TaskParts;
  readonly #startMs: number;
  readonly #abort = new AbortController();
  readonly #gate: AcknowledgementGate;
  readonly #output: TokenOutput;
  /** With the texts of its documents, once they were fetched: what the body keeps. */
  #prompt: Prompt;
  #record: SegmentRecord | undefined;
  #sentResult: Result | undefined;
  #isCut = false;

  constructor(parts: TaskParts) {
    this.#parts = parts;
    const { start, stream, tools } = parts;
    this.#prompt = start.prompt;
    this.#startMs = tools.clock.nowMs();
    this.#gate = new AcknowledgementGate(tools.clock, start.committed.length);
    this.#output = new TokenOutput(stream, { from: start.committed.length, pacer: tools.pacer });
    stream.onMessage((message) => this.#onMessage(message));
    void stream.ended.then((ended) => this.#onEnded(ended));
  }

  async run(): Promise<TaskEnding> {
    const { start, engine, offer, tools } = this.#parts;
    const { task, assignment, committed } = start;
    const fetched = await this.#fetchPrompt();
    if (fetched.kind === "refused") return this.#refuse(fetched);
    this.#prompt = fetched.prompt;
    const promptTokens = await engine.tokenizePrompt(flattenPrompt(fetched.prompt));
    const nIn = promptTokens.length;
    const { contextTokens } = offer;
    const verdict = acceptPrompt({ nIn, maxIn: task.maxIn, contextTokens, committed: committed.length });
    if (verdict.kind === "refused") return this.#refuse(verdict);
    this.#send({ kind: "accepted", nIn });
    tools.metrics.tokens.add({ direction: "in" }, nIn);
    const record = new SegmentRecord({
      ...{ assignment, committed, nIn, startMs: this.#startMs },
      answerSalt: this.#parts.answerSalt,
    });
    this.#record = record;
    // Its word that it has taken the task, until a later one takes its place.
    this.#addLeaf(hashCheckpoint(record.startCheckpoint()));
    const generated = await this.#generate(promptTokens, record);
    if (this.#isCut) return this.#keepCut(record, generated, nIn);
    if (generated.kind === "mismatch") return this.#leave("mismatch");
    if (generated.end.finish === "error") return this.#giveUp("ENGINE_ENDED_IN_ERROR");
    return this.#deliver(record, generated.end, nIn);
  }

  /** Tells the router that no result will come. The detail is a code: an engine's own words may quote a prompt. */
  fail(error: unknown): void {
    const code = error instanceof Error && "code" in error ? String(error.code) : "MINER_FAILED";
    this.#giveUp(code);
  }

  /** What the client hosts of its prompt, pinned by what the task commits to. Its miner fetches it before a token is counted. */
  async #fetchPrompt(): Promise<FetchedPrompt> {
    const { start, tools } = this.#parts;
    if (missingDocuments(start.prompt).length === 0) return { kind: "fetched", prompt: start.prompt };
    return tools.fetchDocuments(start.prompt, this.#abort.signal);
  }

  #refuse(verdict: Extract<Verdict, { kind: "refused" }>): TaskEnding {
    this.#send(verdict);
    this.#parts.tools.metrics.refusals.add({ code: verdict.code });
    return this.#leave("refused");
  }

  async #generate(promptTokens: readonly number[], record: SegmentRecord): Promise<Generated> {
    const { start, engine, router } = this.#parts;
    const { assignment, params, committed, warmTag } = start;
    const seed = samplerSeed(this.#source(promptTokens), assignment.replica);
    const signal = this.#abort.signal;
    const asked = { promptTokens, params, seed, committed, checkFrom: assignment.from };
    // One router's tags say nothing of another's.
    const job = { ...asked, warmTag: `${router.address}.${warmTag}`, fingerprints: true, signal };
    for await (const event of engine.generate(job)) {
      if (event.kind === "end") return { kind: "ended", end: event };
      if (event.kind === "committedMismatch") {
        this.#send({ kind: "committedMismatch", position: event.position });
        return { kind: "mismatch" };
      }
      await this.#take(event, record);
    }
    return { kind: "ended", end: { kind: "end", finish: "error", text: "", recipe: [] } };
  }

  async #take(event: Extract<GenerateEvent, { readonly kind: "token" }>, record: SegmentRecord): Promise<void> {
    const { id, text, logprob, top = [] } = event;
    const { clock, metrics } = this.#parts.tools;
    const checkpoint = record.push({ id, text, top }, clock.nowMs());
    if (record.position === record.madeFrom + 1) metrics.firstTokenSeconds.observe({}, record.tFirstMs / 1000);
    this.#output.push({ id, text, logprob });
    if (checkpoint !== undefined) {
      this.#sendCheckpoint(checkpoint);
      // An engine without waits of its own would never let an acknowledgement or an abort in.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!this.#gate.isShut(record.position)) return;
    metrics.pauses.add({});
    this.#output.flush();
    const isOpen = await this.#gate.wait(record.position, this.#abort.signal);
    if (!isOpen) throw new MinerError({ code: "MINER_UNACKNOWLEDGED", position: record.position });
  }

  #source(promptTokens: readonly number[]): Bytes32 {
    const { task, params, seedSource } = this.#parts.start;
    if (params.userSeed === undefined) return seedSource ?? task.userNonce;
    const { modelId } = task;
    return userSeedSource({ modelId, promptTokens, paramsHash: paramsHash(params), userSeed: params.userSeed });
  }

  #sendCheckpoint(checkpoint: Checkpoint): void {
    this.#output.flush();
    this.#send({ kind: "checkpoint", checkpoint });
    this.#gate.sent(checkpoint.position);
    this.#addLeaf(hashCheckpoint(checkpoint));
  }

  /** The whole result: into the outbox first, then to the router. It is the checkpoint of the segment's end. */
  async #deliver(record: SegmentRecord, end: EndEvent, nIn: number): Promise<TaskEnding> {
    const { tools } = this.#parts;
    this.#output.flush();
    const result = record.finish(end);
    tools.metrics.tokens.add({ direction: "out" }, result.to - record.madeFrom);
    await this.#store(record, { result, recipe: end.recipe, nIn, isWhole: true });
    this.#send({ kind: "result", result, recipe: end.recipe, finish: end.finish, text: end.text });
    this.#addLeaf(hashResult(result));
    this.#sentResult = result;
    if (record.madeFrom === 0 && this.#parts.answerSalt === undefined)
      tools.onMade({ result, text: record.text + end.text });
    return end.finish;
  }

  /** The router is gone: what it acknowledged is still owed. */
  async #keepCut(record: SegmentRecord, generated: Generated, nIn: number): Promise<TaskEnding> {
    const to = this.#gate.acknowledged;
    if (to > record.madeFrom) {
      const recipe = generated.kind === "ended" ? generated.end.recipe : [];
      const result = record.cutAt(to, recipe);
      await this.#store(record, { result, recipe, nIn, isWhole: false });
      this.#addLeaf(hashResult(result));
    }
    return "linkLost";
  }

  /** The result with its body, in one write: what is signed can be shown. */
  async #store(
    record: SegmentRecord,
    made: { result: Result; recipe: EndEvent["recipe"]; nIn: number; isWhole: boolean },
  ): Promise<void> {
    const { start, offer, router, tools } = this.#parts;
    const { task, assignment, promptSalt, params, committed } = start;
    const prompt = this.#prompt;
    const { result, recipe, nIn, isWhole } = made;
    const { madeFrom } = record;
    const acknowledgement = record.checkpointAt(this.#gate.acknowledged);
    const { contextTokens } = offer;
    const fingerprint = record.fingerprintTo(result.to);
    const asked = { task, prompt, promptSalt, params, committed, contextTokens };
    // A body is shown to routers: a sealed task has none.
    const kept =
      this.#parts.answerSalt === undefined
        ? tools.bodies.put(router.owner, { ...asked, result, recipe, fingerprint })
        : undefined;
    const put = tools.outbox.put({
      operator: router.owner,
      reoffered: { task, result, recipe, assignment },
      owedWei: earnedWei({ assignment, nIn, madeFrom, to: result.to, isWhole }),
      acknowledgedWei: earnedWei({ assignment, nIn, madeFrom, to: this.#gate.acknowledged, isWhole: false }),
      ...(acknowledgement === undefined ? {} : { acknowledgement }),
      isDisputed: false,
      storedAtMs: tools.clock.nowMs(),
    });
    await Promise.all([put, kept]);
  }

  #leave(ending: TaskEnding): TaskEnding {
    this.#parts.stream.end();
    return ending;
  }

  #giveUp(code: string): TaskEnding {
    this.#output.flush();
    this.#send({ kind: "failed", code, detail: "" });
    return this.#leave("failed");
  }

  #addLeaf(structHash: Bytes32): void {
    const { start, router, tools } = this.#parts;
    const { taskId, replica, segment } = start.assignment;
    tools.batcher.add({ structHash, key: `${taskId}.${replica}.${segment}`, peer: router.address });
  }

  /** The router ends the stream when it has the result; before that it has given this miner up. */
  #onEnded(ended: Awaited<LinkStream["ended"]>): void {
    if (this.#sentResult === undefined) {
      this.#isCut = true;
      this.#abort.abort();
    } else if (ended === "end") {
      this.#parts.tools.outbox.markDelivered(this.#sentResult);
    }
  }

  #onMessage(message: StreamMessage): void {
    if (message.kind === "abort") {
      this.#abort.abort();
      return;
    }
    if (message.kind !== "acknowledged") return;
    const { acknowledgement } = message;
    const isKnown = this.#record?.hasCheckpoint(acknowledgement) ?? false;
    this.#parts.tools.metrics.acknowledgements.add({ verdict: isKnown ? "known" : "unknown" });
    if (isKnown) this.#gate.acknowledge(acknowledgement.position);
  }

  #send(message: FromMiner): void {
    this.#parts.stream.send(message);
  }
}
