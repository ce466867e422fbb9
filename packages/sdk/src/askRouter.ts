import type { z } from "zod";
import {
  type Answer,
  type AnswerEvent,
  type AskMessages,
  type AskOptions,
  answerChunk,
  choiceBody,
  type Embeddings,
  embeddingList,
  proofFields,
  samplingBody,
  toMessages,
  wholeChat,
  wholeCompletion,
} from "./answers.js";
import { type CallOptions, type Http, type OpenAnswer, parseJson } from "./http.js";
import { readEvents } from "./readEvents.js";
import { openAiError } from "./refusalOf.js";
import { SdkError } from "./sdkError.js";

/** Inference over one router's HTTP, with whatever bearer the caller has. */
export type Ask = {
  chat(messages: AskMessages, options: BoundOptions): Promise<Answer>;
  streamChat(messages: AskMessages, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  complete(prompt: string, options: BoundOptions): Promise<Answer>;
  streamComplete(prompt: string, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  embed(texts: readonly string[], options: BoundOptions): Promise<Embeddings>;
};

export type BoundOptions = AskOptions & { readonly model: string; readonly bearer: string };

export function createAsk(http: Http): Ask {
  const chatBody = (messages: AskMessages, options: BoundOptions) => ({
    model: options.model,
    messages: toMessages(messages),
    ...samplingBody(options),
    ...choiceBody(options),
  });
  const textBody = (prompt: string, options: BoundOptions) => ({
    model: options.model,
    prompt,
    ...samplingBody(options),
    ...choiceBody(options),
  });
  return {
    async chat(messages, options) {
      const call = toCall("/v1/chat/completions", chatBody(messages, options), options);
      const { value, headers } = await http.json(call, wholeChat);
      const [choice] = value.choices;
      return toAnswer(value, {
        text: choice?.message.content,
        finish: choice?.finish_reason,
        headers,
        path: call.path,
      });
    },
    async complete(prompt, options) {
      const call = toCall("/v1/completions", textBody(prompt, options), options);
      const { value, headers } = await http.json(call, wholeCompletion);
      const [choice] = value.choices;
      return toAnswer(value, { text: choice?.text, finish: choice?.finish_reason, headers, path: call.path });
    },
    streamChat: (messages, options) =>
      stream(http, "/v1/chat/completions", { body: chatBody(messages, options), options }),
    streamComplete: (prompt, options) => stream(http, "/v1/completions", { body: textBody(prompt, options), options }),
    async embed(texts, options) {
      const body = { model: options.model, input: texts, encoding_format: "float", ...choiceBody(options) };
      const { value, headers } = await http.json(toCall("/v1/embeddings", body, options), embeddingList);
      const vectors = [...value.data].sort((a, b) => a.index - b.index).map((item) => item.embedding);
      const taskId = taskOf(headers, "/v1/embeddings");
      const { proof } = value.cortensor;
      return { vectors, promptTokens: value.usage.prompt_tokens, taskId, model: value.model, proof };
    },
  };
}

async function* stream(
  http: Http,
  path: string,
  { body, options }: { body: object; options: BoundOptions },
): AsyncGenerator<AnswerEvent, void, undefined> {
  const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
  const answer = await http.open(toCall(path, streamed, options));
  const taskId = taskOf(answer.response.headers, path);
  yield { kind: "started", taskId };
  let text = "";
  let ended: z.output<typeof answerChunk>["choices"][number]["finish_reason"];
  let usage: z.output<typeof answerChunk>["usage"];
  let said: z.output<typeof answerChunk>["cortensor"];
  for await (const { data } of readEvents(answer)) {
    if (data === "[DONE]") {
      if (ended === undefined || ended === null || usage === undefined || usage === null || said === undefined) break;
      const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage;
      const about = { taskId, model: options.model, ...proofFields(said) };
      yield { kind: "end", text, finish: ended, promptTokens, completionTokens, ...about };
      return;
    }
    const chunk = readChunk(data, answer);
    usage = chunk.usage ?? usage;
    said = chunk.cortensor ?? said;
    const [choice] = chunk.choices;
    ended = choice?.finish_reason ?? ended;
    const words = choice?.delta?.content ?? choice?.text ?? "";
    if (words === "") continue;
    text += words;
    yield { kind: "text", text: words };
  }
  throw new SdkError({ code: "SDK_STREAM_CUT", taskId }, { isRetryable: true });
}

/** A chunk, or the refusal that a failing stream ends with. */
function readChunk(data: string, { url, response }: OpenAnswer): z.output<typeof answerChunk> {
  const body = parseJson(data, url);
  const failed = openAiError.safeParse(body);
  if (failed.success) {
    const { message, code, type } = failed.data.error;
    const reason = code ?? type ?? "stream_failed";
    throw new SdkError(
      { code: "SDK_REFUSED", status: response.status, reason, detail: message },
      { isRetryable: true },
    );
  }
  const chunk = answerChunk.safeParse(body);
  if (!chunk.success) throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: "a chunk of another shape" });
  return chunk.data;
}

function toCall(path: string, body: unknown, options: BoundOptions) {
  const headers: Record<string, string> = options.nonce === undefined ? {} : { "x-cortensor-nonce": options.nonce };
  return { path, body, bearer: options.bearer, headers, ...boundsOf(options) };
}

/** The bounds of a call alone, without its other options. */
export function boundsOf({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

function taskOf(headers: Headers, url: string): string {
  const taskId = headers.get("x-cortensor-task");
  if (taskId === null) throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: "no x-cortensor-task header" });
  return taskId;
}

function toAnswer(
  value: z.output<typeof wholeChat> | z.output<typeof wholeCompletion>,
  said: { text: string | undefined; finish: Answer["finish"] | undefined; headers: Headers; path: string },
): Answer {
  const { text, finish, headers, path } = said;
  if (text === undefined || finish === undefined) {
    throw new SdkError({ code: "SDK_BAD_ANSWER", url: path, problem: "no choice" });
  }
  return {
    text,
    finish,
    promptTokens: value.usage.prompt_tokens,
    completionTokens: value.usage.completion_tokens,
    taskId: taskOf(headers, path),
    model: value.model,
    ...proofFields(value.cortensor),
  };
}
