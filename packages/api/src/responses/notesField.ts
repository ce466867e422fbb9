import { ATTRIBUTE_NAME_CHARS_MAX, ATTRIBUTE_VALUE_CHARS_MAX, ATTRIBUTES_MAX } from "@cortensor/protocol";
import { z } from "zod";

/** OpenAI's `metadata`: a client's own notes on an object. */
export const notesField: z.ZodType<Readonly<Record<string, string>>> = z
  .record(z.string().min(1).max(ATTRIBUTE_NAME_CHARS_MAX), z.string().max(ATTRIBUTE_VALUE_CHARS_MAX))
  .refine((all) => Object.keys(all).length <= ATTRIBUTES_MAX, `at most ${ATTRIBUTES_MAX} entries`);
