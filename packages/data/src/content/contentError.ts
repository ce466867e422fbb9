import { CodedError } from "@cortensor/protocol";

/** Why one source gave no block. Each is named in `CONTENT_NOT_FOUND`. */
export type SourceFailure = { readonly source: string; readonly why: string };

/** What content is refused for. */
export type ContentErrorData =
  /** No CID, or of a form that the network doesn't use. */
  | { readonly code: "CONTENT_BAD_CID"; readonly cid: string; readonly problem: string }
  /** A CID of a codec other than raw and dag-pb. */
  | { readonly code: "CONTENT_BAD_CODEC"; readonly cid: string; readonly codec: number }
  /** A CID of a hash other than sha2-256. */
  | { readonly code: "CONTENT_BAD_HASH"; readonly cid: string; readonly hash: number }
  | { readonly code: "CONTENT_BLOCK_TOO_LARGE"; readonly bytes: number; readonly most: number }
  | { readonly code: "CONTENT_OBJECT_TOO_LARGE"; readonly bytes: number; readonly most: number }
  | { readonly code: "CONTENT_TOO_MANY_BLOCKS"; readonly cid: string; readonly most: number }
  | { readonly code: "CONTENT_TOO_WIDE"; readonly cid: string; readonly links: number; readonly most: number }
  | { readonly code: "CONTENT_TOO_DEEP"; readonly cid: string; readonly most: number }
  /** A node that isn't a file's, or whose sizes don't add up. */
  | { readonly code: "CONTENT_MALFORMED_NODE"; readonly cid: string; readonly problem: string }
  /** Bytes that aren't what their CID says. */
  | { readonly code: "CONTENT_MISMATCH"; readonly cid: string; readonly source: string }
  /** Nobody who was asked has it; what each said. */
  | { readonly code: "CONTENT_NOT_FOUND"; readonly cid: string; readonly failures: readonly SourceFailure[] }
  /** A CAR file that is cut off, malformed, or not whole. */
  | { readonly code: "CONTENT_BAD_CAR"; readonly problem: string }
  | { readonly code: "CONTENT_STORE_FULL"; readonly bytes: number; readonly most: number }
  /** The storage map has no place for this kind of datum, at this privacy, in this form. */
  | { readonly code: "CONTENT_FORBIDDEN"; readonly kind: string; readonly privacy: string; readonly form: string }
  | { readonly code: "CONTENT_BAD_PIN"; readonly problem: string }
  | { readonly code: "CONTENT_BAD_PEER"; readonly peer: string; readonly problem: string }
  /** A Kubo node or a pinning service refused, or said something else than its interface promises. */
  | { readonly code: "CONTENT_SERVICE"; readonly url: string; readonly problem: string }
  | { readonly code: "CONTENT_BAD_MESSAGE"; readonly problem: string }
  | { readonly code: "CONTENT_STOPPED" };

export class ContentError extends CodedError<ContentErrorData> {}
