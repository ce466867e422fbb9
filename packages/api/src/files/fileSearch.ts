import type { Cited, DataOwner, SearchResult, StoreQuery } from "@cortensor/data";
import { type ChatMessage, type InferenceRequest, QUERY_CHARS_MAX, RESULTS_DEFAULT } from "@cortensor/protocol";
import type { z } from "zod";
import { type ApiError, invalidRequest, refusalError, unsupportedOption } from "../apiError.js";
import type { Caller } from "../gateway.js";
import { type RefusedRequest, refused } from "../parsedRequest.js";
import { schemaError } from "../schemaError.js";
import type { DataGateway } from "./dataGateway.js";
import { joinRetrieved } from "./joinRetrieved.js";
import { refuseSearch } from "./refuseSearch.js";
import { fileSearchTool } from "./storeBodies.js";

export type FileSearch = z.output<typeof fileSearchTool>;

/** What was found for an answer, and how its text is cited. */
export type Retrieved = {
  readonly request: InferenceRequest;
  readonly results: readonly SearchResult[];
  /** Tasks that embedded the question. */
  readonly taskIds: readonly string[];
  /** What was searched by. */
  readonly question: string;
  readonly cite: (answer: string) => readonly Cited[];
};

/** The tool `file_search` of a request's `tools`; other tools are refused by name. With `tool_choice` "none" nothing is searched. */
export function readFileSearch(
  body: unknown,
): { readonly kind: "read"; readonly search: FileSearch | undefined } | RefusedRequest {
  if (typeof body !== "object" || body === null || !("tools" in body)) return NOTHING;
  const { tools } = body;
  if (!Array.isArray(tools) || tools.length === 0) return NOTHING;
  if (tools.length > 1) return refused(unsupportedOption("tools", "one tool a request, file_search."));
  const [tool]: readonly unknown[] = tools;
  const parsed = fileSearchTool.safeParse(tool);
  if (!parsed.success) return refused(withPath(schemaError(parsed.error, tool)));
  return "tool_choice" in body && body.tool_choice === "none" ? NOTHING : { kind: "read", search: parsed.data };
}

const NOTHING = { kind: "read", search: undefined } as const;

function withPath(error: ApiError): ApiError {
  return { ...error, param: error.param === undefined ? "tools[0]" : `tools[0].${error.param}` };
}

/** How a search is asked of the desk. */
export function toStoreQuery(
  text: string,
  asked: Pick<FileSearch, "filters" | "ranking_options"> & { readonly max_num_results?: number | null | undefined },
): StoreQuery {
  const { filters, ranking_options: ranking, max_num_results: most } = asked;
  return {
    text,
    most: most ?? RESULTS_DEFAULT,
    filter: filters ?? undefined,
    scoreMin: ranking?.score_threshold ?? 0,
    ranker: ranking?.ranker === "none" ? "vectors" : "fused",
  };
}

/** Searches by the last user's message, and puts what was found before it. What is put there is prompt, and is paid as such. */
export async function retrieve(
  parts: {
    readonly data: DataGateway;
    readonly caller: Caller;
    readonly request: InferenceRequest;
    readonly promptParam: string;
    readonly contextTokens: number;
    readonly signal: AbortSignal;
  },
  search: FileSearch,
): Promise<{ readonly kind: "retrieved"; readonly retrieved: Retrieved } | RefusedRequest> {
  const { data, caller, request, contextTokens, signal } = parts;
  const { prompt } = request;
  const question = prompt.kind === "chat" ? lastQuestion(prompt.messages) : undefined;
  if (prompt.kind !== "chat" || question === undefined) return refused(noQuestion(parts.promptParam));
  const whose = await data.ownerOf(caller);
  if (whose.kind === "refused") return refused(refusalError(whose.refusal));
  const owner: DataOwner = whose.owner;
  const asked = toStoreQuery(question.slice(0, QUERY_CHARS_MAX), search);
  const outcome = await data.desk.search(owner, search.vector_store_ids, asked, signal);
  if (outcome.kind !== "found") return refused(refuseSearch(outcome));
  const room = { tokens: contextTokens - request.params.maxTokens };
  const { messages, used } = joinRetrieved(prompt.messages, outcome.results, room);
  return {
    kind: "retrieved",
    retrieved: {
      request: { ...request, prompt: { kind: "chat", messages } },
      results: used,
      taskIds: outcome.taskIds,
      question,
      cite: (answer) => data.desk.cite(answer, { question, chunks: used }),
    },
  };
}

function lastQuestion(messages: readonly ChatMessage[]): string | undefined {
  const last = messages.at(-1);
  return last?.role === "user" && last.content.trim() !== "" ? last.content : undefined;
}

function noQuestion(param: string): ApiError {
  return invalidRequest("'file_search' needs a last message of the user to search by.", "invalid_value", param);
}
