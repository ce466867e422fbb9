import { z } from "zod";
import { bytesToHex, hexToBytes } from "./bytes.js";
import { canonicalParams } from "./canonicalParams.js";
import { ProtocolError } from "./errors.js";
import { HOSTED_DOCUMENTS_MAX, HOSTED_PLACE_CHARS_MAX } from "./hostedDocument.js";
import type { Prompt, SamplingParams } from "./inferenceRequest.js";
import { bytes32Field, uint32Field } from "./jsonField.js";
import { recipeSchema, resultSchema, taskSchema } from "./jsonStruct.js";
import { OUTPUT_TOKENS_MAX, PROMPT_BYTES_MAX, PROMPT_MESSAGES_MAX, PROMPT_TOKENS_MAX } from "./limits.js";
import { type Hex, isHex } from "./primitives.js";
import { FINGERPRINT_BYTES_MAX, type SegmentBody } from "./segmentBody.js";

/** Characters: a text of so many bytes has no more. */
const textField = z.string().max(PROMPT_BYTES_MAX);
const placeField = z.string().max(HOSTED_PLACE_CHARS_MAX);
const documentSchema = z.strictObject({
  message: uint32Field,
  sha256: bytes32Field,
  bytes: uint32Field,
  place: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("url"), url: placeField }),
    z.strictObject({ kind: z.literal("cid"), cid: placeField }),
  ]),
  text: textField.optional(),
});
const promptSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), text: textField }),
  z.strictObject({
    kind: z.literal("chat"),
    messages: z
      .array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: textField }))
      .max(PROMPT_MESSAGES_MAX),
    documents: z.array(documentSchema).min(1).max(HOSTED_DOCUMENTS_MAX).optional(),
  }),
]);

/** A user's seed as a decimal string. The ranges are `canonicalParams`' own. */
const paramsFields = z.strictObject({
  temperature: z.number(),
  topK: z.number(),
  topP: z.number(),
  minP: z.number(),
  presencePenalty: z.number(),
  frequencyPenalty: z.number(),
  logitBias: z.record(z.string().regex(/^\d{1,10}$/), z.number()),
  stop: z.array(z.string()),
  maxTokens: z.number(),
  userSeed: z
    .codec(z.string().regex(/^-?\d{1,19}$/, "not a whole number"), z.bigint(), {
      decode: (text) => BigInt(text),
      encode: (seed) => seed.toString(),
    })
    .optional(),
});
const paramsSchema = paramsFields.refine((params) => isInRange(toParams(params)), "sampling parameters out of range");

const fingerprintField = z.codec(
  z.custom<Hex>((value) => isHex(value) && value.length <= 2 + 2 * FINGERPRINT_BYTES_MAX, "not a fingerprint in hex"),
  z.instanceof(Uint8Array),
  { decode: (hex) => new Uint8Array(hexToBytes(hex)), encode: (bytes) => bytesToHex(bytes) },
);

const bodySchema = z.strictObject({
  task: taskSchema,
  prompt: promptSchema,
  promptSalt: bytes32Field,
  params: paramsSchema,
  committed: z.array(uint32Field).max(OUTPUT_TOKENS_MAX),
  contextTokens: z.int().min(1).max(PROMPT_TOKENS_MAX),
  result: resultSchema,
  recipe: recipeSchema,
  fingerprint: fingerprintField,
});

/** A body in JSON: wei and a user's seed as decimal strings, the fingerprint in hex. */
export type BodyDocument = z.input<typeof bodySchema>;

export function encodeBodyDocument(body: SegmentBody): BodyDocument {
  const { prompt, params } = body;
  return z.encode(bodySchema, {
    ...body,
    prompt: promptOf(prompt),
    params: { ...params, stop: [...params.stop], logitBias: { ...params.logitBias } },
    committed: [...body.committed],
    recipe: [...body.recipe],
    fingerprint: new Uint8Array(body.fingerprint),
  });
}

/** Reads a body from parsed JSON. Whether it is what an address stands for is `bodyFault`'s to say. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseBodyDocument(json: unknown): SegmentBody {
  const parsed = bodySchema.safeParse(json);
  if (parsed.success)
    return { ...parsed.data, prompt: toPrompt(parsed.data.prompt), params: toParams(parsed.data.params) };
  const issues = parsed.error.issues
    .slice(0, ISSUES_MAX)
    .map((one) => `${one.path.join(".") || "body"}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "segment body", issues });
}

const ISSUES_MAX = 16;

function promptOf(prompt: Prompt): z.output<typeof promptSchema> {
  if (prompt.kind === "text") return prompt;
  const { documents, messages } = prompt;
  return { kind: "chat", messages: [...messages], ...(documents === undefined ? {} : { documents: [...documents] }) };
}

function toPrompt(prompt: z.output<typeof promptSchema>): Prompt {
  if (prompt.kind === "text") return prompt;
  const { documents, messages } = prompt;
  if (documents === undefined) return { kind: "chat", messages };
  const read = documents.map(({ text, ...pinned }) => (text === undefined ? pinned : { ...pinned, text }));
  return { kind: "chat", messages, documents: read };
}

function toParams({ userSeed, ...params }: z.output<typeof paramsFields>): SamplingParams {
  return { ...params, ...(userSeed === undefined ? {} : { userSeed }) };
}

function isInRange(params: SamplingParams): boolean {
  try {
    canonicalParams(params);
    return true;
  } catch {
    return false;
  }
}
