import type { RetrievalErrorData, SearchOutcome } from "@cortensor/data";
import { type ApiError, INTERNAL_ERROR, isRefusalCode, refusalError } from "../apiError.js";
import { storeExpired, storeNotFound } from "./dataRoute.js";

/** Why a search found nothing to look at, as an answer. What embedding the question was refused for keeps its own word. */
export function refuseSearch(outcome: Exclude<SearchOutcome, { kind: "found" }>): ApiError {
  if (outcome.kind === "noStore") return storeNotFound(outcome.store);
  if (outcome.kind === "expired") return storeExpired(outcome.store);
  if (outcome.kind === "unread") return unreadSource(outcome.error);
  const { code, message, retryAfterSeconds } = outcome;
  if (!isRefusalCode(code)) return INTERNAL_ERROR;
  return refusalError({ code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}

/** The client's own place, named without its credentials; nothing that its database said in its own words. */
function unreadSource(error: RetrievalErrorData): ApiError {
  return {
    status: 422,
    type: "invalid_request_error",
    code: "source_unreadable",
    message: `The store's database gave no answer: ${whyUnread(error)}.`,
  };
}

function whyUnread(error: RetrievalErrorData): string {
  switch (error.code) {
    case "RETRIEVAL_BAD_CONFIG":
    case "RETRIEVAL_BAD_QUERY":
      return error.reason;
    case "RETRIEVAL_ROLE_TOO_STRONG":
      return `${error.place} is to be read by a role that can do nothing else, and this one may ${error.may}`;
    case "RETRIEVAL_NO_SUCH_PLACE":
      return `${error.place} isn't there, isn't what it was said to be, or its role may not read it`;
    case "RETRIEVAL_WRITES":
      return `${error.place} tried to write when it was read`;
    case "RETRIEVAL_TIMEOUT":
      return `${error.place} took too long`;
    case "RETRIEVAL_UNREACHABLE":
      return `${error.place} can't be reached (${error.reason})`;
    case "RETRIEVAL_FAILED":
      return `${error.place} failed (${error.state})`;
  }
}
