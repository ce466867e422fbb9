import { CodedError } from "@cortensor/protocol";

/** Why nothing was retrieved. `place` is a kind and a host, never a credential; what a database says in its own words is left out: it may quote a row. */
export type RetrievalErrorData =
  | { readonly code: "RETRIEVAL_BAD_CONFIG"; readonly reason: string }
  | { readonly code: "RETRIEVAL_BAD_QUERY"; readonly reason: string }
  /** The role that connects may do more than read, or the place isn't what it was said to be. */
  | { readonly code: "RETRIEVAL_ROLE_TOO_STRONG"; readonly place: string; readonly may: string }
  | { readonly code: "RETRIEVAL_NO_SUCH_PLACE"; readonly place: string }
  /** What is read tried to write: a function within a view. */
  | { readonly code: "RETRIEVAL_WRITES"; readonly place: string }
  | { readonly code: "RETRIEVAL_TIMEOUT"; readonly place: string }
  | { readonly code: "RETRIEVAL_UNREACHABLE"; readonly place: string; readonly reason: string }
  | { readonly code: "RETRIEVAL_FAILED"; readonly place: string; readonly state: string };

export class RetrievalError extends CodedError<RetrievalErrorData> {}
