import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChatMessage, Prompt } from "@cortensor/protocol";
import { z } from "zod";
import { createScriptedEngine, type EngineScript } from "../createScriptedEngine.js";
import { END_TOKEN } from "../pieceTokens.js";
import { paramsWith } from "./engineCompliance.js";

/** What the server does wrong, from the next request on. */
export type Fault =
  | "none"
  | "status500"
  | "status400"
  | "cut"
  | "notJson"
  | "errorEvent"
  | "silent"
  | "hugeEvent"
  | "noVectors";

export type OpenaiServer = {
  readonly baseUrl: string;
  fault: Fault;
  /** Answers that were cut off by the client. */
  aborted: number;
  close(): Promise<void>;
};

const requestSchema = z.object({
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).optional(),
  prompt: z.string().optional(),
  input: z.array(z.string()).optional(),
  temperature: z.number().optional(),
  seed: z.number().optional(),
  max_tokens: z.number().optional(),
});
type CompletionRequest = z.infer<typeof requestSchema>;

/** A real HTTP server that speaks OpenAI's completions with a scripted engine behind it, and can misbehave. */
export async function startOpenaiServer(script: EngineScript = {}): Promise<OpenaiServer> {
  const engine = createScriptedEngine(script);
  const state: { fault: Fault; aborted: number } = { fault: "none", aborted: 0 };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on("close", () => {
      if (!response.writableFinished) state.aborted += 1;
    });
    if (state.fault === "status500" || state.fault === "status400") {
      response.writeHead(state.fault === "status500" ? 500 : 400).end("{}");
      return;
    }
    if (request.url === "/v1/models") {
      response.end(JSON.stringify({ data: [] }));
      return;
    }
    const body = requestSchema.parse(JSON.parse(await readAll(request)));
    if (request.url === "/v1/embeddings") await sendVectors(response, body.input ?? []);
    else await sendStream(response, body);
  };

  const sendVectors = async (response: ServerResponse, texts: readonly string[]): Promise<void> => {
    const { vectors } = await engine.embed(texts);
    const data = vectors.map((vector, index) => ({ index, embedding: Array.from(vector) }));
    response.end(JSON.stringify({ data: state.fault === "noVectors" ? [] : data }));
  };

  const sendStream = async (response: ServerResponse, body: CompletionRequest): Promise<void> => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const { prompt, said } = promptOf(body);
    const params = paramsWith({ temperature: body.temperature ?? 0, maxTokens: 30_000 });
    const seed = `0x${(body.seed ?? 0).toString(16).padStart(64, "0")}` as const;
    const promptTokens = await engine.tokenizePrompt(prompt);
    let skipped = 0;
    let sent = 0;
    for await (const event of engine.generate({ promptTokens, params, seed })) {
      if (event.kind !== "token" || event.id === END_TOKEN) break;
      if (skipped < said.length) {
        skipped += event.text.length;
        continue;
      }
      if (sent >= (body.max_tokens ?? 16)) break;
      sent += 1;
      if (await misbehave(response, sent)) return;
      response.write(
        `data: ${JSON.stringify({ choices: [{ delta: { content: event.text }, text: event.text }] })}\n\n`,
      );
      await new Promise((resolve) => setImmediate(resolve));
      if (response.destroyed) return;
    }
    const finish = sent >= (body.max_tokens ?? 16) ? "length" : "stop";
    response.write(`data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: finish }] })}\n\n`);
    response.end("data: [DONE]\n\n");
  };

  const misbehave = async (response: ServerResponse, sent: number): Promise<boolean> => {
    if (sent < 4) return false;
    switch (state.fault) {
      case "cut":
        response.destroy();
        return true;
      case "notJson":
        response.end("data: {not json\n\n");
        return true;
      case "errorEvent":
        response.end(`data: ${JSON.stringify({ error: { message: "overloaded" } })}\n\n`);
        return true;
      case "hugeEvent":
        response.end(`data: ${"x".repeat(3_000_000)}`);
        return true;
      case "silent":
        await once(response, "close");
        return true;
      default:
        return false;
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const port = await listen(server);
  return Object.assign(state, {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: async () => {
      await engine.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

/** A trailing assistant message is an answer to be continued; so is what follows the mark in a bare text. */
function promptOf({ messages, prompt = "" }: CompletionRequest): { readonly prompt: Prompt; readonly said: string } {
  if (messages === undefined) return { prompt: { kind: "text", text: prompt }, said: "" };
  const last: ChatMessage | undefined = messages.at(-1);
  if (last?.role !== "assistant") return { prompt: { kind: "chat", messages }, said: "" };
  return { prompt: { kind: "chat", messages: messages.slice(0, -1) }, said: last.content };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
