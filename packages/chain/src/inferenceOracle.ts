import {
  type Address,
  type Bytes32,
  bytesToHex,
  FINISH_REASONS,
  type Hex,
  hexToBytes,
  parseAddress,
  parseBytes32,
  type Result,
  type UnixSeconds,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { inferenceOracleAbi } from "./generated/InferenceOracle.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

/** Who says that an answer holds: most of the copies, or the operator that assigned the task. In the order of the contract's numbers. */
export const ORACLE_POLICIES = ["majority", "operator"] as const;
export type OraclePolicy = (typeof ORACLE_POLICIES)[number];
const STATES = ["none", "open", "answered", "closed"] as const;

/** A request to the oracle, as it stands. */
export type InferenceRecord = {
  readonly taskId: Bytes32;
  readonly requester: Address;
  readonly state: Exclude<(typeof STATES)[number], "none">;
  readonly policy: OraclePolicy;
  readonly hasCallbackFailed: boolean;
  /** First second at which no answer is taken any more. */
  readonly deadlineSeconds: UnixSeconds;
  /** Empty until it is answered. */
  readonly answer: Uint8Array;
};

/** One committed result, shown: the answer's bytes as they were made. */
export type AnswerOpening = { readonly seat: number; readonly result: Result; readonly output: Uint8Array };

/** The contract's bound on a question's text. */
export const ORACLE_TEXT_BYTES_MAX = 4_096;

/** What an account asks the oracle, in the open, of its own session. No contract is called back: the answer is read. */
export type OracleQuestion = {
  readonly account: number;
  /** On chain, or by the CID of salt ‖ encoded prompt where it is longer than the contract takes. */
  readonly asked:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "cid"; readonly cid: Uint8Array; readonly promptCommit: Bytes32 };
  /** A JSON schema that the answer is asked to meet; may be empty. The contract sets it before a text; what is at a CID must hold it. */
  readonly schema: string;
  readonly modelId: Bytes32;
  readonly assigner: Address;
  readonly policy: OraclePolicy;
  readonly redundancy: number;
  readonly workSeconds: number;
  readonly maxIn: number;
  readonly maxOut: number;
  readonly feeCapWei: bigint;
  readonly deadlineSeconds: UnixSeconds;
};

/** Undefined: nobody asked the oracle by this task. */
export async function readInference(chain: ChainReader, taskId: Bytes32): Promise<InferenceRecord | undefined> {
  const oracle = { address: chain.profile.addresses.inferenceOracle, abi: inferenceOracleAbi } as const;
  const read = chain.client.readContract({ ...oracle, functionName: "requestOf", args: [taskId] });
  const asked = await chainCall("readInference", read);
  const state = STATES[asked.state];
  if (state === undefined || state === "none") return undefined;
  return {
    taskId,
    requester: parseAddress(asked.requester),
    state,
    policy: ORACLE_POLICIES[asked.policy] ?? "operator",
    hasCallbackFailed: asked.hasCallbackFailed,
    deadlineSeconds: asked.deadline,
    answer: hexToBytes(asked.answer),
  };
}

/** Asks, on the writer's own session, once the oracle is its enqueuer. */
export async function requestInference(
  chain: ChainWriter,
  question: OracleQuestion,
): Promise<ChainReceipt & { readonly taskId: Bytes32 }> {
  const { account, asked: prompt, schema, policy, deadlineSeconds, ...rest } = question;
  const utf8 = new TextEncoder();
  const asked = {
    schema: bytesToHex(utf8.encode(schema)),
    ...(prompt.kind === "text"
      ? { text: bytesToHex(utf8.encode(prompt.text)), promptCommit: ZERO_BYTES32, cid: "0x" as const }
      : { text: "0x" as const, promptCommit: prompt.promptCommit, cid: bytesToHex(prompt.cid) }),
  };
  const terms = { ...rest, policy: ORACLE_POLICIES.indexOf(policy), deadline: deadlineSeconds };
  const callback = { selector: "0x00000000", gasLimit: 0 } as const;
  const args = [account, asked, terms, callback] as const;
  const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: "request", args });
  const sent = await chain.send({ call: "requestInference", to: chain.profile.addresses.inferenceOracle, data });
  const logs = parseEventLogs({ abi: inferenceOracleAbi, eventName: "InferenceRequested", logs: [...sent.logs] });
  const { taskId } = requireEvent("InferenceRequested", sent, logs).args;
  return { ...toReceipt(sent), taskId: parseBytes32(taskId) };
}

/** Answers a request: openings of one answer, in the order of seats. */
export async function deliverInference(
  chain: ChainWriter,
  { taskId, openings }: { readonly taskId: Bytes32; readonly openings: readonly AnswerOpening[] },
): Promise<ChainReceipt> {
  const shown = openings.map(({ seat, result, output }) => ({
    seat,
    result: { ...result, finish: FINISH_REASONS.indexOf(result.finish) },
    output: bytesToHex(output),
  }));
  const data: Hex = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "deliver",
    args: [taskId, shown],
  });
  return sendTo(chain, "inferenceOracle", { call: "deliverInference", data });
}

/** Closes a request that is over without an answer. Anyone. */
export async function closeInference(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: "close", args: [taskId] });
  return sendTo(chain, "inferenceOracle", { call: "closeInference", data });
}
