import type { ProofLabel } from "@cortensor/protocol";
import { type ApiError, openAiErrorBody } from "./apiError.js";
import type { Retrieved } from "./files/fileSearch.js";
import type { CheckedView, CopiesView, ReadableView } from "./gateway.js";
import type { KeepAnswer } from "./responses/recall.js";

/** Strings of one answer in OpenAI's shape. What is constant over an answer is built once; only texts are escaped per chunk. */
export type AnswerFormat = {
  /** Chunks before the first text. */
  readonly opening: string;
  text(text: string): string;
  /** `text` is all that was said, where the format cites. */
  finish(reason: "stop" | "length", ended: Usage & AnswerProof, text: string): string;
  /** Whether the end needs the text. */
  readonly isCiting: boolean;
  usage(usage: Usage): string;
  /** Keeps the answer, before its end is said. Absent: it isn't kept. */
  keep?(text: string, reason: "stop" | "length", ended: Usage & AnswerProof): Promise<void>;
  /** Behind all else of a good stream. */
  readonly end: string;
  /** In place of a stream's end, when it fails. */
  failure(error: ApiError): string;
  /** The whole answer as one body. */
  whole(text: string, reason: "stop" | "length", ended: Usage & AnswerProof): string;
};

/** What is said of an answer beside itself: the body's field `cortensor`, which OpenAI's clients hand through. */
export type AnswerProof = {
  readonly label: ProofLabel;
  readonly copies?: CopiesView;
  readonly checked?: CheckedView;
  readonly readable?: ReadableView;
};

export type Usage = { readonly nIn: number; readonly nOut: number };
export type AnswerIdentity = {
  /** 32-byte task id, with its `0x`. */
  readonly taskId: string;
  readonly model: string;
  readonly createdSeconds: number;
  readonly includeUsage: boolean;
  /** What was found in the client's files before the model was asked. */
  readonly found?: Found;
  /** How it is kept, where it is to be. */
  readonly keep?: KeepAnswer;
};
type Found = Pick<Retrieved, "results" | "taskIds" | "question" | "cite">;

/** Ends a good stream; a failed one has an error event instead. */
const STREAM_DONE = "data: [DONE]\n\n";

/** `chat.completion` and `chat.completion.chunk`. */
export function chatFormat(identity: AnswerIdentity): AnswerFormat {
  const id = `chatcmpl-${identity.taskId.slice(2)}`;
  const tail = `"created":${identity.createdSeconds},"model":${JSON.stringify(identity.model)},"system_fingerprint":null`;
  const head = `data: {"id":"${id}","object":"chat.completion.chunk",${tail},"choices":[`;
  const end = identity.includeUsage ? `],"usage":null}\n\n` : `]}\n\n`;
  const delta = `${head}{"index":0,"delta":{"content":`;
  const deltaEnd = `},"logprobs":null,"finish_reason":null}${end}`;
  return {
    opening: `${head}{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}${end}`,
    text: (text) => delta + JSON.stringify(text) + deltaEnd,
    isCiting: identity.found !== undefined,
    finish: (reason, proof, text) => {
      const delta = identity.found === undefined ? "{}" : `{"annotations":${annotationsJson(identity.found, text)}}`;
      return `${head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":"${reason}"}${finishEnd(identity, proof)}`;
    },
    usage: (usage) => `${head}],"usage":${usageJson(usage)}}\n\n`,
    end: STREAM_DONE,
    failure: chunkFailure,
    whole: (text, reason, ended) =>
      `{"id":"${id}","object":"chat.completion",${tail},"choices":[{"index":0,"message":{"role":"assistant","content":${JSON.stringify(text)},` +
      `"refusal":null,"annotations":${annotationsJson(identity.found, text)}},"logprobs":null,"finish_reason":"${reason}"}],"usage":${usageJson(ended)},${proofJson(ended, identity.found)}}`,
  };
}

/** `text_completion`, whole and in chunks. */
export function completionFormat(identity: AnswerIdentity): AnswerFormat {
  const id = `cmpl-${identity.taskId.slice(2)}`;
  const object =
    `{"id":"${id}","object":"text_completion","created":${identity.createdSeconds},` +
    `"model":${JSON.stringify(identity.model)},"system_fingerprint":null,"choices":[`;
  const head = `data: ${object}`;
  const end = identity.includeUsage ? `],"usage":null}\n\n` : `]}\n\n`;
  return {
    opening: "",
    text: (text) => `${head}{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":null}${end}`,
    isCiting: false,
    finish: (reason, proof) =>
      `${head}{"text":"","index":0,"logprobs":null,"finish_reason":"${reason}"}${finishEnd(identity, proof)}`,
    usage: (usage) => `${head}],"usage":${usageJson(usage)}}\n\n`,
    end: STREAM_DONE,
    failure: chunkFailure,
    whole: (text, reason, ended) =>
      `${object}{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":"${reason}"}],"usage":${usageJson(ended)},${proofJson(ended)}}`,
  };
}

/** A failed stream's last chunk. */
export function chunkFailure(error: ApiError): string {
  return `data: ${openAiErrorBody(error)}\n\n`;
}

/** The end of the chunk that ends the text: from here on nothing changes what the answer may be called. */
function finishEnd({ includeUsage, found }: AnswerIdentity, proof: AnswerProof): string {
  return `],${includeUsage ? `"usage":null,` : ""}${proofJson(proof, found)}}\n\n`;
}

function proofJson(proof: AnswerProof, found?: Found): string {
  return `"cortensor":${JSON.stringify(proofObject(proof, found))}`;
}

/** The field `cortensor`, the same of every shape of answer. */
export function proofObject({ label, copies, checked, readable }: AnswerProof, found: AnswerIdentity["found"]) {
  return { proof: label, copies, checked, ...readable, file_search: found && foundObject(found) };
}

/** What the model was given to read, and the tasks that embedded the question: each has its receipt. */
function foundObject({ results, taskIds }: Found) {
  const given = results.map(({ file, filename, score }) => ({ file_id: file, filename, score }));
  return { results: given, tasks: taskIds };
}

/** Citations stand behind the text: `index` is its length. */
function annotationsJson(found: Found | undefined, text: string): string {
  if (found === undefined) return "[]";
  const cited = found.cite(text).map(({ file, filename }) => {
    return { type: "file_citation", file_id: file, filename, index: text.length };
  });
  return JSON.stringify(cited);
}

function usageJson({ nIn, nOut }: Usage): string {
  return `{"prompt_tokens":${nIn},"completion_tokens":${nOut},"total_tokens":${nIn + nOut}}`;
}
