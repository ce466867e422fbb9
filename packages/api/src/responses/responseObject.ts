import { type AnswerIdentity, type AnswerProof, proofObject, type Usage } from "../answerFormat.js";
import type { Retrieved } from "../files/fileSearch.js";
import type { ResponseEcho } from "./parseResponseRequest.js";

/** How an answer ended; absent while it is being said. */
export type ResponseEnd = {
  readonly reason: "stop" | "length";
  readonly ended: Usage & AnswerProof;
};

/** A response of OpenAI's, as far as it is by now. */
export function responseObject(
  { taskId, model, createdSeconds, found }: AnswerIdentity,
  {
    echo,
    output,
    end,
    isStored = echo.isStored,
    conversation = echo.conversation,
  }: {
    readonly echo: ResponseEcho;
    readonly output: readonly unknown[];
    readonly end?: ResponseEnd;
    /** Whether it is kept: as it was asked, while that isn't known yet. */
    readonly isStored?: boolean;
    /** The conversation that it was added to. */
    readonly conversation?: string | null;
  },
) {
  const isCut = end?.reason === "length";
  return {
    id: `resp_${taskId.slice(2)}`,
    object: "response",
    created_at: createdSeconds,
    status: end === undefined ? "in_progress" : isCut ? "incomplete" : "completed",
    background: false,
    error: null,
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    instructions: echo.instructions,
    max_output_tokens: echo.maxOutputTokens,
    model,
    output,
    parallel_tool_calls: false,
    previous_response_id: echo.previous,
    conversation: conversation === null ? null : { id: conversation },
    reasoning: { effort: null, summary: null },
    store: isStored,
    temperature: echo.temperature,
    text: { format: { type: "text" } },
    tool_choice: echo.toolChoice,
    tools: echo.tools,
    top_p: echo.topP,
    truncation: "disabled",
    usage: end === undefined ? null : usageObject(end.ended),
    user: null,
    metadata: echo.metadata,
    ...(end === undefined ? {} : { cortensor: proofObject(end.ended, found) }),
  };
}

/** The answer's message, as far as it is by now. */
export function messageItem(
  id: string,
  status: "in_progress" | "completed" | "incomplete",
  content: readonly unknown[],
) {
  return { id, type: "message", status, role: "assistant", content };
}

export function textPart(text: string, annotations: readonly unknown[]) {
  return { type: "output_text", text, annotations, logprobs: [] };
}

/** The search that was made before the model was asked. */
export function searchItem(
  id: string,
  found: NonNullable<AnswerIdentity["found"]>,
  { status, showsResults }: { readonly status: "in_progress" | "completed"; readonly showsResults: boolean },
) {
  const isShown = showsResults && status === "completed";
  const results = isShown ? found.results.map(searchResult) : null;
  return { id, type: "file_search_call", status, queries: [found.question], results };
}

/** Citations stand behind the text: `index` is its length. */
export function citationsOf(found: AnswerIdentity["found"], text: string) {
  return (found?.cite(text) ?? []).map(({ file, filename }) => {
    return { type: "file_citation", file_id: file, filename, index: text.length };
  });
}

function searchResult({ file, filename, score, attributes, text }: Retrieved["results"][number]) {
  return { file_id: file, filename, score, attributes, text };
}

/** No token is cheaper for having been read before, and none is spent on thoughts that aren't shown. */
function usageObject({ nIn, nOut }: Usage) {
  return {
    input_tokens: nIn,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: nOut,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: nIn + nOut,
  };
}
