import { type Bytes32, PRIVACIES, type Privacy, ZERO_BYTES32 } from "@cortensor/protocol";

/** In the order of the contract's numbers. */
export const SESSION_MODES = ["ephemeral", "dedicated", "hybrid"] as const;
/** Which miners get a session's tasks: any that qualify, its dedicated nodes alone, or those first. */
export type SessionMode = (typeof SESSION_MODES)[number];
/** The contract's bound. */
const NODES_MAX = 1_024;
const ENGINES = ["proved", "any"] as const;
const AUDIT_MODES = ["none", "canary", "auditable"] as const;

/** Cortensor's session parameters, in Cortensor's words. Omitted fields take the defaults noted. */
export type SessionParams = {
  /** 1 to 64 bytes. */
  readonly name: string;
  /** Free text or a CID, at most 512 bytes; default "". */
  readonly metadata?: string;
  /** Fewer able miners than this, and no task begins; default 1. */
  readonly minNumOfNodes?: number;
  /** Most miners that have its tasks at one time; default 1,024, the most that there may be. */
  readonly maxNumOfNodes?: number;
  /** Copies of each task, 1…7; default 1. */
  readonly redundant?: number;
  /** Validators per task, 0…7; default 0. */
  readonly numOfValidatorNodes?: number;
  /** Default "ephemeral". */
  readonly mode?: SessionMode;
  /** Default false. */
  readonly reserveEphemeralNodes?: boolean;
  /** Service level, 0…10; default 0, which promises nothing. */
  readonly sla?: number;
  /** A model id; default zero, which is any. */
  readonly modelIdentifier?: Bytes32;
  /** Seconds; default 0. */
  readonly reservePeriod?: number;
  /** 0 is unlimited; default 0. */
  readonly maxTaskExecutionCount?: number;
  /** Default "open". */
  readonly privacy?: Privacy;
  /** Default "proved". */
  readonly engine?: (typeof ENGINES)[number];
  /** Default "none", and "canary" where prompts are sealed. */
  readonly auditMode?: (typeof AUDIT_MODES)[number];
};

/** Session parameters with every default filled in. */
export type CompleteSessionParams = Required<SessionParams>;

/** The parameters that a session is opened with: what isn't given takes its default. */
export function completeParams(params: SessionParams): CompleteSessionParams {
  const { minNumOfNodes = 1, redundant = 1, privacy = "open" } = params;
  return {
    name: params.name,
    metadata: params.metadata ?? "",
    minNumOfNodes,
    maxNumOfNodes: params.maxNumOfNodes ?? NODES_MAX,
    redundant,
    numOfValidatorNodes: params.numOfValidatorNodes ?? 0,
    mode: params.mode ?? "ephemeral",
    reserveEphemeralNodes: params.reserveEphemeralNodes ?? false,
    sla: params.sla ?? 0,
    modelIdentifier: params.modelIdentifier ?? ZERO_BYTES32,
    reservePeriod: params.reservePeriod ?? 0,
    maxTaskExecutionCount: params.maxTaskExecutionCount ?? 0,
    privacy,
    engine: params.engine ?? "proved",
    auditMode: params.auditMode ?? (privacy === "sealed" ? "canary" : "none"),
  };
}

/** The parameters as the contract takes them. */
export type ChainSessionParams = Omit<CompleteSessionParams, "mode" | "privacy" | "engine" | "auditMode"> & {
  readonly mode: number;
  readonly privacy: number;
  readonly engine: number;
  readonly auditMode: number;
};

export function encodeParams(params: SessionParams): ChainSessionParams {
  const complete = completeParams(params);
  return {
    ...complete,
    mode: SESSION_MODES.indexOf(complete.mode),
    privacy: PRIVACIES.indexOf(complete.privacy),
    engine: ENGINES.indexOf(complete.engine),
    auditMode: AUDIT_MODES.indexOf(complete.auditMode),
  };
}

/** The contract bounds each number to the list's length. */
export function decodeParams(params: ChainSessionParams): CompleteSessionParams {
  return {
    ...params,
    mode: SESSION_MODES[params.mode] ?? "ephemeral",
    privacy: PRIVACIES[params.privacy] ?? "open",
    engine: ENGINES[params.engine] ?? "proved",
    auditMode: AUDIT_MODES[params.auditMode] ?? "none",
  };
}
