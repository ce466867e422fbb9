import {
  type Address,
  type Bytes32,
  CHECKPOINT_TOKENS,
  hasCode,
  hashTask,
  paramsHash,
  promptCommit,
  seedSource,
  textsCommit,
} from "@cortensor/protocol";
import type { FromMiner, OfferedModel, Start, StartEmbedding } from "@cortensor/wire";
import { mostWei } from "./earnings.js";

export type RefusalCode = Extract<FromMiner, { readonly kind: "refused" }>["code"];
export type Verdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly detail: string };

/** What the decision rests on, besides the task. */
export type MinerState = {
  /** The miner's registered signing address, lower case. */
  readonly self: Address;
  /** It came in an envelope, in which prompt and parameters were held against the task: see `openEnvelope`. */
  readonly isSealed: boolean;
  /** Of a private network: its tasks are private alone, and no other's are. */
  readonly isPrivate: boolean;
  /** Whether the task may be of the epoch that its assignment names, and that one's beacon, by this miner's own look at the chain. */
  readonly mayBeOfEpoch: boolean;
  readonly beacon: Bytes32 | undefined;
  /** Chain time. */
  readonly nowSeconds: number;
  /** What is advertised for the task's model; undefined when nothing is. */
  readonly offer: OfferedModel | undefined;
  /** Tasks here now, running and queued, and the most there may be. */
  readonly tasks: number;
  readonly capacity: number;
  /**
   * What this operator owes: fees of results without a receipt, nets of receipts without a note, and the most that its running tasks
   * may earn; and the most that it may owe, whatever it withholds.
   */
  readonly owedWei: bigint;
  readonly owedMaxWei: bigint;
  /** What its note promises and no settlement has credited yet. */
  readonly uncreditedWei: bigint;
  /** The operator's bond, the least it may be, and how many hundredths of it this miner counts on. */
  readonly bondWei: bigint;
  readonly bondMinWei: bigint;
  readonly bondSharePercent: number;
};

const ACCEPTED: Verdict = { kind: "accepted" };

/** Whether a miner takes on a task. Pure; the first thing that speaks against it is told. The prompt's length comes after: `acceptPrompt`. */
export function acceptTask(start: Start | StartEmbedding, state: MinerState): Verdict {
  const { task, assignment } = start;
  const { offer } = state;
  if (state.tasks >= state.capacity) return refused("busy", `${state.tasks} of ${state.capacity} tasks`);
  if (state.bondWei < state.bondMinWei) return refused("bondTooSmall", `${state.bondWei} of ${state.bondMinWei} wei`);
  if (offer === undefined) return refused("unknownModel", `no model ${task.modelId} is offered here`);
  if (offer.kernelClass !== assignment.kernelClass) return refused("unknownModel", "another kernel class is offered");
  if (start.kind === "startEmbedding" && !offer.canEmbed) return refused("unknownModel", "this model makes no vectors");
  if (assignment.expires <= state.nowSeconds)
    return refused("expired", `the assignment ended at ${assignment.expires}`);
  if (task.deadline <= state.nowSeconds) return refused("expired", `the task's deadline was ${task.deadline}`);
  const fault = assignmentFault(start, state, offer);
  if (fault !== undefined) return refused("badAssignment", fault);
  const risk = riskOf(mostWei(start, offer), state);
  if (risk !== undefined) return risk;
  const forged = contentFault(start, state);
  if (forged !== undefined) return refused("badAssignment", forged);
  return start.kind === "start" ? seedVerdict(start, state) : ACCEPTED;
}

/** What speaks against taking on more: the limit of what may be owed, or the bond behind all that isn't on chain yet. */
function riskOf(taskWei: bigint, state: MinerState): Verdict | undefined {
  const owedWei = state.owedWei + taskWei;
  if (owedWei > state.owedMaxWei)
    return refused("owedTooMuch", `${state.owedWei} wei are owed, this task may add ${taskWei}`);
  const coveredWei = (state.bondWei * BigInt(state.bondSharePercent)) / 100n;
  const unsettledWei = owedWei + state.uncreditedWei;
  if (unsettledWei > coveredWei)
    return refused("bondTooSmall", `${unsettledWei} wei unsettled, ${coveredWei} are covered`);
  return undefined;
}

/** Whether a prompt fits, once its tokens are counted. */
export function acceptPrompt(parts: { nIn: number; maxIn: number; contextTokens: number; committed: number }): Verdict {
  const { nIn, maxIn, contextTokens, committed } = parts;
  if (nIn > maxIn) return refused("promptTooLong", `${nIn} tokens, ${maxIn} are paid for`);
  // Room for at least one token. Where all tokens were seen already, only the end is missing.
  if (nIn + Math.max(1, committed) > contextTokens)
    return refused("promptTooLong", `${nIn} tokens in ${contextTokens}`);
  return ACCEPTED;
}

function assignmentFault(
  start: Start | StartEmbedding,
  { self, isSealed, isPrivate }: MinerState,
  offer: OfferedModel,
): string | undefined {
  const { task, assignment } = start;
  if (assignment.miner !== self) return `it is for ${assignment.miner}`;
  if (assignment.weiPerTokenIn < offer.weiPerTokenIn) return "the price of a prompt token is below the one offered";
  if (assignment.weiPerTokenOut < offer.weiPerTokenOut) return "the price of an output token is below the one offered";
  if (assignment.replica >= task.redundancy) return `replica ${assignment.replica} of ${task.redundancy}`;
  if (isPrivate !== (task.privacy === "private"))
    return isPrivate ? `a private network has no ${task.privacy} tasks` : "a private task is of no public network";
  if (task.privacy === "open" && isSealed) return "an open task came in an envelope";
  if (task.privacy !== "open" && !isSealed) return `a ${task.privacy} task can't come in the open`;
  if (assignment.from % CHECKPOINT_TOKENS !== 0) return `it starts at ${assignment.from}, which is no checkpoint`;
  if (start.kind === "startEmbedding") {
    return assignment.from === 0 && assignment.segment === 0 ? undefined : "vectors are not handed over";
  }
  const { committed, params } = start;
  if (committed.length < assignment.from) return `only ${committed.length} tokens before ${assignment.from}`;
  if (assignment.segment === 0 && committed.length > 0) return "tokens before the first segment";
  if (params.maxTokens > task.maxOut) return `${params.maxTokens} tokens wanted, ${task.maxOut} are paid for`;
  if (committed.length > params.maxTokens) return "more tokens were seen than asked for";
  return undefined;
}

/** The task names what it is about by hashes: prompt and parameters must be those, or the work can't be proved. */
function contentFault(start: Start | StartEmbedding, { isSealed }: MinerState): string | undefined {
  const { task, assignment, promptSalt } = start;
  if (hashTask(task) !== assignment.taskId) return "its task is another";
  if (start.kind === "startEmbedding") {
    return textsCommit(promptSalt, start.texts) === task.promptCommit ? undefined : "the texts are not the task's";
  }
  if (promptCommit(promptSalt, start.prompt) !== task.promptCommit) return "the prompt is not the task's";
  return isSealed || hashOfParams(start) === task.paramsHash ? undefined : "the parameters are not the task's";
}

/** The seed must be the task's too, of a beacon that the chain shows: whoever checks the work knows no other. */
function seedVerdict({ task, assignment, params, seedSource: source }: Start, state: MinerState): Verdict {
  const { taskId, epoch } = assignment;
  if (params.userSeed !== undefined) {
    return source === undefined
      ? ACCEPTED
      : refused("badAssignment", "a user's seed leaves no room for another source");
  }
  if (!state.mayBeOfEpoch) return refused("badAssignment", `no task is of epoch ${epoch} now`);
  const { beacon } = state;
  if (beacon === undefined) return refused("beaconUnknown", `the chain shows no beacon of epoch ${epoch} here yet`);
  const own = seedSource({ taskId, userNonce: task.userNonce, beacon });
  return source === own ? ACCEPTED : refused("badAssignment", "the seed's source is not the task's");
}

function hashOfParams({ params }: Start): Bytes32 | undefined {
  try {
    return paramsHash(params);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_PARAMS")) return undefined;
    throw error;
  }
}

function refused(code: RefusalCode, detail: string): Verdict {
  return { kind: "refused", code, detail };
}
