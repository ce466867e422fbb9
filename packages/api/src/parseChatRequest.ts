import { type ChatMessage, HOSTED_DOCUMENTS_MAX, type HostedDocument, PROMPT_MESSAGES_MAX } from "@cortensor/protocol";
import { z } from "zod";
import { type ApiError, invalidRequest, unsupportedOption } from "./apiError.js";
import { readFileSearch } from "./files/fileSearch.js";
import { parseHostedPart } from "./hostedPart.js";
import { CONTENT_PARTS_MAX, DEFAULT_OUTPUT_TOKENS, MODEL_CHARS_MAX } from "./limits.js";
import { buildRequest, type FindModel, type ParsedRequest, type RefusedRequest, refused } from "./parsedRequest.js";
import { samplingFields } from "./samplingFields.js";
import { schemaError } from "./schemaError.js";
import { CHAT_UNSUPPORTED, findUnsupported } from "./unsupportedOptions.js";

const part = z.object({ type: z.string(), text: z.string().nullish(), hosted: z.unknown().optional() });
const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part).min(1).max(CONTENT_PARTS_MAX)]).nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
});
const schema = z.object({
  model: z.string().min(1).max(MODEL_CHARS_MAX),
  messages: z.array(message).min(1).max(PROMPT_MESSAGES_MAX),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  ...samplingFields,
});

/** The body of `POST /v1/chat/completions`. Unknown fields are ignored; wrong ones are refused with their `param`. */
export function parseChatRequest(body: unknown, findModel: FindModel): ParsedRequest | RefusedRequest {
  const unsupported = findUnsupported(body, CHAT_UNSUPPORTED);
  if (unsupported !== undefined) return refused(unsupported);
  const parsed = schema.safeParse(body);
  if (!parsed.success) return refused(schemaError(parsed.error, body));
  const fields = parsed.data;
  const messages: ChatMessage[] = [];
  const documents: HostedDocument[] = [];
  for (const [index, given] of fields.messages.entries()) {
    const read = toChatMessage(given, index);
    if (read.kind === "refused") return read;
    messages.push(read.message);
    documents.push(...read.documents);
  }
  if (documents.length > HOSTED_DOCUMENTS_MAX)
    return refused(invalidRequest(`More than ${HOSTED_DOCUMENTS_MAX} hosted documents.`, "invalid_value", "messages"));
  const tokens = fields.max_completion_tokens ?? fields.max_tokens ?? undefined;
  const param = fields.max_completion_tokens === tokens ? "max_completion_tokens" : "max_tokens";
  const searched = readFileSearch(body);
  if (searched.kind === "refused") return searched;
  const built = buildRequest(fields, {
    prompt: { kind: "chat", messages, ...(documents.length === 0 ? {} : { documents }) },
    promptParam: "messages",
    findModel,
    limit: { param, tokens, fallback: DEFAULT_OUTPUT_TOKENS },
  });
  return built.kind === "refused" || searched.search === undefined ? built : { ...built, fileSearch: searched.search };
}

type GivenMessage = z.infer<typeof message>;

function toChatMessage(
  given: GivenMessage,
  index: number,
):
  | { readonly kind: "message"; readonly message: ChatMessage; readonly documents: readonly HostedDocument[] }
  | RefusedRequest {
  const at = `messages[${index}]`;
  if (given.role === "tool" || given.role === "function") {
    return refused(unsupportedOption(`${at}.role`, `tool calls are not yet available.`));
  }
  if (given.tool_calls !== undefined && given.tool_calls !== null && given.tool_calls.length > 0) {
    return refused(unsupportedOption(`${at}.tool_calls`, "tool calls are not yet available."));
  }
  const content = readContent(given.content, { at: `${at}.content`, message: index });
  if (content.kind === "refused") return content;
  const role = given.role === "developer" ? "system" : given.role;
  return { kind: "message", message: { role, content: content.text }, documents: content.documents };
}

/** A message's own text, and the documents whose texts come before it. */
function readContent(
  content: GivenMessage["content"],
  { at, message }: { readonly at: string; readonly message: number },
): { readonly kind: "content"; readonly text: string; readonly documents: readonly HostedDocument[] } | RefusedRequest {
  if (typeof content === "string") return { kind: "content", text: content, documents: [] };
  if (content === undefined || content === null) return refused(missing(at));
  let text = "";
  const documents: HostedDocument[] = [];
  for (const [index, given] of content.entries()) {
    if (given.type === "hosted") {
      const read = parseHostedPart(given.hosted, { at: `${at}[${index}].hosted`, message });
      if (read.kind === "refused") return read;
      documents.push(read.document);
      continue;
    }
    if (given.type !== "text") {
      const why = "content parts may only be of type 'text' or 'hosted'.";
      return refused(unsupportedOption(`${at}[${index}].type`, why));
    }
    if (given.text === undefined || given.text === null) return refused(missing(`${at}[${index}].text`));
    text += given.text;
  }
  return { kind: "content", text, documents };
}

function missing(param: string): ApiError {
  return invalidRequest(`Missing required parameter: '${param}'.`, "missing_required_parameter", param);
}
