import { CodedError } from "@cortensor/protocol";
import type { Engine, EngineDescription, GenerateEvent } from "../engine.js";
import { EngineError } from "../engineError.js";
import type { OnUse } from "../engineUse.js";
import { EventQueue } from "./eventQueue.js";
import type { ForkedEngine } from "./forkEngine.js";
import { type FromChild, fromChildSchema, type ToChild } from "./messages.js";
import { unpackScores } from "./packedScores.js";

/** A child that hasn't left by then is killed. */
const CLOSE_MS_MAX = 2_000;

type Answer = Exclude<FromChild, { kind: "event" | "used" | "ready" | "notReady" }>;
type Call = {
  readonly onEvent?: (event: GenerateEvent) => void;
  readonly onUse?: OnUse | undefined;
  readonly onAnswer: (answer: Exclude<Answer, { kind: "failed" }>) => void;
  readonly onError: (error: Error) => void;
};
/** Distributes over the union, which plain Omit would not. */
type WithoutCall<Message> = Message extends { readonly call: number } ? Omit<Message, "call"> : never;

/** The parent's end of an engine process: numbers the calls, and fails all of them when the process is gone. */
export class ChildEngine
  implements Pick<Engine, "tokenizePrompt" | "generate" | "score" | "spell" | "embed" | "close">
{
  readonly #forked: ForkedEngine;
  readonly #calls = new Map<number, Call>();
  readonly #gone: Promise<void>;
  #nextCall = 0;
  #end: Error | undefined;
  #isClosing = false;
  #onReady:
    | { readonly resolve: (description: EngineDescription) => void; readonly reject: (error: Error) => void }
    | undefined;

  constructor(forked: ForkedEngine) {
    this.#forked = forked;
    const { child } = forked;
    child.on("message", (message) => this.#receive(message));
    child.on("error", (cause) =>
      this.#fail(new EngineError({ code: "ENGINE_START_FAILED", reason: cause.message }, { cause })),
    );
    this.#gone = new Promise((resolve) => {
      child.once("exit", (exitCode, signal) => {
        this.#fail(this.#isClosing ? new EngineError({ code: "ENGINE_CLOSED" }) : this.#crash(exitCode, signal));
        resolve();
      });
    });
  }

  /** Undefined once the process is gone. */
  get pid(): number | undefined {
    return this.#end === undefined ? this.#forked.child.pid : undefined;
  }

  /** Resolves with why the process is gone: a crash, or the close that was asked for. */
  get gone(): Promise<Error> {
    return this.#gone.then(() => this.#end ?? new EngineError({ code: "ENGINE_CLOSED" }));
  }

  start(options: Extract<ToChild, { kind: "start" }>["options"]): Promise<EngineDescription> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end);
      this.#onReady = { resolve, reject };
      this.#send({ kind: "start", options });
    });
  }

  async tokenizePrompt(prompt: Parameters<Engine["tokenizePrompt"]>[0]): Promise<readonly number[]> {
    const messages = prompt.kind === "chat" ? { ...prompt, messages: [...prompt.messages] } : prompt;
    return (await this.#ask("tokenized", { kind: "tokenize", prompt: messages })).tokens;
  }

  generate(job: Parameters<Engine["generate"]>[0]): AsyncIterable<GenerateEvent> {
    const { signal, promptTokens, committed, prefills, params, onUse, ...rest } = job;
    if (signal?.aborted && this.#end === undefined && !this.#isClosing) return endAtOnce();
    const call = this.#nextCall++;
    const abort = (): void => this.#send({ kind: "abort", call });
    const queue = new EventQueue<GenerateEvent>(abort);
    const finish = (): void => {
      signal?.removeEventListener("abort", abort);
      queue.end();
    };
    const message = {
      promptTokens: [...promptTokens],
      params,
      ...rest,
      ...(committed === undefined ? {} : { committed: [...committed] }),
      ...(prefills === undefined ? {} : { prefills: [...prefills] }),
    };
    this.#open(call, {
      onUse,
      onEvent: (event) => {
        queue.push(event);
        if (event.kind !== "end") return;
        this.#calls.delete(call);
        finish();
      },
      onAnswer: finish,
      onError: (error) => {
        signal?.removeEventListener("abort", abort);
        queue.fail(error);
      },
    });
    signal?.addEventListener("abort", abort, { once: true });
    if (this.#end === undefined) this.#send({ kind: "generate", call, job: message });
    return queue;
  }

  async score({ signal, onUse, ...job }: Parameters<Engine["score"]>[0]): ReturnType<Engine["score"]> {
    const message = { ...job, promptTokens: [...job.promptTokens], outputTokens: [...job.outputTokens] };
    const { scores } = await this.#ask("scored", { kind: "score", job: message }, { signal, onUse });
    return unpackScores(scores);
  }

  async spell(tokens: readonly number[]): ReturnType<Engine["spell"]> {
    return (await this.#ask("spelled", { kind: "spell", tokens: [...tokens] })).spellings;
  }

  async embed(texts: readonly string[], signal?: AbortSignal): ReturnType<Engine["embed"]> {
    const { vectors, tokens } = await this.#ask("embedded", { kind: "embed", texts: [...texts] }, { signal });
    return { vectors, tokens };
  }

  /**
   * Closes the channel, at which the child leaves by itself and takes along the process that tests the native library while it loads;
   * kills it when it doesn't. Resolves when it is gone.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { child } = this.#forked;
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS_MAX);
    await this.#gone;
    clearTimeout(kill);
  }

  #ask<Kind extends Answer["kind"]>(
    kind: Kind,
    message: WithoutCall<ToChild>,
    { signal, onUse }: { readonly signal?: AbortSignal | undefined; readonly onUse?: OnUse | undefined } = {},
  ): Promise<Extract<Answer, { kind: Kind }>> {
    if (signal?.aborted) return Promise.reject(new EngineError({ code: "ENGINE_ABORTED" }));
    const call = this.#nextCall++;
    const abort = (): void => this.#send({ kind: "abort", call });
    return new Promise<Extract<Answer, { kind: Kind }>>((resolve, reject) => {
      this.#open(call, {
        onUse,
        onAnswer: (answer) => {
          if (answer.kind === kind) resolve(answer as Extract<Answer, { kind: Kind }>);
          else reject(new EngineError({ code: "ENGINE_BAD_JOB", reason: `asked for ${kind}, got ${answer.kind}` }));
        },
        onError: reject,
      });
      signal?.addEventListener("abort", abort, { once: true });
      if (this.#end === undefined) this.#send({ ...message, call } as ToChild);
    }).finally(() => signal?.removeEventListener("abort", abort));
  }

  #open(call: number, handlers: Call): void {
    if (this.#end !== undefined) handlers.onError(this.#end);
    else if (this.#isClosing) handlers.onError(new EngineError({ code: "ENGINE_CLOSED" }));
    else this.#calls.set(call, handlers);
  }

  #send(message: ToChild): void {
    const { child } = this.#forked;
    if (!child.connected) return;
    child.send(message, (error) => {
      if (error !== null)
        this.#fail(this.#isClosing ? new EngineError({ code: "ENGINE_CLOSED" }) : this.#crash(null, null));
    });
  }

  #receive(message: unknown): void {
    const parsed = fromChildSchema.safeParse(message);
    if (!parsed.success) {
      this.#fail(new EngineError({ code: "ENGINE_CRASHED", tail: "the engine process sent something unreadable" }));
      this.#forked.child.kill("SIGKILL");
      return;
    }
    const { data } = parsed;
    if (data.kind === "ready") this.#onReady?.resolve(data.description);
    else if (data.kind === "notReady")
      this.#onReady?.reject(new CodedError(data.data, { isRetryable: data.isRetryable }));
    else if (data.kind === "used") this.#calls.get(data.call)?.onUse?.(data.use);
    else if (data.kind === "event") this.#calls.get(data.call)?.onEvent?.(data.event as GenerateEvent);
    else this.#settle(data);
  }

  #settle(answer: Answer): void {
    const call = this.#calls.get(answer.call);
    this.#calls.delete(answer.call);
    if (answer.kind === "failed") call?.onError(new CodedError(answer.data, { isRetryable: answer.isRetryable }));
    else call?.onAnswer(answer);
  }

  #crash(exitCode: number | null, signal: string | null): EngineError {
    const why = { ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) };
    return new EngineError({ code: "ENGINE_CRASHED", ...why, tail: this.#forked.tail() }, { isRetryable: true });
  }

  #fail(error: Error): void {
    this.#end ??= error;
    this.#onReady?.reject(this.#end);
    for (const call of this.#calls.values()) call.onError(this.#end);
    this.#calls.clear();
  }
}

/** The end of work that was aborted before it began. The child isn't asked: it could have begun before the abort reached it. */
function endAtOnce(): AsyncIterable<GenerateEvent> {
  const queue = new EventQueue<GenerateEvent>(() => undefined);
  queue.push({ kind: "end", finish: "abort", text: "", recipe: [] });
  queue.end();
  return queue;
}
