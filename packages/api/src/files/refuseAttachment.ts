import type { ApiError } from "../apiError.js";
import { fileNotFound, quotaReached, storeExpired } from "./dataRoute.js";

/** Why files can't be attached, as an answer. */
export function refuseAttachment(
  outcome:
    | { readonly kind: "noFile"; readonly file: string }
    | { readonly kind: "expired" }
    | { readonly kind: "full" },
  store: string,
): ApiError {
  if (outcome.kind === "noFile") return { ...fileNotFound(outcome.file), param: "file_id" };
  return outcome.kind === "expired" ? storeExpired(store) : quotaReached("the files that this store has");
}
