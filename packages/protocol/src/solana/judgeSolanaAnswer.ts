import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { paramsHash } from "../canonicalParams.js";
import { promptCommit, resultsHash } from "../commit.js";
import { ProtocolError } from "../errors.js";
import type { InferenceRequest } from "../inferenceRequest.js";
import type { Bytes32, UnixSeconds } from "../primitives.js";
import { type SetEntry, setEntryId } from "../settlementSet.js";
import { hashResult } from "../structHash.js";
import { decodeSolanaAnswer, type SolanaAnswer, solanaResultHash } from "./solanaAnswer.js";
import { type SolanaPrice, solanaFeeOf } from "./solanaFee.js";
import { decodeSolanaRequest } from "./solanaRequest.js";
import type { SolanaVerdictKind } from "./solanaVerdict.js";

/** What lies in a task's account, and what it cost there. */
export type AnsweredTask = SolanaPrice & {
  /** The task's account. */
  readonly account: Bytes32;
  /** When the task that it holds now was opened there: its address may hold another later. */
  readonly openedAt: UnixSeconds;
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
  readonly resultHash: Bytes32;
  readonly amount: bigint;
  readonly fee: bigint;
};

/** What the network has settled, by `setEntryId`. */
export type SettledTasks = ReadonlyMap<Bytes32, Pick<SetEntry, "resultsHash" | "feeWei">>;

/** `waiting`: nothing speaks against it, and the network hasn't settled the task that it names. */
export type SolanaFinding = SolanaVerdictKind | "waiting";

/**
 * What every guard finds of an answer, from its account and from what the network has settled: it is what was committed to, of a task of the network's that was made
 * for this opening of the account and asks what the account asks; the network settled it with this very result; and what is asked for it covers no more than it cost.
 */
export function judgeSolanaAnswer(of: AnsweredTask, settled: SettledTasks): SolanaFinding {
  const read = readAnswered(of);
  if (read === undefined || !isAskedHere(of, read)) return "refused";
  const entry = settled.get(setEntryId(read.answer.result.taskId));
  if (entry === undefined) return "waiting";
  const isSame = entry.resultsHash === resultsHash([hashResult(read.answer.result)]);
  return isSame && of.fee <= solanaFeeOf(of, entry.feeWei, of.amount) ? "attested" : "refused";
}

/** What an account shows, where it is what was committed to and made for that opening; undefined otherwise. Whether it was settled is left open. */
export function readSolanaAnswer(
  of: Omit<AnsweredTask, keyof SolanaPrice | "amount" | "fee">,
): SolanaAnswer | undefined {
  const read = readAnswered(of);
  return read !== undefined && isAskedHere(of, read) ? read.answer : undefined;
}

type Read = { readonly answer: SolanaAnswer; readonly request: InferenceRequest };

function readAnswered(of: Pick<AnsweredTask, "account" | "request" | "answer" | "resultHash">): Read | undefined {
  if (solanaResultHash(of.account, of.answer) !== of.resultHash) return undefined;
  try {
    return { answer: decodeSolanaAnswer(of.answer), request: decodeSolanaRequest(of.request) };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** The nonce that a task of the network's has which was made for one opening of an account: `keccak256("solana-task-nonce-v1" ‖ account ‖ openedAt u64)`. */
export function solanaTaskNonce({ account, openedAt }: Pick<AnsweredTask, "account" | "openedAt">): Bytes32 {
  const writer = new ByteWriter().tag("solana-task-nonce-v1").hex(account, 32);
  return keccak256(writer.uint("openedAt", openedAt, 8).toBytes());
}

/** One of the network's tasks answers one opening. */
function isAskedHere(of: Pick<AnsweredTask, "account" | "openedAt">, { answer, request }: Read): boolean {
  const { task, promptSalt, result } = answer;
  const isOne = result.replica === 0 && result.segment === 0 && result.from === 0 && result.nOut === result.to;
  const isAsked = task.modelId === request.modelId && task.paramsHash === paramsHash(request.params);
  const isMadeFor = task.userNonce === solanaTaskNonce(of);
  return isOne && isAsked && isMadeFor && task.promptCommit === promptCommit(promptSalt, request.prompt);
}
