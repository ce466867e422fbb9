import { CodedError } from "@cortensor/protocol";

/** What this room throws. */
export type RuntimeErrorData =
  | { readonly code: "RUNTIME_BAD_CONFIG"; readonly problems: readonly string[] }
  | { readonly code: "RUNTIME_FOLDER_LOCKED"; readonly folder: string; readonly pid: number; readonly hint: string }
  | { readonly code: "RUNTIME_FOLDER_CONTESTED"; readonly folder: string }
  | { readonly code: "RUNTIME_MIGRATION_CHANGED"; readonly room: string; readonly id: string }
  | { readonly code: "RUNTIME_MIGRATION_FAILED"; readonly room: string; readonly id: string }
  | { readonly code: "RUNTIME_POSTGRES_UNAVAILABLE"; readonly platform: string; readonly hint: string }
  | { readonly code: "RUNTIME_POSTGRES_NO_ACCOUNT"; readonly hint: string }
  | { readonly code: "RUNTIME_POSTGRES_NO_FOLDER"; readonly folder: string; readonly hint: string }
  | { readonly code: "RUNTIME_POSTGRES_INIT_FAILED"; readonly folder: string; readonly output: string }
  | { readonly code: "RUNTIME_POSTGRES_START_FAILED"; readonly folder: string; readonly output: string };

/** An error of this room, with one of its own codes. */
export class RuntimeError extends CodedError<RuntimeErrorData> {}
