import { z } from "zod";
import { unsupportedOption } from "./apiError.js";
import { DEFAULT_COMPLETION_TOKENS, MODEL_CHARS_MAX } from "./limits.js";
import { buildRequest, type FindModel, type ParsedRequest, type RefusedRequest, refused } from "./parsedRequest.js";
import { samplingFields } from "./samplingFields.js";
import { schemaError } from "./schemaError.js";
import { COMPLETION_UNSUPPORTED, findUnsupported } from "./unsupportedOptions.js";

const tokens = z.array(z.int().min(0)).min(1);
const schema = z.object({
  model: z.string().min(1).max(MODEL_CHARS_MAX),
  prompt: z.union([z.string(), z.array(z.string()).min(1), tokens, z.array(tokens).min(1)]),
  max_tokens: z.int().min(1).nullish(),
  ...samplingFields,
});

/** The body of `POST /v1/completions`. */
export function parseCompletionRequest(body: unknown, findModel: FindModel): ParsedRequest | RefusedRequest {
  const unsupported = findUnsupported(body, COMPLETION_UNSUPPORTED);
  if (unsupported !== undefined) return refused(unsupported);
  const parsed = schema.safeParse(body);
  if (!parsed.success) return refused(schemaError(parsed.error, body));
  const fields = parsed.data;
  const text = onlyText(fields.prompt);
  if (text === undefined)
    return refused(unsupportedOption("prompt", "one text per request, not several and not token ids."));
  return buildRequest(fields, {
    prompt: { kind: "text", text },
    promptParam: "prompt",
    findModel,
    limit: { param: "max_tokens", tokens: fields.max_tokens ?? undefined, fallback: DEFAULT_COMPLETION_TOKENS },
  });
}

function onlyText(prompt: z.infer<typeof schema>["prompt"]): string | undefined {
  if (typeof prompt === "string") return prompt;
  const [first] = prompt;
  return prompt.length === 1 && typeof first === "string" ? first : undefined;
}
