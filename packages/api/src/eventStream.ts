import type { FastifyReply } from "fastify";
import type { ApiError } from "./apiError.js";
import type { Gateway, NetworkEvent } from "./gateway.js";
import { EVENT_BACKLOG_BYTES_MAX, EVENT_HEARTBEAT_MS, EVENT_LISTENERS_MAX } from "./limits.js";
import { sendProblem } from "./sendError.js";
import { wireJson } from "./wireJson.js";

/**
 * Network events to any number of listeners up to a bound, as server-sent events. Each event is made into text once; a listener that
 * doesn't keep up is dropped, and may come back.
 */
export class EventStream {
  readonly #listeners = new Set<FastifyReply["raw"]>();
  readonly #end = new AbortController();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(gateway: Pick<Gateway, "watch">) {
    gateway.watch((event) => this.#tell(event), this.#end.signal);
  }

  /** Adds a listener, or refuses it when there are too many. */
  add(reply: FastifyReply): FastifyReply | undefined {
    if (this.#end.signal.aborted || this.#listeners.size >= EVENT_LISTENERS_MAX) return sendProblem(reply, TOO_MANY);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, EVENT_HEADERS);
    raw.write(": listening\n\n");
    this.#listeners.add(raw);
    raw.once("close", () => this.#remove(raw));
    this.#heartbeat ??= setInterval(() => this.#send(": still here\n\n"), EVENT_HEARTBEAT_MS).unref();
    return undefined;
  }

  close(): void {
    this.#end.abort();
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
    clearInterval(this.#heartbeat);
  }

  #tell(event: NetworkEvent): void {
    if (this.#listeners.size > 0) this.#send(`event: ${event.kind}\ndata: ${wireJson(event)}\n\n`);
  }

  #send(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.writableLength > EVENT_BACKLOG_BYTES_MAX) listener.destroy();
      else listener.write(text);
    }
  }

  #remove(listener: FastifyReply["raw"]): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}

const EVENT_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

const TOO_MANY: ApiError = {
  status: 503,
  type: "server_error",
  code: "too_many_listeners",
  message: `At most ${EVENT_LISTENERS_MAX} listeners of the event stream at once.`,
  retryAfterSeconds: 10,
};
