import { type ChatMessage, PROMPT_MESSAGES_MAX } from "@cortensor/protocol";
import { z } from "zod";
import { type ApiError, invalidRequest, unsupportedOption } from "./apiError.js";
import { readFileSearch } from "./files/fileSearch.js";
import { CONTENT_PARTS_MAX, DEFAULT_OUTPUT_TOKENS, MODEL_CHARS_MAX } from "./limits.js";
import { buildRequest, type FindModel, type ParsedRequest, type RefusedRequest, refused } from "./parsedRequest.js";
import { samplingFields } from "./samplingFields.js";
import { schemaError } from "./schemaError.js";
import { CHAT_UNSUPPORTED, findUnsupported } from "./unsupportedOptions.js";

const part = z.object({ type: z.string(), text: z.string().nullish() });
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
  for (const [index, given] of fields.messages.entries()) {
    const read = toChatMessage(given, index);
    if (read.kind === "refused") return read;
    messages.push(read.message);
  }
  const tokens = fields.max_completion_tokens ?? fields.max_tokens ?? undefined;
  const param = fields.max_completion_tokens === tokens ? "max_completion_tokens" : "max_tokens";
  const searched = readFileSearch(body);
  if (searched.kind === "refused") return searched;
  const built = buildRequest(fields, {
    prompt: { kind: "chat", messages },
    findModel,
    limit: { param, tokens, fallback: DEFAULT_OUTPUT_TOKENS },
  });
  return built.kind === "refused" || searched.search === undefined ? built : { ...built, fileSearch: searched.search };
}

type GivenMessage = z.infer<typeof message>;

function toChatMessage(
  given: GivenMessage,
  index: number,
): { readonly kind: "message"; readonly message: ChatMessage } | RefusedRequest {
  const at = `messages[${index}]`;
  if (given.role === "tool" || given.role === "function") {
    return refused(unsupportedOption(`${at}.role`, `tool calls are not yet available.`));
  }
  if (given.tool_calls !== undefined && given.tool_calls !== null && given.tool_calls.length > 0) {
    return refused(unsupportedOption(`${at}.tool_calls`, "tool calls are not yet available."));
  }
  const content = toText(given.content, `${at}.content`);
  if (content.kind === "refused") return content;
  const role = given.role === "developer" ? "system" : given.role;
  return { kind: "message", message: { role, content: content.text } };
}

function toText(
  content: GivenMessage["content"],
  at: string,
): { readonly kind: "text"; readonly text: string } | RefusedRequest {
  if (typeof content === "string") return { kind: "text", text: content };
  if (content === undefined || content === null) return refused(missing(at));
  let text = "";
  for (const [index, given] of content.entries()) {
    if (given.type !== "text") {
      return refused(unsupportedOption(`${at}[${index}].type`, "content parts may only be of type 'text'."));
    }
    if (given.text === undefined || given.text === null) return refused(missing(`${at}[${index}].text`));
    text += given.text;
  }
  return { kind: "text", text };
}

function missing(param: string): ApiError {
  return invalidRequest(`Missing required parameter: '${param}'.`, "missing_required_parameter", param);
}
