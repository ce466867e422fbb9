import { createParser } from "eventsource-parser";
import { type Dispatcher, Pool } from "undici";
import { type CompletionChunk, parseCompletionChunk, upstreamFailed } from "./completionChunk.js";

const CONNECT_MS = 10_000;
/** One event of a stream: far above any single delta. */
const EVENT_CHARACTERS_MAX = 1_048_576;
/** Answers that are read whole: 2,048 vectors of 4,096 numbers. */
const BODY_BYTES_MAX = 134_217_728;

export type UpstreamOptions = {
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** Silence after which a request counts as broken. */
  readonly silenceMs: number;
  readonly connections: number;
};

/** An OpenAI-compatible server: one pool of connections, keys in headers only. */
export class Upstream {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: UpstreamOptions) {
    const url = new URL(options.baseUrl);
    this.#path = url.pathname.replace(/\/+$/, "");
    const { silenceMs, connections } = options;
    const timeouts = { headersTimeout: silenceMs, bodyTimeout: silenceMs, connect: { timeout: CONNECT_MS } };
    this.#pool = new Pool(url.origin, { connections, ...timeouts });
    const key = options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` };
    this.#headers = { "content-type": "application/json", accept: "application/json, text/event-stream", ...key };
  }

  /** Whether the server answers at all. @throws CodedError ENGINE_UPSTREAM_FAILED */
  async check(): Promise<void> {
    const response = await this.#send({ method: "GET", path: "/models" });
    await response.body.dump();
    if (response.statusCode === 401 || response.statusCode === 403) throw refusal(response.statusCode);
  }

  /** Posts a request whose answer is read whole. @throws CodedError ENGINE_UPSTREAM_FAILED */
  async post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#post({ path, body }, signal);
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of translateErrors(response.body)) {
      bytes += part.length;
      if (bytes > BODY_BYTES_MAX) throw upstreamFailed("the answer is too large");
      parts.push(part);
    }
    try {
      return JSON.parse(Buffer.concat(parts).toString("utf8"));
    } catch (cause) {
      throw upstreamFailed("the answer is not JSON", { cause });
    }
  }

  /** Posts a request whose answer is a stream of completion chunks. Returns only after the server said that it was whole. */
  async *stream(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<CompletionChunk, void> {
    const response = await this.#post({ path, body }, signal);
    const events: string[] = [];
    const parser = createParser({ onEvent: ({ data }) => events.push(data) });
    const decoder = new TextDecoder();
    let isFinished = false;
    let unparsed = 0;
    for await (const part of translateErrors(response.body)) {
      unparsed += part.length;
      if (unparsed > EVENT_CHARACTERS_MAX) throw upstreamFailed("an event of the stream is too large");
      parser.feed(decoder.decode(part, { stream: true }));
      for (const data of events.splice(0)) {
        unparsed = 0;
        const chunk = parseCompletionChunk(data);
        if (chunk === undefined) return;
        isFinished ||= chunk.finish !== undefined;
        yield chunk;
      }
    }
    if (!isFinished) throw upstreamFailed("the stream was cut", { isRetryable: true });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #post(
    request: { readonly path: string; readonly body: unknown },
    signal: AbortSignal | undefined,
  ): Promise<Dispatcher.ResponseData> {
    const body = JSON.stringify(request.body);
    const response = await this.#send({
      method: "POST",
      path: request.path,
      body,
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.statusCode === 200) return response;
    await response.body.dump();
    throw refusal(response.statusCode);
  }

  async #send(
    request: Pick<Dispatcher.RequestOptions, "method" | "path" | "body" | "signal">,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#pool.request({ ...request, path: `${this.#path}${request.path}`, headers: this.#headers });
    } catch (cause) {
      throw upstreamFailed(reasonOf(cause), { cause, isRetryable: true });
    }
  }
}

function refusal(status: number): Error {
  const isRetryable = status === 408 || status === 429 || status >= 500;
  return upstreamFailed(`status ${status}`, { status, isRetryable });
}

async function* translateErrors(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* body;
  } catch (cause) {
    throw upstreamFailed(reasonOf(cause), { cause, isRetryable: true });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause
    ? `the connection failed (${String(cause.code)})`
    : "the connection failed";
}
