import type { SearchOutcome } from "@cortensor/data";
import { type ApiError, INTERNAL_ERROR, isRefusalCode, refusalError } from "../apiError.js";
import { storeExpired, storeNotFound } from "./dataRoute.js";

/** Why a search found nothing to look at, as an answer. What embedding the question was refused for keeps its own word. */
export function refuseSearch(outcome: Exclude<SearchOutcome, { kind: "found" }>): ApiError {
  if (outcome.kind === "noStore") return storeNotFound(outcome.store);
  if (outcome.kind === "expired") return storeExpired(outcome.store);
  const { code, message, retryAfterSeconds } = outcome;
  if (!isRefusalCode(code)) return INTERNAL_ERROR;
  return refusalError({ code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}
