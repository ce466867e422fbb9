import type { ProofLabel } from "@cortensor/protocol";

/** Everything that can be asked for, as far as it matters to proof. One request is of several kinds at once. */
export const WORK_KINDS = [
  "chat",
  "text",
  "greedy",
  "stop",
  "penalties",
  "logitBias",
  "userSeed",
  "cancelled",
  "handOver",
  "copies",
  "tools",
  "jsonGrammar",
  "embeddings",
  "classification",
  "warmPrefix",
  "batchedDecoding",
  "otherKernelClass",
  "externalEngine",
  "scriptedEngine",
  "sealed",
] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** How a single task is checked first (T1). */
export type CheckMeans =
  /** One prefill against the seeded sampler: `checkReplica`. */
  | "margin"
  /** The same work again. */
  | "recompute"
  /** Distance to the median of three answers or more. */
  | "distance"
  | "none";

/** What settles a dispute (T2 and up). */
export type DisputeMeans =
  /** The recipe again, bit by bit: `replaySegment`. */
  | "replay"
  | "recompute"
  /** Calibrated thresholds only. */
  | "statistics"
  | "none";

export type WorkRow = {
  /** For people. */
  readonly says: string;
  /** Whether this version takes such requests. */
  readonly isServed: boolean;
  readonly check: CheckMeans;
  readonly dispute: DisputeMeans;
  /** Whether a verdict may ever take stake: only with a calibration that is large enough (`maySlash`). */
  readonly maySlash: boolean;
  readonly label: ProofLabel;
  readonly why: string;
};

/** The one table of what is proved, and how. Whoever routes, prices or labels work reads it; a kind without a row doesn't compile. */
export const WORK: Readonly<Record<WorkKind, WorkRow>> = {
  chat: {
    says: "chat",
    ...proved(),
    why: "tokens are a pure function of model, prompt, parameters and a seed that no miner chooses",
  },
  text: { says: "plain completion", ...proved(), why: "as a chat, without a template" },
  greedy: { says: "temperature 0", ...proved(), why: "the margin is then the difference of two logits" },
  stop: {
    says: "stop texts",
    ...proved(),
    why: "where an answer ends is a pure function of its tokens; the check recomputes it",
  },
  penalties: {
    says: "presence and frequency penalties",
    ...proved(),
    why: "they count output tokens, which the check has from the first one on",
  },
  logitBias: { says: "logit bias", ...proved(), why: "biased tokens are scored wherever they stand" },
  userSeed: {
    says: "the user's own seed",
    ...proved(),
    why: "the same question has the same answer: a cached true one is honest, so it earns no emissions, level or reputation",
  },
  cancelled: {
    says: "a cancelled answer",
    ...proved(),
    why: "every token up to the cut is checked; only the ending isn't the rule's",
  },
  handOver: {
    says: "segments of several miners",
    ...proved(),
    why: "each is scored under all tokens before it, and replayed with those fed one per step",
  },
  copies: {
    says: "redundant copies",
    ...proved(),
    why: "each replica has a seed of its own, so a copied answer fails its check",
  },
  tools: {
    says: "tool calls",
    ...notYet(),
    why: "needs a grammar of ours over token bytes, so that the check applies the same mask",
  },
  jsonGrammar: { says: "JSON by grammar", ...notYet(), why: "as tool calls" },
  embeddings: {
    says: "embeddings",
    isServed: true,
    check: "recompute",
    dispute: "recompute",
    maySlash: false,
    label: "statistical",
    why: "vectors can be computed again; how far two kernel classes may lie apart isn't calibrated yet",
  },
  classification: {
    says: "classification",
    isServed: false,
    check: "recompute",
    dispute: "recompute",
    maySlash: false,
    label: "statistical",
    why: "as embeddings",
  },
  warmPrefix: {
    says: "a later turn on a warm prefix",
    ...proved(),
    why: "nothing but whole prefills of earlier prompts is used again, and the recipe names their lengths: a replay runs the same",
  },
  batchedDecoding: {
    says: "several sequences in one step",
    isServed: false,
    check: "margin",
    dispute: "statistics",
    maySlash: false,
    label: "statistical",
    why: "whether neighbours change bits is a fact of each kernel class, for its calibration file to show",
  },
  otherKernelClass: {
    says: "checked in another kernel class (CPU against GPU)",
    isServed: true,
    check: "margin",
    dispute: "statistics",
    maySlash: false,
    label: "statistical",
    why: "two classes round differently: thresholds belong to the ordered pair, and no replay settles a dispute",
  },
  externalEngine: {
    says: "an external HTTP engine",
    isServed: true,
    check: "distance",
    dispute: "none",
    maySlash: false,
    label: "unproved",
    why: "it can't score given tokens, and its tokens aren't the model's own",
  },
  scriptedEngine: {
    says: "a scripted engine",
    isServed: true,
    check: "none",
    dispute: "none",
    maySlash: false,
    label: "unproved",
    why: "for benches and tests: there is no model",
  },
  sealed: {
    says: "a sealed answer, audited by nobody",
    isServed: true,
    check: "none",
    dispute: "none",
    maySlash: false,
    label: "unproved",
    why: "nobody but the client has its words, and holds them against its miner's salted commitments: what was said, not which model said it",
  },
};

function proved(): Omit<WorkRow, "says" | "why"> {
  return { isServed: true, check: "margin", dispute: "replay", maySlash: true, label: "proved" };
}

/** Not taken yet; until it is, nothing could be said of it. */
function notYet(): Omit<WorkRow, "says" | "why"> {
  return { isServed: false, check: "none", dispute: "none", maySlash: false, label: "unproved" };
}
