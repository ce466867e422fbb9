import { type Address, type Bytes32, isBytes32, type UnixSeconds, ZERO_BYTES32 } from "../primitives.js";
import { opensPrecommit, type PrecommitDomain } from "./precommit.js";
import { arrivalOf, type Round, type RoundRefusal, roundRefusal, withArrival } from "./round.js";
import { moved, refused, type Step } from "./step.js";

/** What both task machines keep of answers: first what each seat has bound itself to, then what it shows. */
export type AnsweredTask = {
  readonly taskId: Bytes32;
  readonly domain: PrecommitDomain;
  readonly precommits: Round<Bytes32>;
  readonly commits: Round<Bytes32>;
};

export type PrecommitEvent = { readonly by: Address; readonly hash: Bytes32 };
export type CommitEvent = { readonly by: Address; readonly resultHash: Bytes32; readonly salt: Bytes32 };

/** The precommits with one more. */
export function precommitted(
  { precommits }: AnsweredTask,
  { by, hash }: PrecommitEvent,
  nowSeconds: UnixSeconds,
): Step<Round<Bytes32>, RoundRefusal | "outOfRange"> {
  const refusal = roundRefusal(precommits, by);
  if (refusal !== undefined) return refused(refusal);
  if (!isHash(hash)) return refused("outOfRange");
  return moved(withArrival(precommits, { by, value: hash, atSeconds: nowSeconds }));
}

/** The commits with one more, which shows what its sender precommitted. */
export function committed(
  { taskId, domain, precommits, commits }: AnsweredTask,
  { by, resultHash, salt }: CommitEvent,
  nowSeconds: UnixSeconds,
): Step<Round<Bytes32>, RoundRefusal | "outOfRange" | "commitOther"> {
  const refusal = roundRefusal(commits, by);
  if (refusal !== undefined) return refused(refusal);
  if (!isBytes32(resultHash) || !isBytes32(salt)) return refused("outOfRange");
  const precommit = arrivalOf(precommits, by);
  const parts = { ...domain, taskId, miner: by, salt, resultHash };
  if (precommit === undefined || !opensPrecommit(precommit, parts)) return refused("commitOther");
  return moved(withArrival(commits, { by, value: resultHash, atSeconds: nowSeconds }));
}

/** Zero stands for nothing, so it's nobody's hash. */
export function isHash(value: Bytes32): boolean {
  return isBytes32(value) && value !== ZERO_BYTES32;
}
