import { z } from "zod";

/** What the child process is told at start. */
export const llamaOptionsSchema = z.object({
  modelPath: z.string().min(1),
  model: z.string().min(1).max(128),
  modelId: z.custom<`0x${string}`>((value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value)),
  contextTokens: z.int().min(64).max(1_048_576),
  slots: z.int().min(1).max(64),
  threads: z.int().min(1).max(256),
  gpu: z.union([z.literal(false), z.enum(["cuda", "vulkan", "metal"])]),
  embedding: z
    .object({
      modelPath: z.string().min(1),
      prefix: z.string(),
      suffix: z.string(),
      prependBos: z.boolean(),
      appendEos: z.boolean(),
    })
    .optional(),
});

export type LlamaChildOptions = z.infer<typeof llamaOptionsSchema>;
