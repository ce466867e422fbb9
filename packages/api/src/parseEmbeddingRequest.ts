import { z } from "zod";
import { invalidRequest, unsupportedOption } from "./apiError.js";
import { EMBED_TEXTS_MAX, MODEL_CHARS_MAX } from "./limits.js";
import { type FindModel, type RefusedRequest, refused, unknownModel } from "./parsedRequest.js";
import { schemaError } from "./schemaError.js";
import { findUnsupported, type UnsupportedOption } from "./unsupportedOptions.js";

const tokens = z.array(z.int().min(0)).min(1);
const schema = z.object({
  model: z.string().min(1).max(MODEL_CHARS_MAX),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(EMBED_TEXTS_MAX),
    tokens,
    z.array(tokens).min(1).max(EMBED_TEXTS_MAX),
  ]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  user: z.string().nullish(),
});

export type ParsedEmbedding = {
  readonly kind: "parsed";
  readonly model: string;
  readonly texts: readonly string[];
  readonly encoding: "float" | "base64";
};

const UNSUPPORTED: readonly UnsupportedOption[] = [
  { param: "dimensions", isHarmless: () => false, why: "vectors have the model's own length." },
];

/** The body of `POST /v1/embeddings`. */
export function parseEmbeddingRequest(body: unknown, findModel: FindModel): ParsedEmbedding | RefusedRequest {
  const unsupported = findUnsupported(body, UNSUPPORTED);
  if (unsupported !== undefined) return refused(unsupported);
  const parsed = schema.safeParse(body);
  if (!parsed.success) return refused(schemaError(parsed.error, body));
  const { model, input } = parsed.data;
  const texts = typeof input === "string" ? [input] : input.filter((item) => typeof item === "string");
  if (texts.length === 0) return refused(unsupportedOption("input", "texts only, not token ids."));
  const card = findModel(model);
  if (card === undefined) return refused(unknownModel(model));
  if (!card.canEmbed) {
    return refused(invalidRequest(`The model '${model}' makes no embeddings.`, "model_cannot_embed", "model"));
  }
  return { kind: "parsed", model, texts, encoding: parsed.data.encoding_format ?? "float" };
}
