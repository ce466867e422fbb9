import { z } from "zod";
import { invalidRequest } from "../apiError.js";
import { type RefusedRequest, refused } from "../parsedRequest.js";

const ID_CHARS_MAX = 128;

export type ListPage = { readonly limit: number; readonly order: "asc" | "desc"; readonly after: string | undefined };

/** The query of a list, as OpenAI has it: `limit`, `order`, `after`. `before` goes backwards, and isn't offered. */
export function parsePage(
  query: unknown,
  { most, fallback }: { readonly most: number; readonly fallback: number },
): { readonly kind: "page"; readonly page: ListPage } | RefusedRequest {
  const schema = z.object({
    limit: z.coerce.number().int().min(1).max(most).default(fallback),
    order: z.enum(["asc", "desc"]).default("desc"),
    after: z.string().min(1).max(ID_CHARS_MAX).optional(),
    before: z.undefined().optional(),
  });
  const parsed = schema.safeParse(query);
  if (parsed.success) return { kind: "page", page: { ...parsed.data, after: parsed.data.after } };
  const param = String(parsed.error.issues[0]?.path[0] ?? "limit");
  if (param === "before") return refused(invalidRequest("'before' is not supported.", "unsupported_parameter", param));
  return refused(invalidRequest(`Invalid value for '${param}'.`, "invalid_value", param));
}

/** A list as OpenAI's clients read it. One more than the page was asked for. */
export function listBody<Item extends { readonly id: string }>(found: readonly Item[], limit: number) {
  const data = found.slice(0, limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: found.length > limit,
  };
}
