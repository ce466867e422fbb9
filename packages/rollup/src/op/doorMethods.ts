import type { Hex } from "@cortensor/protocol";
import { numberToHex } from "viem";
import { z } from "zod";
import { DoorRefusal } from "./doorRefusal.js";
import { address, hexText, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import { DOOR_LOG_BLOCKS_MAX } from "./opLimits.js";
import type { Pool } from "./pool.js";

/** What the door asks of the chain behind it. */
export type DoorWorld = {
  readonly machine: JsonRpc;
  readonly pool: Pick<Pool, "add" | "nextNonce">;
  /** Says that something came into the pool; resolves when a block was made of it, or after a moment. */
  readonly wake: () => Promise<void>;
  readonly status: () => DoorStatus;
};

export type DoorStatus = {
  readonly head: number;
  /** The newest block that the parent has, as deep as the chain waits. */
  readonly safe: number;
  /** The parent's newest block that was taken in. */
  readonly parent: number;
  /** Why no block is made any more; undefined while they are. */
  readonly halted: string | undefined;
};

/** What passes to the machine as it is: it reads, and changes nothing. */
export const READ_METHODS: readonly string[] = [
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockReceipts",
  "eth_getBlockTransactionCountByHash",
  "eth_getBlockTransactionCountByNumber",
  "eth_getCode",
  "eth_getProof",
  "eth_getStorageAt",
  "eth_getTransactionByBlockHashAndIndex",
  "eth_getTransactionByBlockNumberAndIndex",
  "eth_getTransactionByHash",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
  "eth_syncing",
  "net_version",
];

type OwnMethod = (world: DoorWorld, params: readonly unknown[]) => Promise<unknown>;

/** What the door answers itself. */
export const OWN_METHODS: Readonly<Record<string, OwnMethod>> = {
  eth_accounts: async () => [],
  eth_getLogs: getLogs,
  eth_getTransactionCount: getTransactionCount,
  eth_sendRawTransaction: sendRawTransaction,
  rollup_status: async ({ status }) => status(),
  web3_clientVersion: async () => "cortensor-rollup/1",
};

async function sendRawTransaction({ pool, wake, status }: DoorWorld, params: readonly unknown[]): Promise<unknown> {
  const [raw] = parse(z.tuple([hexText]), params);
  const { halted } = status();
  if (halted !== undefined) throw new DoorRefusal(-32_000, `the chain makes no blocks: ${halted}`);
  if (raw.length < 4 || raw.length % 2 !== 0) throw new DoorRefusal(-32_602, "not the bytes of a transaction");
  const answer = await pool.add(raw);
  if (answer.kind === "refused") throw new DoorRefusal(-32_000, answer.reason);
  await wake();
  return answer.hash;
}

async function getTransactionCount({ machine, pool }: DoorWorld, params: readonly unknown[]): Promise<unknown> {
  const [account, block = "latest"] = parse(z.tuple([address, blockId.optional()]), pad(params, 2));
  if (block !== "pending") return machine.ask(hexText, "eth_getTransactionCount", account, block);
  const used = await machine.ask(smallQuantity, "eth_getTransactionCount", account, "latest");
  return numberToHex(pool.nextNonce(account, used));
}

const tag = z.enum(["latest", "pending", "safe", "finalized", "earliest"]);
const blockId = z.union([
  tag,
  hexText,
  z.strictObject({ blockHash: hexText, requireCanonical: z.boolean().optional() }),
]);
const range = z.object({
  fromBlock: z.union([tag, hexText]).optional(),
  toBlock: z.union([tag, hexText]).optional(),
  blockHash: hexText.optional(),
});

async function getLogs({ machine, status }: DoorWorld, params: readonly unknown[]): Promise<unknown> {
  const [{ fromBlock, toBlock, blockHash }] = parse(z.tuple([range]), params);
  if (blockHash === undefined) {
    const { head } = status();
    const blocks = placeOf(toBlock ?? "latest", head) - placeOf(fromBlock ?? "latest", head) + 1n;
    if (blocks > BigInt(DOOR_LOG_BLOCKS_MAX))
      throw new DoorRefusal(-32_602, `logs of ${blocks} blocks: at most ${DOOR_LOG_BLOCKS_MAX}`);
  }
  return machine.ask(z.unknown(), "eth_getLogs", ...params);
}

function placeOf(block: Hex | z.output<typeof tag>, head: number): bigint {
  if (block === "earliest") return 0n;
  if (block === "latest" || block === "pending" || block === "safe" || block === "finalized") return BigInt(head);
  return BigInt(block);
}

function parse<Schema extends z.ZodType>(schema: Schema, params: readonly unknown[]): z.output<Schema> {
  const read = schema.safeParse(params);
  if (!read.success) throw new DoorRefusal(-32_602, `invalid params: ${read.error.issues[0]?.message ?? "unreadable"}`);
  return read.data;
}

function pad(params: readonly unknown[], length: number): readonly unknown[] {
  return params.length < length ? [...params, ...Array.from({ length: length - params.length })] : params;
}
