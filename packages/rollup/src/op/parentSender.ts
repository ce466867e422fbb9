import type { Hex } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { hash, hexText, type JsonRpc, quantity, smallQuantity } from "./jsonRpc.js";
import { OpError } from "./opError.js";

/** Between two looks for a receipt. */
const RECEIPT_POLL_MS = 25;
/** A parent that holds no transaction by then is asked again with the next round. */
const RECEIPT_TIMEOUT_MS = 60_000;
const TIP_WEI = 1_000_000n;

export type ParentCall = {
  readonly what: string;
  /** Left out for a contract's creation. */
  readonly to?: Hex;
  readonly data: Hex;
  /** Left out, it is estimated, and a call that would fail isn't sent. */
  readonly gas?: bigint;
};
export type ParentReceipt = {
  readonly txHash: Hex;
  readonly blockNumber: number;
  /** What its sender paid for it. */
  readonly feeWei: bigint;
};

const receipt = z
  .object({ status: quantity, blockNumber: smallQuantity, gasUsed: quantity, effectiveGasPrice: quantity })
  .nullable();
const head = z.object({ baseFeePerGas: quantity });

const maxFeeOf = (baseFeePerGas: bigint): bigint => 2n * baseFeePerGas + TIP_WEI;

/** Sends one key's transactions to the parent, and waits for them. Calls of one sender mustn't overlap. */
export class ParentSender {
  readonly #rpc: JsonRpc;
  readonly #clock: Clock;
  readonly #chainId: number;
  readonly #account: ReturnType<typeof privateKeyToAccount>;

  constructor(parts: { readonly rpc: JsonRpc; readonly clock: Clock; readonly chainId: number; readonly key: Hex }) {
    this.#rpc = parts.rpc;
    this.#clock = parts.clock;
    this.#chainId = parts.chainId;
    this.#account = privateKeyToAccount(parts.key);
  }

  get address(): Hex {
    return `0x${this.#account.address.slice(2).toLowerCase()}`;
  }

  /** The next nonce. */
  nonce(): Promise<number> {
    return this.#rpc.ask(smallQuantity, "eth_getTransactionCount", this.address, "latest");
  }

  /** One call, in a block. Throws ROLLUP_RPC_REFUSED where it would fail, ROLLUP_PARENT_REVERTED where it did. */
  async send(call: ParentCall, signal?: AbortSignal): Promise<ParentReceipt> {
    const [sent] = await this.sendAll([call], signal);
    if (sent === undefined) throw new RangeError("one call has one receipt");
    return sent;
  }

  /** Calls one behind another, without waiting between them: each but the first needs its gas named. */
  async sendAll(calls: readonly ParentCall[], signal?: AbortSignal): Promise<readonly ParentReceipt[]> {
    const first = await this.nonce();
    const baseFeePerGas = await this.#baseFee();
    const sent: { readonly what: string; readonly txHash: Hex }[] = [];
    for (const [index, { what, to, data, gas }] of calls.entries()) {
      const raw = await this.#account.signTransaction({
        type: "eip1559",
        chainId: this.#chainId,
        nonce: first + index,
        ...(to === undefined ? {} : { to }),
        data,
        gas: gas ?? (await this.#estimate(to, data)),
        maxFeePerGas: maxFeeOf(baseFeePerGas),
        maxPriorityFeePerGas: TIP_WEI,
      });
      sent.push({ what, txHash: await this.#rpc.ask(hash, "eth_sendRawTransaction", raw) });
    }
    const receipts: ParentReceipt[] = [];
    for (const { what, txHash } of sent) receipts.push(await this.#wait(what, txHash, signal));
    return receipts;
  }

  /** Most that so much gas would cost, sent now. */
  async mostFee(gas: bigint): Promise<bigint> {
    return gas * maxFeeOf(await this.#baseFee());
  }

  async #baseFee(): Promise<bigint> {
    const { baseFeePerGas } = await this.#rpc.ask(head, "eth_getBlockByNumber", "latest", false);
    return baseFeePerGas;
  }

  async #estimate(to: Hex | undefined, data: Hex): Promise<bigint> {
    const call = { from: this.address, ...(to === undefined ? {} : { to }), data };
    const gas = await this.#rpc.ask(quantity, "eth_estimateGas", call);
    return (gas * 6n) / 5n;
  }

  async #wait(what: string, txHash: Hex, signal?: AbortSignal): Promise<ParentReceipt> {
    const deadlineMs = this.#clock.nowMs() + RECEIPT_TIMEOUT_MS;
    for (;;) {
      const got = await this.#rpc.ask(receipt, "eth_getTransactionReceipt", txHash);
      if (got !== null) {
        if (got.status !== 1n) throw new OpError({ code: "ROLLUP_PARENT_REVERTED", what, txHash });
        return { txHash, blockNumber: got.blockNumber, feeWei: got.gasUsed * got.effectiveGasPrice };
      }
      if (this.#clock.nowMs() > deadlineMs) {
        const data = {
          code: "ROLLUP_RPC_UNREACHABLE",
          method: "eth_getTransactionReceipt",
          reason: `${what} is in no block`,
        } as const;
        throw new OpError(data, { isRetryable: true });
      }
      await this.#clock.sleep(RECEIPT_POLL_MS, signal);
    }
  }

  /** Reads a contract as this account. */
  call(to: Hex, data: Hex, block: number | "latest" = "latest"): Promise<Hex> {
    const at = block === "latest" ? block : numberToHex(block);
    return this.#rpc.ask(hexText, "eth_call", { from: this.address, to, data }, at);
  }
}
