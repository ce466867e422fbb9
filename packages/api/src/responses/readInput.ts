import { type ChatMessage, PROMPT_MESSAGES_MAX } from "@cortensor/protocol";
import { z } from "zod";
import { invalidRequest, unsupportedOption } from "../apiError.js";
import { CONTENT_PARTS_MAX } from "../limits.js";
import { type RefusedRequest, refused } from "../parsedRequest.js";

const part = z.object({ type: z.string(), text: z.string().nullish() });
const item = z.object({
  type: z.string().nullish(),
  role: z.enum(["system", "developer", "user", "assistant"]).nullish(),
  content: z.union([z.string(), z.array(part).min(1).max(CONTENT_PARTS_MAX)]).nullish(),
});

/** Messages, as OpenAI's items. */
export const itemsField = z.array(item);
/** A text, or what was said so far. */
export const inputField = z.union([z.string().min(1), itemsField.min(1).max(PROMPT_MESSAGES_MAX)]);
type Input = z.output<typeof inputField>;
type InputItem = Exclude<Input, string>[number];

/**
 * The messages that an input is. An earlier answer's items may stand in it: its message is the assistant's, and its searches are left out, for what they
 * found was that question's.
 */
export function readInput(
  input: Input,
  instructions: string | undefined,
  param: "input" | "items" = "input",
): { readonly kind: "read"; readonly messages: readonly ChatMessage[] } | RefusedRequest {
  const messages: ChatMessage[] = instructions === undefined ? [] : [{ role: "system", content: instructions }];
  if (typeof input === "string") return { kind: "read", messages: [...messages, { role: "user", content: input }] };
  for (const [index, given] of input.entries()) {
    if (given.type === "file_search_call") continue;
    const read = readMessage(given, `${param}[${index}]`);
    if (read.kind === "refused") return read;
    messages.push(read.message);
  }
  if (messages.length > PROMPT_MESSAGES_MAX)
    return refused(invalidRequest(`More than ${PROMPT_MESSAGES_MAX} messages.`, "invalid_value", param));
  return { kind: "read", messages };
}

function readMessage(
  given: InputItem,
  at: string,
): { readonly kind: "message"; readonly message: ChatMessage } | RefusedRequest {
  const type = given.type ?? "message";
  if (type !== "message") return refused(unsupportedOption(`${at}.type`, "an input is of messages."));
  const { role: said, content } = given;
  if (said === undefined || said === null) return missing(`${at}.role`);
  if (content === undefined || content === null) return missing(`${at}.content`);
  const role = said === "developer" ? "system" : said;
  if (typeof content === "string") return { kind: "message", message: { role, content } };
  const wanted = role === "assistant" ? "output_text" : "input_text";
  let text = "";
  for (const [index, one] of content.entries()) {
    const place = `${at}.content[${index}]`;
    if (one.type !== wanted) return refused(unsupportedOption(`${place}.type`, `only '${wanted}' of that role.`));
    if (one.text === undefined || one.text === null) return missing(`${place}.text`);
    text += one.text;
  }
  return { kind: "message", message: { role, content: text } };
}

function missing(param: string): RefusedRequest {
  return refused(invalidRequest(`Missing required parameter: '${param}'.`, "missing_required_parameter", param));
}
