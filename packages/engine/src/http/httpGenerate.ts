import { type FinishReason, finishAfter, type RecipeStep, type SamplingParams, StopScanner } from "@cortensor/protocol";
import type { GenerateEvent, GenerateJob } from "../engine.js";
import { EngineError } from "../engineError.js";
import { decodePieces, decodePromptPieces, END_TOKEN, encodePieces, PIECE_VOCABULARY } from "../pieceTokens.js";
import type { CompletionChunk } from "./completionChunk.js";
import type { Upstream } from "./upstream.js";

/** A server tells no log-probabilities of these tokens. */
const LOGPROB_UNKNOWN = 0;
const SEED_DIGITS = 7;

export type HttpGenerateParts = {
  readonly upstream: Upstream;
  readonly upstreamModel: string;
  readonly contextTokens: number;
  readonly continuesAnswers: boolean;
};

/** Asks a server and cuts its text into tokens. Stop texts and length are applied here, so that they mean what they mean everywhere. */
export async function* httpGenerate(parts: HttpGenerateParts, job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
  const run = new HttpRun(parts, job);
  if (run.finish !== undefined) return yield run.end(run.finish);
  const { path, body } = requestOf(parts, job);
  const done = new AbortController();
  const signal = job.signal === undefined ? done.signal : AbortSignal.any([done.signal, job.signal]);
  const chunks = parts.upstream.stream(path, body, signal);
  try {
    for await (const chunk of chunks) {
      yield* run.take(chunk);
      if (job.signal?.aborted) return yield run.end("abort");
      if (run.finish !== undefined) return yield run.end(run.finish);
    }
    yield run.end("stop");
  } catch (error) {
    if (!job.signal?.aborted) throw error;
    yield run.end("abort");
  } finally {
    done.abort();
  }
}

/** State of one answer. */
class HttpRun {
  readonly #job: GenerateJob;
  readonly #scanner: StopScanner;
  readonly #maxOut: number;
  readonly #start: number;
  #position = 0;
  /** Set once the answer is over. */
  finish: FinishReason | undefined;

  constructor(parts: HttpGenerateParts, job: GenerateJob) {
    this.#job = job;
    this.#scanner = new StopScanner(job.params.stop);
    this.#maxOut = Math.min(job.params.maxTokens, parts.contextTokens - job.promptTokens.length);
    for (const id of job.committed ?? []) if (this.finish === undefined) this.#advance(id);
    this.#start = this.#position;
  }

  *take(chunk: CompletionChunk): Generator<GenerateEvent, void> {
    const ids = encodePieces(chunk.text);
    if (chunk.finish === "stop") ids.push(END_TOKEN);
    for (const id of ids) {
      if (this.finish !== undefined || this.#job.signal?.aborted) return;
      const position = this.#position;
      yield { kind: "token", id, position, text: this.#advance(id), logprob: LOGPROB_UNKNOWN };
    }
    this.finish ??= chunk.finish;
  }

  end(finish: FinishReason): GenerateEvent {
    const recipe: RecipeStep[] = [{ kind: "prefill", tokens: this.#job.promptTokens.length + this.#start }];
    if (this.#position > this.#start) recipe.push({ kind: "decode", tokens: this.#position - this.#start });
    return { kind: "end", finish, text: this.#scanner.finish(), recipe };
  }

  #advance(id: number): string {
    this.#position += 1;
    const isEnd = PIECE_VOCABULARY.isEnd;
    const text = isEnd(id) ? "" : this.#scanner.push(PIECE_VOCABULARY.bytesOf(id)).text;
    const outcome = { id, outputTokens: this.#position, isStopped: this.#scanner.isStopped };
    this.finish = finishAfter({ maxOut: this.#maxOut, isEnd }, outcome);
    return text;
  }
}

function requestOf(parts: HttpGenerateParts, job: GenerateJob): { readonly path: string; readonly body: unknown } {
  const given = job.committed ?? [];
  if (given.length > 0 && !parts.continuesAnswers) {
    throw new EngineError({ code: "ENGINE_CANNOT_CONTINUE", reason: "the server is not known to continue answers" });
  }
  const prompt = decodePromptPieces(job.promptTokens);
  const shared = { model: parts.upstreamModel, stream: true, ...paramsOf(job) };
  const said = decodePieces(given);
  if (prompt.kind === "text") return { path: "/completions", body: { ...shared, prompt: prompt.text + said } };
  const open = said === "" ? [] : [{ role: "assistant", content: said }];
  return { path: "/chat/completions", body: { ...shared, messages: [...prompt.messages, ...open] } };
}

/** The parameters as servers name them. The seed only helps them repeat themselves. */
function paramsOf({ params, seed, committed = [] }: GenerateJob): Readonly<Record<string, number>> {
  checkParams(params);
  return {
    temperature: params.temperature,
    top_p: params.topP,
    presence_penalty: params.presencePenalty,
    frequency_penalty: params.frequencyPenalty,
    max_tokens: params.maxTokens - committed.length,
    seed: Number.parseInt(seed.slice(2, 2 + SEED_DIGITS), 16),
  };
}

function checkParams(params: SamplingParams): void {
  if (Object.keys(params.logitBias).length > 0) {
    throw new EngineError({
      code: "ENGINE_BAD_JOB",
      reason: "a server's own token ids aren't known, so none can be biased",
    });
  }
}
