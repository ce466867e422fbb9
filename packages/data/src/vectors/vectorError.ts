import { CodedError } from "@cortensor/protocol";

export type VectorErrorData =
  /** A vector of another length than its collection's, or with a number that isn't finite. */
  | { readonly code: "VECTORS_BAD_VECTOR"; readonly reason: string }
  /** What was kept, or handed in, isn't a collection. */
  | { readonly code: "VECTORS_MALFORMED"; readonly reason: string }
  /** A collection whose vectors don't add up to its manifest. */
  | { readonly code: "VECTORS_ROOT_MISMATCH"; readonly expected: string; readonly found: string };

/** An error of this room, with one of its own codes. */
export class VectorError extends CodedError<VectorErrorData> {}
