import type { FastifyReply } from "fastify";
import type { AnswerFormat } from "./answerFormat.js";
import { refusalError } from "./apiError.js";
import { type AnswerEvent, type OpenedInference, toFinish } from "./openInference.js";
import { sendOpenAiError } from "./sendError.js";

type Opened = Extract<OpenedInference, { kind: "opened" }>;

/** Header of every answer: the task's id, under which its receipt is found. */
export const TASK_HEADER = "x-cortensor-task";
/** Header of every whole answer: what it may be called. A stream says it in its last chunk, when it is known. */
export const PROOF_HEADER = "x-cortensor-proof";

/** Header of a whole answer that a proxy sealed: `sealed` or `open`, as the body's field `cortensor.privacy`. */
export const PRIVACY_HEADER = "x-cortensor-privacy";

/** Collects an answer and sends it as one body; a failure on the way is an HTTP error. */
export async function answerWhole(reply: FastifyReply, opened: Opened, format: AnswerFormat): Promise<FastifyReply> {
  reply.header(TASK_HEADER, opened.taskId);
  let text = "";
  let event: AnswerEvent = opened.first;
  while (event.kind === "text") {
    text += event.text;
    event = await opened.next();
  }
  if (event.kind === "failed") return sendOpenAiError(reply, refusalError(event.refusal));
  const finish = toFinish(event);
  if (finish.kind === "failed") return sendOpenAiError(reply, refusalError(finish.refusal));
  await format.keep?.(text, finish.reason, event);
  if (event.readable !== undefined) reply.header(PRIVACY_HEADER, event.readable.privacy);
  reply.header(PROOF_HEADER, event.label).header("content-type", "application/json; charset=utf-8");
  return reply.send(format.whole(text, finish.reason, event));
}

/** The status and headers of a stream. From here on a failure is an event. */
export function sendStreamHead(reply: FastifyReply, taskId: string): void {
  reply.hijack();
  reply.raw.writeHead(200, { ...STREAM_HEADERS, [TASK_HEADER]: taskId });
}

/**
 * Streams an answer as server-sent events behind the head, waiting whenever the client reads slower than the miner writes. A failure
 * on the way is an error event and no end.
 */
export async function answerStream(
  reply: FastifyReply,
  opened: Opened,
  { format, includeUsage }: { format: AnswerFormat; includeUsage: boolean },
): Promise<void> {
  const raw = reply.raw;
  let opening = format.opening;
  let said = "";
  let event: AnswerEvent = opened.first;
  while (event.kind === "text") {
    if (format.isCiting) said += event.text;
    if (event.text !== "") {
      const isRoomLeft = raw.write(opening + chunksOf(event, format));
      opening = "";
      if (!isRoomLeft) await writable(reply);
    }
    if (raw.destroyed) return;
    event = await opened.next();
  }
  if (event.kind === "failed") return endStream(reply, format.failure(refusalError(event.refusal)));
  const finish = toFinish(event);
  if (finish.kind === "failed") return endStream(reply, format.failure(refusalError(finish.refusal)));
  await format.keep?.(said, finish.reason, event);
  const usage = includeUsage ? format.usage(event) : "";
  raw.end(opening + format.finish(finish.reason, event, said) + usage + format.end);
}

/** One chunk per token, however many tokens came together: they leave in one write. */
function chunksOf({ text, cuts }: Extract<AnswerEvent, { kind: "text" }>, format: AnswerFormat): string {
  if (cuts === undefined) return format.text(text);
  let chunks = "";
  let at = 0;
  for (const length of cuts) {
    if (length > 0) chunks += format.text(text.slice(at, at + length));
    at += length;
  }
  return chunks;
}

export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  /** Reverse proxies that buffer would turn a stream into one late block. */
  "x-accel-buffering": "no",
};

/** Ends a stream whose head is sent. */
export function endStream(reply: FastifyReply, last: string): void {
  reply.raw.end(last);
}

/** Resolves when the socket has room again, or is gone. */
export function writable({ raw }: FastifyReply): Promise<void> {
  if (raw.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      raw.off("drain", settle);
      raw.off("close", settle);
      resolve();
    };
    raw.on("drain", settle);
    raw.on("close", settle);
  });
}
