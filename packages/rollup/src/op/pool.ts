import type { Hex } from "@cortensor/protocol";
import { keccak256, parseTransaction, recoverAddress, serializeTransaction, size } from "viem";
import { type JsonRpc, quantity, smallQuantity } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";
import {
  BATCH_ROOM_BYTES,
  BLOCK_GAS_LIMIT,
  DEPOSIT_GAS_MAX,
  POOL_ACCOUNT_TRANSACTIONS_MAX,
  POOL_TRANSACTIONS_MAX,
} from "./opLimits.js";

/** A transaction that waits for a block. */
export type Pooled = {
  readonly raw: Hex;
  readonly hash: Hex;
  readonly from: Hex;
  readonly nonce: number;
  readonly gas: bigint;
  readonly bytes: number;
};

/** What was taken, or why not: in the words that wallets know from nodes. */
export type PoolAnswer =
  | { readonly kind: "taken"; readonly hash: Hex }
  | { readonly kind: "refused"; readonly reason: string };

/** Gas that is left for others' transactions of one block beside deposits and the block's own first one. */
const OTHERS_GAS_MAX = BigInt(BLOCK_GAS_LIMIT) - DEPOSIT_GAS_MAX - 1_000_000n;

/** The transactions that wait, in the order they came. They are in memory alone: a chain that is killed forgets them, and their senders send again. */
export class Pool {
  readonly #rpc: JsonRpc;
  readonly #chain: OpChain;
  #waiting: Pooled[] = [];

  constructor(parts: { readonly rpc: JsonRpc; readonly chain: OpChain }) {
    this.#rpc = parts.rpc;
    this.#chain = parts.chain;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Takes a signed transaction, or says why not. One that is here already is taken again, without effect. */
  async add(raw: Hex): Promise<PoolAnswer> {
    const { batchBytesMax, chainId, baseFeeWei } = this.#chain;
    const bytes = size(raw);
    if (bytes > batchBytesMax - BATCH_ROOM_BYTES) return refused(`transaction of ${bytes} bytes is too large`);
    const read = await readTransaction(raw);
    if (read === undefined) return refused("not a signed transaction of type legacy, 0x1 or 0x2");
    const { from, nonce, gas, maxFeeWei, value } = read;
    const hash = keccak256(raw);
    if (read.chainId !== chainId)
      return refused(`transaction is for chain ${read.chainId ?? "any"}, this is ${chainId}`);
    if (gas > OTHERS_GAS_MAX) return refused(`gas ${gas} exceeds what a block has, ${OTHERS_GAS_MAX}`);
    if (maxFeeWei < baseFeeWei)
      return refused(`max fee per gas less than block base fee: ${maxFeeWei} < ${baseFeeWei}`);
    const used = await this.#rpc.ask(smallQuantity, "eth_getTransactionCount", from, "latest");
    const balance = await this.#rpc.ask(quantity, "eth_getBalance", from, "latest");
    // From here on nothing waits: two of one account can't pass each other.
    const mine = this.#waiting.filter((other) => other.from === from);
    if (mine.some((other) => other.hash === hash)) return { kind: "taken", hash };
    if (nonce < used) return refused(`nonce too low: next nonce ${used}, tx nonce ${nonce}`);
    if (mine.some((other) => other.nonce === nonce))
      return refused("replacement transaction underpriced: none is taken");
    if (nonce >= used + POOL_ACCOUNT_TRANSACTIONS_MAX)
      return refused(`nonce too high: next nonce ${used}, tx nonce ${nonce}`);
    if (balance < gas * maxFeeWei + value) return refused("insufficient funds for gas * price + value");
    if (this.#waiting.length >= POOL_TRANSACTIONS_MAX) return refused("the pool is full");
    this.#waiting.push({ raw, hash, from, nonce, gas, bytes });
    return { kind: "taken", hash };
  }

  /** The nonce behind those that wait without a gap. */
  nextNonce(from: Hex, used: number): number {
    const mine = new Set(this.#waiting.filter((other) => other.from === from).map((other) => other.nonce));
    let next = used;
    while (mine.has(next)) next += 1;
    return next;
  }

  /**
   * Takes out what the next block may hold: oldest first, each account's by its nonces. Those whose nonce is used, or comes later than the next,
   * are dropped, or stay.
   */
  async take(transactionsMax: number): Promise<readonly Pooled[]> {
    const next = new Map<Hex, number>();
    for (const from of new Set(this.#waiting.map((pooled) => pooled.from)))
      next.set(from, await this.#rpc.ask(smallQuantity, "eth_getTransactionCount", from, "latest"));
    this.#waiting = this.#waiting.filter((pooled) => pooled.nonce >= (next.get(pooled.from) ?? 0));
    const room = { bytes: this.#chain.batchBytesMax - BATCH_ROOM_BYTES, gas: OTHERS_GAS_MAX, count: transactionsMax };
    const taken = chooseTransactions(this.#waiting, next, room);
    const chosen = new Set(taken.map((pooled) => pooled.hash));
    this.#waiting = this.#waiting.filter((pooled) => !chosen.has(pooled.hash));
    return taken;
  }
}

/** The transactions of the next block. `next` has each account's next nonce. */
export function chooseTransactions(
  waiting: readonly Pooled[],
  next: ReadonlyMap<Hex, number>,
  room: { readonly bytes: number; readonly gas: bigint; readonly count: number },
): readonly Pooled[] {
  const nonces = new Map(next);
  const taken: Pooled[] = [];
  let { bytes, gas } = room;
  let isMoving = true;
  // An account's second may have come before its first: looked through until nothing moves, each round takes at least one.
  while (isMoving && taken.length < room.count) {
    isMoving = false;
    for (const pooled of waiting) {
      if (nonces.get(pooled.from) !== pooled.nonce) continue;
      if (taken.length >= room.count || pooled.bytes + 4 > bytes || pooled.gas > gas) return taken;
      taken.push(pooled);
      nonces.set(pooled.from, pooled.nonce + 1);
      bytes -= pooled.bytes + 4;
      gas -= pooled.gas;
      isMoving = true;
    }
  }
  return taken;
}

type Signed = {
  readonly chainId: number | undefined;
  readonly from: Hex;
  readonly nonce: number;
  readonly gas: bigint;
  readonly maxFeeWei: bigint;
  readonly value: bigint;
};

const TYPES: readonly (string | undefined)[] = ["legacy", "eip2930", "eip1559"];

/** Undefined for what isn't signed, or of a type that isn't taken: deposits come from the parent alone. */
async function readTransaction(raw: Hex): Promise<Signed | undefined> {
  try {
    const { r, s, v, yParity, ...transaction } = parseTransaction(raw);
    if (!TYPES.includes(transaction.type) || r === undefined || s === undefined) return undefined;
    const parity = yParity ?? (v === undefined ? undefined : Number((v + 1n) % 2n));
    if (parity === undefined) return undefined;
    const from = await recoverAddress({
      hash: keccak256(serializeTransaction(transaction)),
      signature: { r, s, yParity: parity },
    });
    const { nonce = 0, gas = 0n, value = 0n, chainId } = transaction;
    const maxFeeWei = transaction.maxFeePerGas ?? transaction.gasPrice ?? 0n;
    return { chainId, from: `0x${from.slice(2).toLowerCase()}`, nonce, gas, maxFeeWei, value };
  } catch {
    return undefined;
  }
}

function refused(reason: string): PoolAnswer {
  return { kind: "refused", reason };
}
