import { z } from "zod";
import { SdkError } from "./sdkError.js";

/** OpenAI's error object, as a body or inside a stream. */
export const openAiError = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().nullish(),
    type: z.string().nullish(),
    param: z.string().nullish(),
  }),
});
const problem = z.object({
  code: z.string(),
  detail: z.string().nullish(),
  title: z.string().nullish(),
  param: z.string().nullish(),
});

/** The error that a response with a failing status stands for. Worth a retry: 429 and 503 alone. */
export function refusalOf(response: Response, text: string): SdkError {
  const { status } = response;
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const said = readRefusal(text);
  return new SdkError(
    {
      code: "SDK_REFUSED",
      status,
      reason: said.reason ?? `http_${status}`,
      detail: said.detail ?? (response.statusText || "refused without a word"),
      ...(said.param === undefined ? {} : { param: said.param }),
      ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
    },
    { isRetryable: status === 429 || status === 503 },
  );
}

type Said = { readonly reason?: string; readonly detail?: string; readonly param?: string };

function readRefusal(text: string): Said {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
  const ours = openAiError.safeParse(body);
  if (ours.success) {
    const { message, code, type, param } = ours.data.error;
    return compact({ reason: code ?? type, detail: message, param });
  }
  const other = problem.safeParse(body);
  if (!other.success) return {};
  const { code, detail, title, param } = other.data;
  return compact({ reason: code, detail: detail ?? title, param });
}

function compact(said: { readonly [Key in keyof Said]: string | null | undefined }): Said {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => typeof value === "string"));
}
