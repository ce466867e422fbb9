import { CodedError } from "@cortensor/protocol";

/** What this room throws. Never a file's name or its text. */
export type FileErrorData =
  /** The operator's database said so, by its state. */
  | { readonly code: "FILES_DATABASE_FAILED"; readonly state: string }
  /** What was kept sealed doesn't open: altered, another object's, or under another master key. */
  | { readonly code: "FILES_UNREADABLE"; readonly what: string; readonly reason: string }
  /** No object of that CID on this router's shelf. */
  | { readonly code: "FILES_OBJECT_GONE"; readonly cid: string }
  | { readonly code: "FILES_BAD_KEY"; readonly reason: string };

/** An error of this room, with one of its own codes. */
export class FileError extends CodedError<FileErrorData> {}
