import type { z } from "zod";
import { type ApiError, invalidRequest } from "./apiError.js";

/** The first thing wrong with a body, named as OpenAI names it: code, message and `param`. */
export function schemaError(error: z.ZodError, body: unknown): ApiError {
  const [issue] = error.issues;
  if (issue === undefined) return invalidRequest("The request's body is invalid.", "invalid_value");
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (path.length === 0) return invalidRequest("The request's body must be a JSON object.", "invalid_type");
  const param = formatPath(path);
  if (valueAt(body, path) === undefined) {
    return invalidRequest(`Missing required parameter: '${param}'.`, "missing_required_parameter", param);
  }
  const wrongType = issue.code === "invalid_type" || issue.code === "invalid_union";
  const code = wrongType ? "invalid_type" : "invalid_value";
  return invalidRequest(`Invalid value for '${param}': ${issue.message}.`, code, param);
}

function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
