import { BaseError, http, RpcRequestError } from "viem";
import type { RpcHealth } from "./chooseRpc.js";
import { isPlausibleResult } from "./plausibleResult.js";

/** An RPC that hasn't answered by then counts as silent. */
const RPC_TIMEOUT_MS = 10_000;
/** The same for a look at its health: nothing that it asks takes work. */
const CHECK_TIMEOUT_MS = 5_000;
/** A head above this is no block number: a millisecond chain gets there in 285,000 years. */
const HEAD_MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** Error codes by which RPCs say that they serve no more for now: JSON-RPC's own, and two that are in use. */
const LIMIT_CODES: readonly number[] = [-32_005, -32_007, 429];

export type RpcRequest = { readonly method: string; readonly params?: unknown };

/** One RPC URL. */
export type RpcEndpoint = {
  /** What to call it where people read: a URL's path may hold a secret. */
  readonly name: string;
  /** Throws `RpcSilence` when there is no usable answer, and the RPC's own error when it gave one. */
  request(asked: RpcRequest): Promise<unknown>;
  /** Asks for its chain and its head. Never rejects. */
  check(): Promise<RpcHealth>;
};

/** An RPC gave no answer, or none that can be used. Another one may. */
export class RpcSilence extends Error {}

/** `of` is the part of the profile that names it, with a point behind it where that isn't the whole. */
export function createRpcEndpoint(url: string, index: number, of = ""): RpcEndpoint {
  const work = http(url, { timeout: RPC_TIMEOUT_MS, retryCount: 0 })({});
  const look = http(url, { timeout: CHECK_TIMEOUT_MS, retryCount: 0 })({});
  return {
    name: `${of}rpcUrls[${index}] ${new URL(url).origin}`,
    request: (asked) => answerOf(asked, work.request(asked)),
    async check() {
      try {
        const [chainId, head] = await Promise.all(
          ["eth_chainId", "eth_blockNumber"].map(async (method) => {
            return BigInt(String(await answerOf({ method }, look.request({ method }))));
          }),
        );
        if (chainId === undefined || head === undefined || chainId > HEAD_MAX || head > HEAD_MAX) {
          return { kind: "failed", reason: "its chain id or its head is no such number" };
        }
        return { kind: "answering", chainId: Number(chainId), headBlock: head };
      } catch (error) {
        return { kind: "failed", reason: reasonOf(error) };
      }
    },
  };
}

/** What to say of an error of viem's, without the URL that its long message names. */
export function reasonOf(error: unknown): string {
  if (error instanceof BaseError) return error.shortMessage;
  return error instanceof Error ? error.message : String(error);
}

async function answerOf({ method }: RpcRequest, asking: Promise<unknown>): Promise<unknown> {
  const result = await asking.catch((error: unknown) => {
    if (isRefusal(error)) throw error;
    throw new RpcSilence(reasonOf(error), { cause: error });
  });
  if (!isPlausibleResult(method, result)) throw new RpcSilence(`its answer to ${method} makes no sense`);
  return result;
}

/** Whether it is the RPC's own word on what was asked: another RPC would say the same. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const told = error.walk((inner) => inner instanceof RpcRequestError);
  if (!(told instanceof RpcRequestError)) return false;
  return typeof told.code === "number" && !LIMIT_CODES.includes(told.code);
}
