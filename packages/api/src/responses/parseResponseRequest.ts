import { z } from "zod";
import { invalidRequest } from "../apiError.js";
import { readFileSearch } from "../files/fileSearch.js";
import { DEFAULT_OUTPUT_TOKENS, MODEL_CHARS_MAX } from "../limits.js";
import { buildRequest, type FindModel, type ParsedRequest, type RefusedRequest, refused } from "../parsedRequest.js";
import { samplingFields } from "../samplingFields.js";
import { schemaError } from "../schemaError.js";
import { findUnsupported } from "../unsupportedOptions.js";
import { notesField } from "./notesField.js";
import { inputField, readInput } from "./readInput.js";
import { INCLUDED_RESULTS, RESPONSE_UNSUPPORTED } from "./responseUnsupported.js";

/** Ids here have 69. */
const RESPONSE_ID_CHARS_MAX = 128;
const { n: _n, stream_options: _options, ...sampling } = samplingFields;
const conversationId = z.string().min(1).max(RESPONSE_ID_CHARS_MAX);
const schema = z.object({
  ...sampling,
  model: z.string().min(1).max(MODEL_CHARS_MAX),
  input: inputField,
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  metadata: notesField.nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().min(1).max(RESPONSE_ID_CHARS_MAX).nullish(),
  conversation: z.union([conversationId, z.object({ id: conversationId })]).nullish(),
  include: z.array(z.literal(INCLUDED_RESULTS)).max(1).nullish(),
});

/** What of a request its answer repeats. */
export type ResponseEcho = {
  readonly instructions: string | null;
  readonly maxOutputTokens: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly temperature: number;
  readonly topP: number;
  /** As they came: checked. */
  readonly tools: readonly unknown[];
  readonly toolChoice: unknown;
  readonly showsResults: boolean;
  readonly isStored: boolean;
  readonly previous: string | null;
  readonly conversation: string | null;
};

export type ParsedResponseRequest = ParsedRequest & { readonly echo: ResponseEcho };

/** The body of `POST /v1/responses`. Unknown fields are ignored; known ones that nothing here does are refused by name. */
export function parseResponseRequest(body: unknown, findModel: FindModel): ParsedResponseRequest | RefusedRequest {
  const unsupported = findUnsupported(body, RESPONSE_UNSUPPORTED);
  if (unsupported !== undefined) return refused(unsupported);
  const parsed = schema.safeParse(body);
  if (!parsed.success) return refused(schemaError(parsed.error, body));
  const fields = parsed.data;
  const read = readInput(fields.input, fields.instructions ?? undefined);
  if (read.kind === "refused") return read;
  const searched = readFileSearch(body);
  if (searched.kind === "refused") return searched;
  const { search } = searched;
  const built = buildRequest(fields, {
    prompt: { kind: "chat", messages: read.messages },
    promptParam: "input",
    findModel,
    limit: {
      param: "max_output_tokens",
      tokens: fields.max_output_tokens ?? undefined,
      fallback: DEFAULT_OUTPUT_TOKENS,
    },
  });
  if (built.kind === "refused") return built;
  const { temperature, topP } = built.request.params;
  const { conversation } = fields;
  const echo: ResponseEcho = {
    instructions: fields.instructions ?? null,
    maxOutputTokens: fields.max_output_tokens ?? null,
    metadata: fields.metadata ?? {},
    ...{ temperature, topP, ...toolsOf(body) },
    showsResults: (fields.include ?? []).length > 0,
    isStored: fields.store === true,
    previous: fields.previous_response_id ?? null,
    conversation: typeof conversation === "string" ? conversation : (conversation?.id ?? null),
  };
  if (echo.previous !== null && echo.conversation !== null) return refused(ONE_OF_BOTH);
  return { ...built, ...memoryOf(echo), echo, ...(search === undefined ? {} : { fileSearch: search }) };
}

const ONE_OF_BOTH = invalidRequest(
  "A response goes on from 'previous_response_id' or in a 'conversation', not both.",
  "invalid_value",
  "conversation",
);

function memoryOf({ isStored, previous, conversation, instructions }: ResponseEcho): Pick<ParsedRequest, "memory"> {
  if (!isStored && previous === null && conversation === null) return {};
  const from = { previous: previous ?? undefined, conversation: conversation ?? undefined };
  return { memory: { ...from, isStored, hasInstructions: instructions !== null } };
}

function toolsOf(body: unknown): Pick<ResponseEcho, "tools" | "toolChoice"> {
  if (typeof body !== "object" || body === null) return { tools: [], toolChoice: "auto" };
  const tools = "tools" in body && Array.isArray(body.tools) ? body.tools : [];
  return { tools, toolChoice: ("tool_choice" in body ? body.tool_choice : undefined) ?? "auto" };
}
