import type { Privacy } from "@cortensor/protocol";
import type { Refusal } from "./gateway.js";

/** What a session, or a request in one, may ask for; in the words of docs/SEALING.md. */
export const FEATURES = {
  answers: "chat, completions",
  streaming: "streaming",
  handOver: "hand-over",
  tokenCounts: "token counts",
  holds: "holds, fees, receipts, settlement",
  stopRules: "stop rules",
  tools: "tools other than `file_search`",
  redundancy: "copies (`redundant` 3)",
  fileSearch: "files, vector stores, `file_search`, kept responses, conversations",
  sinks: "sinks",
  embeddings: "embeddings",
  notValidated: "`validation` `none`",
  checked: "`validation` `check`: one validator",
  manyValidators: "two validators or more",
  auditNone: "`auditMode` `none`, an open session's default",
  auditCanary: "`auditMode` `canary`, a sealed session's default",
  auditAuditable: "`auditMode` `auditable`",
  sessionQueue: "session queue",
  oracle: "oracle: another contract's question",
} as const;
export type Feature = keyof typeof FEATURES;

/** A code of docs/ERRORS.md. */
export type SupportCode = Refusal["code"] | "unsupported_parameter";

/** Whether a router serves a feature at a privacy. What it doesn't serve it refuses by name, before any money is held. */
export type Support =
  | { readonly kind: "served"; readonly note?: string }
  /** `names`: a part of the message, by which the client knows what isn't served. */
  | { readonly kind: "refused"; readonly code: SupportCode; readonly names: string; readonly note?: string };

/** What a router serves: docs/SEALING.md shows it, and each cell has a test of its own. `private`: what a private network's router does. */
export const SUPPORT: Readonly<Record<Feature, Readonly<Record<Privacy, Support>>>> = {
  answers: row(served(), served("by `/api/v1/assignments`; asked in the open, refused")),
  streaming: row(served(), served("in frames at fixed steps")),
  handOver: row(served("by the router"), served("by standbys that the client sealed to, else by its sealing again")),
  tokenCounts: row(served("the router's own"), served("the miner's, recomputed by the client")),
  holds: row(served(), served("the prompt's bound is up to the next power of two")),
  stopRules: row(served(), served("kept by the miner")),
  tools: {
    open: refused("unsupported_parameter", "'tools'"),
    sealed: refused("unsupported_parameter", "'tools'", "a sealed ask has no place for them"),
    private: refused("unsupported_parameter", "'tools'"),
  },
  redundancy: row(
    served("where the operator compares copies"),
    refused("session_unsupported", "'redundant' 3", "each copy would need an envelope"),
  ),
  fileSearch: {
    open: served(),
    sealed: refused("session_unsupported", "'sealed'", "the router would read them"),
    private: refused("session_unsupported", "'private'"),
  },
  sinks: row(served(), served("at the client; set at the router, refused: `sink_refused`")),
  embeddings: row(served(), refused("session_unsupported", "'privacy' sealed")),
  notValidated: row(served("called `proved` … `unproved`"), served("called `unproved`")),
  checked: row(served(), refused("session_unsupported", "'numOfValidatorNodes' 1")),
  manyValidators: row(
    refused("session_unsupported", "'numOfValidatorNodes' 2"),
    refused("session_unsupported", "'numOfValidatorNodes' 2"),
  ),
  auditNone: row(served(), served("nobody checks the answer")),
  auditCanary: row(
    refused("session_unsupported", "'auditMode' canary"),
    served("its clients send canaries, and judge them"),
  ),
  auditAuditable: row(
    refused("session_unsupported", "'auditMode' auditable"),
    served("its clients share its key out among guards"),
  ),
  sessionQueue: row(served(), refused("session_unsupported", "'privacy' sealed")),
  oracle: row(served(), refused("session_unsupported", "'privacy' sealed")),
};

/** A private session is a sealed one on a network of its members: its router serves what it serves sealed. A router of any other network refuses it. */
function row(open: Support, sealed: Support): Readonly<Record<Privacy, Support>> {
  if (sealed.kind === "served") return { open, sealed, private: sealed };
  return { open, sealed, private: { ...sealed, names: sealed.names.replace("'privacy' sealed", "'privacy' private") } };
}

function served(note?: string): Support {
  return note === undefined ? { kind: "served" } : { kind: "served", note };
}

function refused(code: SupportCode, names: string, note?: string): Support {
  return { kind: "refused", code, names, ...(note === undefined ? {} : { note }) };
}
