import { type ApiError, invalidRequest } from "../apiError.js";
import { fileNotFound, quotaReached, storeExpired } from "./dataRoute.js";

/** Why files can't be attached, as an answer. */
export function refuseAttachment(
  outcome:
    | { readonly kind: "noFile"; readonly file: string }
    | { readonly kind: "expired" }
    | { readonly kind: "hasSource" }
    | { readonly kind: "full" },
  store: string,
): ApiError {
  if (outcome.kind === "noFile") return { ...fileNotFound(outcome.file), param: "file_id" };
  if (outcome.kind === "hasSource") return HAS_SOURCE;
  return outcome.kind === "expired" ? storeExpired(store) : quotaReached("the files that this store has");
}

const HAS_SOURCE = invalidRequest(
  "The store stands for a place in a database of yours: it takes no files.",
  "invalid_value",
);
