import { CodedError } from "@cortensor/protocol";
import type { Engine } from "../engine.js";
import type { EngineUse } from "../engineUse.js";
import { createLlamaEngine } from "./llamaEngine.js";
import { type FromChild, type ToChild, toChildSchema } from "./messages.js";
import { packScores } from "./packedScores.js";

/** Entry of the engine's own process. It lives as long as its parent's channel: no parent, no engine. */
let engine: Engine | undefined;
const running = new Map<number, AbortController>();

process.on("disconnect", () => process.exit(0));
if (!process.connected) process.exit(0);
process.on("message", (message) => {
  void handle(message);
});

async function handle(message: unknown): Promise<void> {
  const parsed = toChildSchema.safeParse(message);
  if (!parsed.success) {
    await refuse(
      message,
      new CodedError({ code: "ENGINE_BAD_JOB", reason: parsed.error.issues[0]?.message ?? "unknown" }),
    );
    return;
  }
  const request = parsed.data;
  try {
    await answer(request);
  } catch (error) {
    await refuse(request, error);
  } finally {
    if ("call" in request && request.kind !== "abort") running.delete(request.call);
  }
}

async function answer(request: ToChild): Promise<void> {
  if (request.kind === "start") {
    engine = await createLlamaEngine(request.options);
    return send({ kind: "ready", description: engine.describe() });
  }
  if (request.kind === "abort") return running.get(request.call)?.abort();
  if (engine === undefined) throw new CodedError({ code: "ENGINE_CLOSED" });
  const controller = new AbortController();
  running.set(request.call, controller);
  await run({ engine, request, signal: controller.signal });
}

async function run(work: {
  readonly engine: Engine;
  readonly request: Exclude<ToChild, { kind: "start" | "abort" }>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { engine: own, request, signal } = work;
  const { call } = request;
  const onUse = (use: EngineUse): void => void send({ kind: "used", call, use });
  switch (request.kind) {
    case "tokenize":
      return send({ kind: "tokenized", call, tokens: [...(await own.tokenizePrompt(request.prompt))] });
    case "generate": {
      const { committed, checkFrom, prefills, warmTag, fingerprints, ...job } = request.job;
      const optional = {
        ...(committed === undefined ? {} : { committed }),
        ...(checkFrom === undefined ? {} : { checkFrom }),
        ...(prefills === undefined ? {} : { prefills }),
        ...(warmTag === undefined ? {} : { warmTag }),
        ...(fingerprints === undefined ? {} : { fingerprints }),
      };
      for await (const event of own.generate({ ...job, ...optional, signal, onUse })) {
        await send({ kind: "event", call, event: event as Extract<FromChild, { kind: "event" }>["event"] });
      }
      return;
    }
    case "score": {
      const { from, params, ...job } = request.job;
      const optional = { ...(from === undefined ? {} : { from }), ...(params === undefined ? {} : { params }) };
      const scores = await own.score({ ...job, ...optional, signal, onUse });
      return send({ kind: "scored", call, scores: packScores(scores) });
    }
    case "spell": {
      const spellings = await own.spell(request.tokens);
      return send({
        kind: "spelled",
        call,
        spellings: spellings as Extract<FromChild, { kind: "spelled" }>["spellings"],
      });
    }
    case "embed": {
      const { vectors, tokens } = await own.embed(request.texts, signal);
      return send({ kind: "embedded", call, vectors: [...vectors] as Float32Array<ArrayBuffer>[], tokens });
    }
  }
}

/** A refusal of something sent goes back to whoever sent it; what has no number can only be about the start. */
async function refuse(request: unknown, error: unknown): Promise<void> {
  const coded =
    error instanceof CodedError ? error : new CodedError({ code: "ENGINE_START_FAILED", reason: String(error) });
  const { data, isRetryable } = coded;
  const number = typeof request === "object" && request !== null && "call" in request ? request.call : undefined;
  if (typeof number === "number") await send({ kind: "failed", call: number, data, isRetryable });
  else await send({ kind: "notReady", data, isRetryable });
}

/** Returns at once while the channel keeps up; otherwise waits, so that a slow parent slows the work down instead of filling memory. */
async function send(message: FromChild): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  let handedOver: () => void = () => undefined;
  const taken = new Promise<void>((resolve) => {
    handedOver = resolve;
  });
  const keepsUp = process.send(message, undefined, {}, () => handedOver());
  if (!keepsUp) await taken;
}
