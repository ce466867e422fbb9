import type { EmbedOutcome } from "./gateway.js";
import type { ParsedEmbedding } from "./parseEmbeddingRequest.js";

/** The body of an embeddings answer. Base64 is of little-endian 32-bit floats, as OpenAI has it. */
export function embeddingBody(
  { model, encoding }: ParsedEmbedding,
  { vectors, nIn, label }: Extract<EmbedOutcome, { kind: "vectors" }>,
): string {
  const encode = encoding === "base64" ? base64Floats : (vector: Float32Array) => `[${vector.join(",")}]`;
  const data = vectors.map((vector, index) => `{"object":"embedding","index":${index},"embedding":${encode(vector)}}`);
  const usage = `{"prompt_tokens":${nIn},"total_tokens":${nIn}}`;
  return `{"object":"list","data":[${data.join(",")}],"model":${JSON.stringify(model)},"usage":${usage},"cortensor":{"proof":"${label}"}}`;
}

function base64Floats(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return `"${bytes.toString("base64")}"`;
}
