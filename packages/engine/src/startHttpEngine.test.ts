import { createServer } from "node:http";
import type { Prompt } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineCompliance, paramsWith, runJob } from "./compliance/engineCompliance.js";
import { type Fault, listen, type OpenaiServer, startOpenaiServer } from "./compliance/openaiServer.js";
import type { Engine, GenerateEvent } from "./engine.js";
import { startHttpEngine } from "./startHttpEngine.js";

const LINES = "Once there was a small machine that answered every question — slowly, but truly. ".repeat(8);
const prompt: Prompt = { kind: "chat", messages: [{ role: "user", content: "Tell me of the machine." }] };
const seed = `0x${"01".repeat(32)}` as const;
const script = { reply: () => LINES };

engineCompliance("startHttpEngine", async () => {
  const server = await startOpenaiServer(script);
  const options = { baseUrl: server.baseUrl, upstreamModel: "any", slots: 2, canEmbed: true, continuesAnswers: true };
  return { engine: await startHttpEngine(options), prompt, canBias: false, close: server.close };
});

describe("startHttpEngine", () => {
  let server: OpenaiServer;
  let engine: Engine;
  let promptTokens: readonly number[];
  beforeEach(async () => {
    server = await startOpenaiServer(script);
    engine = await startHttpEngine({ baseUrl: server.baseUrl, upstreamModel: "any", silenceMs: 300, canEmbed: true });
    promptTokens = await engine.tokenizePrompt(prompt);
  });
  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  it("passes a whole answer on, and counts its end", async () => {
    const { text, end, ids } = await runJob(engine, { promptTokens, params: paramsWith({ maxTokens: 2_000 }), seed });
    expect(text).toBe(LINES);
    expect(end.finish).toBe("stop");
    expect(ids.at(-1)).toBe(engine.describe().vocabularyTokens - 5);
  });

  it("sends a bare text as one", async () => {
    const text = await engine.tokenizePrompt({ kind: "text", text: "Once" });
    expect((await runJob(engine, { promptTokens: text, params: paramsWith(), seed })).ids).toHaveLength(24);
  });

  const faults: readonly (readonly [Fault, boolean, RegExp])[] = [
    ["status500", true, /status 500/],
    ["status400", false, /status 400/],
    ["cut", true, /connection failed|cut/],
    ["notJson", false, /not JSON/],
    ["errorEvent", false, /error in its stream/],
    ["silent", true, /connection failed/],
    ["hugeEvent", false, /too large/],
  ];
  it.each(faults)(
    "fails with a coded error, never with an end, on a server's fault: %s",
    async (fault, isRetryable, why) => {
      server.fault = fault;
      const events: GenerateEvent[] = [];
      const reading = (async () => {
        for await (const event of engine.generate({ promptTokens, params: paramsWith(), seed })) events.push(event);
      })();
      await expect(reading).rejects.toMatchObject({ code: "ENGINE_UPSTREAM_FAILED", isRetryable });
      await expect(reading).rejects.toThrow(why);
      expect(events.every(({ kind }) => kind === "token")).toBe(true);
      server.fault = "none";
      expect((await runJob(engine, { promptTokens, params: paramsWith(), seed })).ids).toHaveLength(24);
    },
  );

  it("hangs up on the server when its answer is no longer wanted", async () => {
    const controller = new AbortController();
    const running = engine.generate({
      promptTokens,
      params: paramsWith({ maxTokens: 2_000 }),
      seed,
      signal: controller.signal,
    });
    for await (const { kind } of running) if (kind === "token") controller.abort();
    await expect.poll(() => server.aborted).toBe(1);
  });

  it("refuses a hand-over unless the server is known to continue answers", async () => {
    const late = runJob(engine, { promptTokens, params: paramsWith(), seed, committed: [65], checkFrom: 1 });
    await expect(late).rejects.toMatchObject({ code: "ENGINE_CANNOT_CONTINUE" });
  });

  it("refuses to bias tokens whose ids it can't know", async () => {
    const biased = runJob(engine, { promptTokens, params: paramsWith({ logitBias: { 1: 5 } }), seed });
    await expect(biased).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
  });

  it("refuses an answer without vectors", async () => {
    server.fault = "noVectors";
    await expect(engine.embed(["a"])).rejects.toMatchObject({ code: "ENGINE_UPSTREAM_FAILED" });
  });

  it("isn't started where nobody listens, or where the key is refused", async () => {
    const closed = createServer();
    const port = await listen(closed);
    closed.close();
    const options = { baseUrl: `http://127.0.0.1:${port}/v1`, upstreamModel: "any" };
    await expect(startHttpEngine(options)).rejects.toMatchObject({ code: "ENGINE_UPSTREAM_FAILED" });
    const locked = createServer((_request, response) => response.writeHead(401).end());
    const baseUrl = `http://127.0.0.1:${await listen(locked)}/v1`;
    await expect(startHttpEngine({ ...options, baseUrl })).rejects.toMatchObject({ data: { status: 401 } });
    locked.close();
  });
});
