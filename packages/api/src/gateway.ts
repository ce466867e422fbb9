import type {
  Address,
  Bytes32,
  CreditReason,
  Custody,
  Debit,
  FinishReason,
  Hex,
  InferenceRequest,
  NodeState,
  Prices,
  ProofLabel,
  ReceiptDocument,
  SealingLabel,
  ServiceFigures,
  ServiceLevel,
  SessionTerms,
  SignedDebit,
  Surcharges,
  TaskChoice,
  UnixSeconds,
} from "@cortensor/protocol";

import type { CaseDesk } from "./caseDesk.js";
import type { DutyDesk } from "./dutyDesk.js";
import type { EvidenceDesk } from "./evidenceDesk.js";
import type { DataGateway } from "./files/dataGateway.js";
import type { SealedDesk } from "./sealedDesk.js";
import type { SinkGateway } from "./sinkDesk.js";

export type { ReceiptDocument } from "@cortensor/protocol";

/**
 * What the routes need of a router. Implemented in `node`; nothing here knows HTTP. A call that can't be answered now rejects with a
 * retryable `CodedError`.
 */
export type Gateway = {
  /** Finds who a bearer key belongs to. Undefined: unknown or revoked. Synchronous when cached. */
  authenticate(bearer: string): Caller | undefined | Promise<Caller | undefined>;
  models(): readonly ModelCard[];
  /** Admits, holds, matches and runs. Events end with `done` or `failed`; the abort signal cancels the work within one token. */
  infer(
    caller: Caller,
    request: InferenceRequest,
    options: InferOptions,
  ): AsyncIterable<InferEvent> | Promise<AsyncIterable<InferEvent>>;
  embed(
    caller: Caller,
    request: { readonly model: string; readonly texts: readonly string[] },
    options: InferOptions,
  ): Promise<EmbedOutcome>;
  /** What a request would hold, without doing it. Moves no money; until it expires the account's tasks cost no more. */
  quote(caller: Caller, request: QuoteRequest): Promise<QuoteOutcome>;
  /** The bytes of a published settlement set. */
  findSettlementSet(setCid: Bytes32): Promise<Uint8Array | undefined>;
  findReceipt(taskId: Bytes32): Promise<ReceiptDocument | undefined>;
  /** What an account owes in this operator's lane, and the debit that would pay it. */
  lane(caller: Caller): Promise<LaneStatus>;
  /** What an account is promised, how it was served, and what it got back. */
  service(caller: Caller): Promise<ServiceStatus>;
  /** Takes a debit signed by the session's owner or a spending key of it. Refuses one that is lower, foreign or over the allotment. */
  acceptDebit(
    signed: SignedDebit,
  ): Promise<{ readonly kind: "accepted" } | { readonly kind: "refused"; readonly message: string }>;
  /** Wallet access: a signed `Access(uint32 account,address lane,uint64 expires)` of the session's owner buys a bearer token until `expires`. */
  openAccess(request: {
    readonly account: number;
    readonly expires: UnixSeconds;
    readonly signature: Hex;
  }): Promise<
    { readonly kind: "opened"; readonly bearer: string } | { readonly kind: "refused"; readonly message: string }
  >;
  /** API keys on this operator's sessions; only for the operator's own admin token. */
  keys: KeyDesk;
  /** The evidence behind answers, for those who may read it. */
  evidence: EvidenceDesk;
  duties: DutyDesk;
  cases: CaseDesk;
  /** Tasks of the session queue, for whoever pays for them. */
  queue: QueueGateway;
  /** Where sessions' records go, for whoever owns the session. */
  sinks: SinkGateway;
  /** Clients' files and vector stores; without it those routes don't exist, and `file_search` is refused. */
  data?: DataGateway;
  /** Tasks that their clients seal to their miners. */
  sealed: SealedDesk;
  network(): NetworkView;
  /** Calls back for each network event (task started, finished, receipt acknowledged, node joined or left) until the signal aborts. */
  watch(listener: (event: NetworkEvent) => void, signal: AbortSignal): void;
  health(): { readonly live: boolean; readonly ready: boolean; readonly reasons: readonly string[] };
};

export type KeyDesk = {
  isAdmin(bearer: string): boolean;
  /** Returns the new key, once; only its hash is kept. */
  create(request: {
    readonly account: number;
    readonly name: string;
    readonly budgetWei?: bigint;
  }): Promise<
    | { readonly kind: "created"; readonly key: string; readonly keyHash: Bytes32 }
    | { readonly kind: "refused"; readonly message: string }
  >;
  revoke(keyHash: Bytes32): Promise<boolean>;
};

/** For the wallet that owns the paying session: an operator's customers aren't shown one another's. */
export type QueueGateway = {
  /** Takes salt ‖ encoded prompt, and the encoded parameters, of a task that doesn't have them on chain. */
  hand(
    caller: Caller,
    handed: { readonly taskId: Bytes32; readonly prompt: Uint8Array; readonly params: Uint8Array },
  ): Promise<
    | { readonly kind: "taken" }
    | { readonly kind: "unknown" }
    | { readonly kind: "refused"; readonly code: string; readonly message: string }
  >;
  /** A request that was handed in here and that a chain names by its CID: salt ‖ encoded prompt, by their SHA-256. Anybody may read it. */
  request(digest: Bytes32): Promise<Uint8Array | undefined>;
  /** What the miners answered that have committed, in order of their seats, as far as they show it now. */
  answers(caller: Caller, taskId: Bytes32): Promise<readonly QueueAnswer[] | undefined>;
};

export type QueueAnswer = { readonly seat: number; readonly miner: Address; readonly text: string };

export type LaneStatus = {
  readonly account: number;
  /** Who signs the debits: with `self` the client. */
  readonly custody: Custody;
  readonly lane: Address;
  readonly allotmentWei: bigint;
  /** Fees of all receipts so far. */
  readonly spentWei: bigint;
  /** Highest cumulative amount signed. */
  readonly debitedWei: bigint;
  /** Fees of running tasks' holds. */
  readonly heldWei: bigint;
  /** Most that may be owed between debits. */
  readonly chunkWei: bigint;
  /** What to sign next. */
  readonly nextDebit: Debit;
};

export type ServiceStatus = {
  readonly account: number;
  /** The session's level now, and what it promises; nothing at level 0. */
  readonly sla: number;
  readonly promise?: ServiceLevel;
  /** Verdicts on epochs, and tasks given back: newest first, at most 100. See docs/SESSIONS.md. */
  readonly credits: readonly {
    readonly reason: CreditReason;
    readonly fromEpoch: number;
    readonly epoch: number;
    readonly sla: number;
    readonly figures: ServiceFigures;
    readonly wei: bigint;
    readonly state: "none" | "owed" | "given";
    readonly txHash?: Bytes32;
  }[];
};

export type Caller = { readonly account: number; readonly keyHash?: Bytes32; readonly custody: Custody };
export type ModelCard = {
  readonly id: string;
  readonly modelId: Bytes32;
  readonly contextTokens: number;
  readonly canEmbed: boolean;
  /** Verified miners that serve it; 0 where those that offer it aren't verified. */
  readonly miners: number;
  readonly weiPerTokenIn: bigint;
  readonly weiPerTokenOut: bigint;
};
/** `batch` tasks go after all interactive ones, until they have waited long. */
export type Priority = "interactive" | "batch";
export type InferOptions = {
  readonly userNonce?: Bytes32;
  /** Absent: interactive. */
  readonly priority?: Priority;
  /** What the client wants of this task in place of its session's terms. */
  readonly choice?: TaskChoice;
  readonly signal: AbortSignal;
};

export type InferEvent =
  | { readonly kind: "started"; readonly taskId: Bytes32 }
  | {
      readonly kind: "text";
      readonly text: string;
      readonly ids: readonly number[];
      /** Lengths of the parts that `text` is to be streamed in, one per token where the miner told them apart; their sum is its length. */
      readonly cuts?: readonly number[];
      readonly logprobs?: readonly number[];
    }
  | {
      readonly kind: "done";
      readonly taskId: Bytes32;
      readonly finish: FinishReason;
      readonly nIn: number;
      readonly nOut: number;
      readonly feeWei: bigint;
      readonly segments: number;
      /** What the answer may be called: the row of its work in docs/PROOF.md. */
      readonly label: ProofLabel;
      /** With more than one copy only. */
      readonly copies?: CopiesView;
      /** Of an answer that another miner checked before it was given out. */
      readonly checked?: CheckedView;
      /** Who could read it. Said by proxies alone, which seal. */
      readonly readable?: ReadableView;
    }
  | { readonly kind: "failed"; readonly refusal: Refusal };

/** Who could read what a proxy asked. `open`: who runs the proxy is a router's operator, so that a router's operator reads all of it. */
export type ReadableView =
  | { readonly privacy: "sealed"; readonly sealing: SealingLabel }
  | { readonly privacy: "open" };

/** Which miner checked an answer, and found that it holds. */
export type CheckedView = { readonly by: Address; readonly verdict: "holds" };

/** What became of a task's copies. Copies are named by their replica, from 0 on. */
export type CopiesView = {
  readonly asked: number;
  /** Copies that were answered whole. */
  readonly arrived: number;
  /** The copy whose answer this is. */
  readonly answer: number;
  /** Each arrived copy's cosine distance to the median of all; absent when they couldn't be compared. */
  readonly distances?: readonly { readonly replica: number; readonly distance: number }[];
  /** Copies beyond the calibrated distance. */
  readonly outliers: readonly number[];
};

export type EmbedOutcome =
  | {
      readonly kind: "vectors";
      readonly taskId: Bytes32;
      readonly vectors: readonly Float32Array[];
      readonly nIn: number;
      readonly label: ProofLabel;
    }
  | { readonly kind: "failed"; readonly refusal: Refusal };

export type QuoteRequest = {
  readonly work:
    | { readonly kind: "generation"; readonly request: InferenceRequest }
    | { readonly kind: "embedding"; readonly model: string; readonly texts: readonly string[] };
  /** Terms in place of the session's own. */
  readonly terms: Partial<SessionTerms>;
  /** What the request itself chooses, over the terms. */
  readonly choice?: TaskChoice;
  /** `cor` asks for no LLM tokens, and so for no rate. */
  readonly denomination: "llm" | "cor";
};

export type QuoteOutcome =
  | { readonly kind: "quoted"; readonly quote: Quote }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** The most that a task would cost: see docs/PRICING.md. */
export type Quote = {
  readonly model: string;
  readonly modelId: Bytes32;
  /** Most tokens of one copy that may be charged. */
  readonly nInMax: number;
  readonly nOutMax: number;
  readonly wei: bigint;
  /** The same, rounded up, by `rate`. */
  readonly llmTokens?: bigint;
  readonly rate?: RateView;
  readonly formula: {
    /** The model's price per token, the dearest of the miners that may get the task. */
    readonly model: Prices;
    readonly terms: SessionTerms;
    readonly surcharges: Surcharges;
    /** What a token pays: the model's price with the surcharges. */
    readonly charged: Prices;
  };
  /** What the terms' level promises; absent for level 0. */
  readonly promise?: ServiceLevel;
  /** Terms for which a task would be refused now. */
  readonly unavailable: readonly (keyof SessionTerms)[];
  /** Until then this router charges the account no more for it. */
  readonly expires: UnixSeconds;
};

/** What an LLM token was last said to be worth. */
export type RateView = {
  readonly weiPerLlmToken: bigint;
  readonly source: string;
  readonly postedAt: UnixSeconds;
  readonly ageSeconds: number;
  readonly ageMaxSeconds: number;
  readonly isFresh: boolean;
};

/** A refusal before or during work. `code` decides the HTTP status; see docs/ERRORS.md. */
export type Refusal = {
  readonly code:
    | "insufficient_balance"
    | "debit_required"
    | "spending_cap_reached"
    | "session_unsupported"
    | "not_a_member"
    | "fee_above_limit"
    | "task_limit_reached"
    | "sink_full"
    | "rate_stale"
    | "model_not_found"
    | "prompt_too_long"
    | "document_unavailable"
    | "no_miner"
    | "overloaded"
    | "timeout"
    | "miner_failed"
    | "envelope_refused"
    | "shutting_down"
    /** The next four are a proxy's on its client's machine, beside what its router refuses. */
    | "sealed_unsupported"
    | "sealing_fault"
    | "router_refused"
    | "router_unreachable";
  readonly message: string;
  /** The field of the request at fault. */
  readonly param?: string;
  readonly retryAfterSeconds?: number;
};

/** A node's life on chain. Times are seconds of chain time. */
export type NodeLifeView = {
  readonly state: NodeState;
  readonly since: UnixSeconds;
  /** Its last sign of life; 0 for none. */
  readonly pingedAt: UnixSeconds;
  /** The session's account that it is reserved for, and until when. */
  readonly reservedFor?: number;
  readonly reservedUntil?: UnixSeconds;
  /** The latest changes of its level, latest last. */
  readonly levels: readonly { readonly level: number; readonly atSeconds: UnixSeconds }[];
};

export type NetworkView = {
  readonly router: {
    readonly address: Address;
    readonly operator: Address;
    /** The key to which a session's owner may delegate, within caps. */
    readonly spendingKey?: Address;
    readonly version: string;
    readonly uptimeSeconds: number;
    /** Whether its word counts that a miner is verified, as the chain last said. */
    readonly isVerifier: boolean;
  };
  readonly miners: readonly {
    readonly address: Address;
    readonly models: readonly string[];
    readonly running: number;
    readonly queued: number;
    readonly tokensPerSecond: number;
    readonly connectedAtMs: number;
    /** First second of chain time at which it is no longer verified. Absent while it isn't: then it gets no work. */
    readonly verifiedUntil?: UnixSeconds;
    /** Why its last challenge by this router came to nothing: a word. */
    readonly unverified?: string;
    /** 0…10, as the chain last said. */
    readonly level: number;
    /** Absent until the chain was asked. */
    readonly life?: NodeLifeView;
  }[];
  readonly totals: {
    readonly tasks: number;
    readonly tokensOut: number;
    readonly feesWei: bigint;
    readonly receipts: number;
    readonly settledReceipts: number;
  };
  /** Absent while no rate was posted. */
  readonly rate?: RateView;
};

export type NetworkEvent =
  | {
      readonly kind: "taskStarted";
      readonly taskId: Bytes32;
      readonly model: string;
      readonly miner: Address;
      readonly atMs: number;
    }
  | {
      readonly kind: "taskEnded";
      readonly taskId: Bytes32;
      readonly finish: FinishReason;
      readonly nIn: number;
      readonly nOut: number;
      readonly feeWei: bigint;
      readonly miners: readonly Address[];
      readonly atMs: number;
    }
  | { readonly kind: "receiptAcknowledged"; readonly taskId: Bytes32; readonly atMs: number }
  | { readonly kind: "settled"; readonly txHash: Bytes32; readonly receipts: number; readonly atMs: number }
  | { readonly kind: "minerJoined" | "minerLeft"; readonly miner: Address; readonly atMs: number };
