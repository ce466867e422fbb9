import { CodedError, type Hex } from "@cortensor/protocol";
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, isHex } from "viem";
import { errorsAbi } from "./errorsAbi.js";
import { findCause } from "./findCause.js";
import { RpcSilence } from "./rpcEndpoint.js";

/** What this room throws. */
export type ChainErrorData =
  /** A contract refused: its error's name, and its arguments by name. Nothing was changed. */
  | {
      readonly code: "CHAIN_REVERTED";
      readonly call: string;
      readonly error: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  /** No RPC URL answered usably; `reason` says it of each. */
  | { readonly code: "CHAIN_UNREACHABLE"; readonly call: string; readonly reason: string }
  /** The RPC answered with an error that is no revert. */
  | { readonly code: "CHAIN_RPC_FAILED"; readonly call: string; readonly reason: string }
  /** A transaction was sent, and is in no block yet. It may still come. */
  | { readonly code: "CHAIN_UNCONFIRMED"; readonly call: string; readonly txHash: Hex; readonly waitedMs: number }
  /** An RPC URL serves another chain than the profile names. It is asked for nothing else. */
  | { readonly code: "CHAIN_WRONG_ID"; readonly rpc: string; readonly expected: number; readonly actual: number }
  /** Other transactions of the same key used its nonce, again and again: it was not done. */
  | { readonly code: "CHAIN_DISPLACED"; readonly call: string; readonly sends: number }
  /** There is no contract where the profile says. */
  | { readonly code: "CHAIN_NO_CONTRACT"; readonly contract: string; readonly address: Hex }
  /** Other code stands where a deployment recorded one of its contracts: it is another network's, or the record was changed. */
  | {
      readonly code: "CHAIN_WRONG_CODE";
      readonly contract: string;
      readonly address: Hex;
      readonly expected: Hex;
      readonly actual: Hex;
    }
  /** What the deployer's account sent before is still in no block: who deploys now can't know what will stand. */
  | { readonly code: "CHAIN_ACCOUNT_BUSY"; readonly account: Hex }
  /** A deployment's journal isn't what its deployer wrote, or is of another profile. */
  | { readonly code: "CHAIN_BAD_JOURNAL"; readonly reason: string }
  /** A profile asks for what isn't built: each module that can't be deployed, with what it waits for. */
  | { readonly code: "CHAIN_INCOMPLETE"; readonly profile: string; readonly missing: readonly string[] }
  /** What says where a network's members leave it can't be read. */
  | { readonly code: "CHAIN_BAD_EXIT"; readonly reason: string }
  /** Nobody leaves by a chain's last state before it is fixed. */
  | { readonly code: "CHAIN_NOT_FIXED"; readonly lastState: Hex }
  | { readonly code: "CHAIN_BAD_PROFILE"; readonly issues: readonly string[] }
  /** An RPC shows of a messenger what none of ours says, or leaves out what it sent: nothing is built on it. */
  | { readonly code: "CHAIN_BAD_LINK"; readonly reason: string }
  | { readonly code: "CHAIN_BAD_SETTLEMENT"; readonly reason: string }
  | { readonly code: "CHAIN_EVENT_MISSING"; readonly event: string; readonly txHash: Hex }
  /** An RPC's header doesn't hash to its block: it isn't the block's, or of a fork with fields that nobody here knows. */
  | { readonly code: "CHAIN_HEADER_OTHER"; readonly blockHash: Hex };

/** An error of this room, with one of its own codes. */
export class ChainError extends CodedError<ChainErrorData> {}

/** Awaits something of viem's and turns what it throws into a `ChainError`. `call` names what was tried. */
export async function chainCall<Value>(call: string, pending: Promise<Value>): Promise<Value> {
  try {
    return await pending;
  } catch (error) {
    throw toChainError(call, error);
  }
}

/** Maps whatever viem threw: a contract's custom error by its name, a dead RPC as retryable. */
export function toChainError(call: string, error: unknown): CodedError {
  const coded = findCause(error, (inner) => inner instanceof CodedError);
  if (coded instanceof CodedError) return coded;
  const data = revertDataOf(error);
  if (data !== undefined)
    return new ChainError({ code: "CHAIN_REVERTED", call, ...decodeRevert(data) }, { cause: error });
  const silence = findCause(error, (inner) => inner instanceof RpcSilence);
  if (silence instanceof RpcSilence) {
    const data = { code: "CHAIN_UNREACHABLE", call, reason: silence.message } as const;
    return new ChainError(data, { cause: error, isRetryable: true });
  }
  const reason = error instanceof BaseError ? error.shortMessage : String(error);
  return new ChainError({ code: "CHAIN_RPC_FAILED", call, reason }, { cause: error });
}

/** The name and the named arguments of a custom error; `Unknown` with the raw data when it is none of ours. */
export function decodeRevert(data: Hex): { readonly error: string; readonly args: Readonly<Record<string, unknown>> } {
  try {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: errorsAbi, data });
    const inputs = "inputs" in abiItem ? abiItem.inputs : [];
    return {
      error: errorName,
      args: Object.fromEntries(inputs.map((input, index) => [input.name ?? String(index), args?.[index]])),
    };
  } catch {
    return { error: "Unknown", args: { data } };
  }
}

/** Revert data within what viem threw. Undefined when it is no revert. */
function revertDataOf(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((inner) => {
    found ??= hexData(inner);
    return found !== undefined;
  });
  return found ?? (error.walk((inner) => inner instanceof ContractFunctionRevertedError) === null ? undefined : "0x");
}

function hexData(error: unknown): Hex | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if (error instanceof ContractFunctionRevertedError) return error.raw;
  if (!("data" in error)) return undefined;
  const data =
    typeof error.data === "object" && error.data !== null && "data" in error.data ? error.data.data : error.data;
  return isHex(data) ? data : undefined;
}
