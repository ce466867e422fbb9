import type {
  Acknowledgement,
  Address,
  Assignment,
  BatchProof,
  Bytes32,
  Checkpoint,
  CreditNote,
  FinishReason,
  HandedAnswer,
  Hex,
  Payee,
  Prompt,
  Receipt,
  RecipeStep,
  Result,
  SamplingParams,
  SegmentBody,
  SignedBatch,
  Task,
  UnixSeconds,
} from "@cortensor/protocol";

/** What a miner offers on a link: sent after the handshake and whenever it changes. */
export type Advertisement = {
  readonly models: readonly OfferedModel[];
  /** Tasks it will hold at once, running and queued. */
  readonly capacity: number;
  readonly running: number;
  readonly queued: number;
};

export type OfferedModel = {
  readonly model: string;
  readonly modelId: Bytes32;
  readonly quantisation: string;
  readonly kernelClass: Bytes32;
  readonly contextTokens: number;
  readonly tokensPerSecond: number;
  /** Tasks of this model that its engine works on at once. */
  readonly sequences: number;
  readonly canEmbed: boolean;
  /** Whether its engine can be made to score given tokens: only then can what it says be checked. */
  readonly canScore: boolean;
  readonly weiPerTokenIn: bigint;
  readonly weiPerTokenOut: bigint;
};

/** Router → miner: opens a stream. `committed` is what the client has already seen, at a hand-over. */
export type Start = {
  readonly kind: "start";
  readonly task: Task;
  readonly assignment: Assignment;
  readonly prompt: Prompt;
  readonly promptSalt: Bytes32;
  readonly params: SamplingParams;
  /**
   * keccak256(taskId ‖ userNonce ‖ beacon). Absent when `params.userSeed` is set: that source needs the prompt's token ids, which
   * only the miner has, so the miner computes it.
   */
  readonly seedSource?: Bytes32;
  /** The miner may go on from prompts that it ran under the same tag, and keep this one for the next. */
  readonly warmTag: Bytes32;
  readonly committed: readonly number[];
};

/**
 * Router → miner: opens a stream for a sealed task. What a `Start` says in the clear is in the envelope, as the client sent it; the answer comes back in sealed
 * frames (see docs/SEALING.md).
 */
export type StartSealed = {
  readonly kind: "startSealed";
  readonly task: Task;
  readonly assignment: Assignment;
  readonly seedSource: Bytes32;
  /** As a `Start` has it; of a client's affinity tags, which say nothing of the prompt. */
  readonly warmTag: Bytes32;
  /** Output tokens that the envelope must bring, with what is handed over: those that the router has passed on. */
  readonly committed: number;
  /** `encodeEnvelope`. */
  readonly envelope: Uint8Array;
  /** What those before this standby have answered under the same envelope, in order: its tokens are among `committed`. Absent for the first. */
  readonly handed?: readonly HandedAnswer[];
};

/** Router → miner: opens a stream for vectors. */
export type StartEmbedding = {
  readonly kind: "startEmbedding";
  readonly task: Task;
  readonly assignment: Assignment;
  readonly texts: readonly string[];
  readonly promptSalt: Bytes32;
};

/**
 * Router → miner: opens a stream for a probe, which `challenge` alone decides (see `probeOf` in protocol). With a statement the
 * miner is itself to be verified; without one it only does a probe of another miner again.
 */
export type ProbeRequest = {
  readonly kind: "probe";
  readonly challenge: Bytes32;
  readonly modelId: Bytes32;
  readonly kernelClass: Bytes32;
  readonly statement?: {
    /** A secret sealed to the miner's registered key: 80 bytes. */
    readonly sealed: Hex;
    /** Of the verification that both are to sign. */
    readonly nonce: number;
    readonly deadline: UnixSeconds;
    readonly expires: UnixSeconds;
  };
};

/** Router → miner: opens a stream for the body behind one of its results, by that result's struct hash. */
export type BodyRequest = { readonly kind: "showBody"; readonly address: Bytes32 };

/** Router → miner: opens a stream for what the miner answered to a task of the session queue. */
export type AnswerRequest = { readonly kind: "showAnswer"; readonly taskId: Bytes32 };

/**
 * Router → miner: opens a stream for the check of another miner's result. All that the check needs is in the body, but for the epoch, whose beacon
 * is part of the seed.
 */
export type CheckRequest = { readonly kind: "check"; readonly body: SegmentBody; readonly epoch: number };

/** What a checker says of a result; `undecided` where it can't make it again bit by bit. */
export const CHECK_VERDICTS = ["holds", "wrong", "undecided"] as const;
export type CheckVerdict = (typeof CHECK_VERDICTS)[number];
/** What differs first where a result is made again. */
export const REPLAY_DIFFERENCES = ["token", "fingerprint", "ending"] as const;
/** Why a miner doesn't check a result. */
export const CHECK_REFUSALS = [
  "busy",
  "unknownModel",
  "otherClass",
  "badBody",
  "engineFailed",
  "beaconUnknown",
] as const;
export type CheckRefusal = (typeof CHECK_REFUSALS)[number];

/** Why a miner doesn't answer a probe. */
export const PROBE_REFUSALS = [
  "busy",
  "unknownModel",
  "otherClass",
  "sealedToAnother",
  "badStatement",
  "engineFailed",
] as const;
export type ProbeRefusal = (typeof PROBE_REFUSALS)[number];

/**
 * Miner → router, on a task's stream. Tokens are the hot frames: many ids per message. A result is the checkpoint of its segment's
 * end; the router ends the stream when it has it, and by that owes all of it.
 */
export type FromMiner =
  | { readonly kind: "accepted"; readonly nIn: number }
  | {
      readonly kind: "refused";
      readonly code:
        | "busy"
        | "expired"
        | "badAssignment"
        | "unknownModel"
        | "promptTooLong"
        | "owedTooMuch"
        | "bondTooSmall"
        | "beaconUnknown"
        | "documentRefused"
        | "badEnvelope";
      readonly detail: string;
    }
  | {
      readonly kind: "tokens";
      readonly from: number;
      readonly ids: readonly number[];
      readonly text: string;
      /** Characters (UTF-16 units) of `text` that each id added, so that a client gets a chunk per token. Absent: not told apart. */
      readonly cuts?: readonly number[];
      readonly logprobs?: readonly number[];
    }
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint }
  | { readonly kind: "vectors"; readonly vectors: readonly Float32Array[]; readonly tokens: number }
  | { readonly kind: "committedMismatch"; readonly position: number }
  | {
      readonly kind: "result";
      readonly result: Result;
      readonly recipe: readonly RecipeStep[];
      readonly finish: FinishReason;
      readonly text: string;
    }
  | { readonly kind: "failed"; readonly code: string; readonly detail: string }
  | SealedReply
  | ProbeReply
  | BodyReply
  | CheckReply
  | AnswerReply;

/** Miner → router, on a sealed task's stream, in place of tokens and result. */
export type SealedReply =
  /** `encodeAnswerOpening`: before the first frame. */
  | { readonly kind: "sealedOpening"; readonly opening: Uint8Array }
  /** `encodeSealedFrame`, and how many output tokens have come with it. */
  | { readonly kind: "sealedFrame"; readonly frame: Uint8Array; readonly position: number }
  /** After the last frame. */
  | { readonly kind: "sealedResult"; readonly result: Result; readonly recipe: readonly RecipeStep[] };

/** Miner → router, on the stream of a body's request: its one message. */
export type BodyReply =
  | { readonly kind: "body"; readonly body: SegmentBody }
  /** It has none of that address, or not for this router's operator. */
  | { readonly kind: "noBody" };

/** Miner → router, on the stream of an answer's request: its one message. */
export type AnswerReply =
  /** All that it said, as text; `result.outCommit` stands for it. */
  | { readonly kind: "answer"; readonly result: Result; readonly text: string }
  /** It has none to this task, or not for this router's operator. */
  | { readonly kind: "noAnswer" };

/** Miner → router, on a check's stream: its one message. */
export type CheckReply =
  | {
      readonly kind: "checked";
      readonly verdict: CheckVerdict;
      /** Of a wrong result that contradicts the model: where. Absent where it contradicts itself. */
      readonly differs?: { readonly what: (typeof REPLAY_DIFFERENCES)[number]; readonly position: number };
    }
  | { readonly kind: "checkDeclined"; readonly code: CheckRefusal };

/** Miner → router, on a probe's stream: its one message. */
export type ProbeReply =
  | {
      readonly kind: "probed";
      /** As of a task whose id is the challenge. */
      readonly result: Result;
      readonly recipe: readonly RecipeStep[];
      readonly ids: readonly number[];
      readonly text: string;
      /** What was sealed, and the miner's signature on the verification. Absent where no statement was asked for. */
      readonly proof?: { readonly secret: Bytes32; readonly signature: Hex };
    }
  | { readonly kind: "declined"; readonly code: ProbeRefusal };

/** Router → miner, on a task's stream. */
export type FromRouter =
  | { readonly kind: "acknowledged"; readonly acknowledgement: Acknowledgement }
  | { readonly kind: "abort"; readonly reason: string };

/** Everything a stream may carry, by who sends it. The receiver refuses what its peer's role may not send. */
export type ToMiner =
  | Start
  | StartSealed
  | StartEmbedding
  | ProbeRequest
  | BodyRequest
  | CheckRequest
  | AnswerRequest
  | FromRouter;
export type StreamMessage = ToMiner | FromMiner;

/** Either way, outside any stream: the signed batches that turn MACed words into proofs. */
export type BatchNotice = {
  readonly signed: SignedBatch;
  /** Place of the peer's first leaf. Its leaves stand side by side … */
  readonly from: number;
  readonly leaves: readonly Bytes32[];
  /** … and with the nodes beside them give the root: see `rebuildMerkleTree`. */
  readonly siblings: readonly Bytes32[];
};

/** Router → miner: the receipt of a finished task, provable by `proof`. The miner may now forget the result. */
export type ReceiptNotice = {
  readonly receipt: Receipt;
  readonly payees: readonly Payee[];
  readonly proof: BatchProof;
};

/** Router → miner: durable receipts whose leaves came with earlier batch notices on this link. */
export type ReceiptsNotice = { readonly receipts: readonly Omit<ReceiptNotice, "proof">[] };

/** Router → miner: what the operator promises the miner in all. Sent with each batch that raises it, and when a link begins. */
export type NoteNotice = { readonly note: CreditNote; readonly proof: BatchProof };

/** Miner → router: a finished result whose receipt never came. */
export type ReofferedResult = {
  readonly task: Task;
  readonly result: Result;
  readonly recipe: readonly RecipeStep[];
  readonly assignment: Assignment;
  /** Where the assignment stands in a batch that a router signed; absent when that batch never came. */
  readonly assignmentProof?: BatchProof;
  /** The last position that a router's signed batch acknowledges. A router that has lost its memory pays up to here. */
  readonly acknowledged?: ProvenAcknowledgement;
};

export type ProvenAcknowledgement = { readonly acknowledgement: Acknowledgement; readonly proof: BatchProof };

/** Router → miner: why no receipt will come for a result. The miner keeps its evidence and counts the fee as disputed. */
export type UnpaidNotice = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly replica: number;
  readonly segment: number;
  /** E.g. `badTokenRoot`, `unknownTask`: a word, for logs and metrics. */
  readonly code: string;
};

/** Miner → router: the prekey bundles that clients may seal to, newest first (`encodeSignedPrekeyBundle`). Sent when a link begins, and whenever they change. */
export type PrekeysNotice = { readonly bundles: readonly Uint8Array[] };

/** Router → miner: it has a seat in a task of the session queue, whose work is sent next. Sent again after a restart of the router. */
export type QueuedNotice = { readonly taskId: Bytes32 };

/** What may be sent outside any stream. */
export type Notices = {
  /** Miner → router. */
  readonly advertisement: Advertisement;
  /** Either way. */
  readonly batch: BatchNotice;
  /** Router → miner. */
  readonly receipt: ReceiptNotice;
  /** Router → miner. */
  readonly receipts: ReceiptsNotice;
  /** Router → miner. */
  readonly note: NoteNotice;
  /** Router → miner. */
  readonly unpaid: UnpaidNotice;
  /** Miner → router. */
  readonly reoffer: ReofferedResult;
  /** Router → miner. */
  readonly queued: QueuedNotice;
  /** Miner → router. */
  readonly prekeys: PrekeysNotice;
};
export type NoticeTopic = keyof Notices;
