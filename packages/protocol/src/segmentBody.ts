import { paramsHash } from "./canonicalParams.js";
import { promptCommit, recipeHash } from "./commit.js";
import { ProtocolError } from "./errors.js";
import { decodeFingerprint, FINGERPRINT_TOKEN_BYTES, fingerprintRootOf } from "./fingerprint.js";
import type { Prompt, SamplingParams } from "./inferenceRequest.js";
import { OUTPUT_TOKENS_MAX } from "./limits.js";
import type { Bytes32 } from "./primitives.js";
import type { RecipeStep, Result } from "./result.js";
import { hashResult, hashTask } from "./structHash.js";
import type { Task } from "./task.js";
import { tokenRootOf } from "./tokenRoot.js";

/** A fingerprint's largest size, and so that of what a body has beside the prompt and the tokens before it. */
export const FINGERPRINT_BYTES_MAX: number = OUTPUT_TOKENS_MAX * FINGERPRINT_TOKEN_BYTES;

/**
 * What a checker needs of one segment. Its address is the struct hash of its result, which a receipt names: the result commits to the task, and
 * so to prompt and parameters, to the recipe, the tokens and the fingerprint. The prompt's token ids aren't part of it: whoever checks counts them
 * anew.
 */
export type SegmentBody = {
  readonly task: Task;
  readonly prompt: Prompt;
  readonly promptSalt: Bytes32;
  readonly params: SamplingParams;
  /** The replica's output before the tokens that this miner made itself. */
  readonly committed: readonly number[];
  /** Prompt and output together, as the miner offered the model. The miner's own word: nothing commits to it. */
  readonly contextTokens: number;
  readonly result: Result;
  readonly recipe: readonly RecipeStep[];
  /** Of the tokens that this miner made, their ids among it: see `encodeFingerprint`. */
  readonly fingerprint: Uint8Array;
};

/** Which part of a body isn't what its address stands for. */
export type BodyFault = "result" | "task" | "prompt" | "params" | "recipe" | "fingerprint" | "tokens";

/** The first part that isn't what the address commits to; undefined when all of it is. Whoever fetches a body asks this before it is used. */
export function bodyFault(body: SegmentBody, address: Bytes32): BodyFault | undefined {
  const { task, prompt, promptSalt, params, result, recipe } = body;
  if (tryMake(() => hashResult(result)) !== address) return "result";
  if (tryMake(() => hashTask(task)) !== result.taskId) return "task";
  if (tryMake(() => promptCommit(promptSalt, prompt)) !== task.promptCommit) return "prompt";
  if (tryMake(() => paramsHash(params)) !== task.paramsHash) return "params";
  if (tryMake(() => recipeHash(recipe)) !== result.recipeHash) return "recipe";
  const made = tryMake(() => decodeFingerprint(body.fingerprint));
  if (made === undefined || fingerprintRootOf(made) !== result.fpRoot) return "fingerprint";
  const output = [...body.committed, ...made.map(({ id }) => id)];
  return output.length === result.to && tokenRootOf(output) === result.tokenRoot ? undefined : "tokens";
}

/** Undefined for what has no such value: fields that are out of their range come from whoever sent the body. */
function tryMake<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
