import type { Address, Hex } from "@cortensor/protocol";
import { encodeAbiParameters, keccak256, numberToHex, type PublicClient, toRlp } from "viem";
import { z } from "zod";
import { ChainError, chainCall } from "./chainError.js";

/** Slot of `StakeVault._stakes`: what an operator has stands behind it. */
const STAKES_SLOT = 5n;

/** Quantities have no leading zeros there, so that their digits may be odd in number. */
const bytes = z
  .string()
  .regex(/^0x[0-9a-f]*$/)
  .transform((text): Hex => `0x${text.slice(2)}`);
/** A block's header as `eth_getBlockByNumber` has it, in the order in which its hash takes the fields; the last ones came with later forks. */
const header = z.object({
  hash: bytes,
  parentHash: bytes,
  sha3Uncles: bytes,
  miner: bytes,
  stateRoot: bytes,
  transactionsRoot: bytes,
  receiptsRoot: bytes,
  logsBloom: bytes,
  difficulty: bytes,
  number: bytes,
  gasLimit: bytes,
  gasUsed: bytes,
  timestamp: bytes,
  extraData: bytes,
  mixHash: bytes,
  nonce: bytes,
  baseFeePerGas: bytes,
  withdrawalsRoot: bytes.optional(),
  blobGasUsed: bytes.optional(),
  excessBlobGas: bytes.optional(),
  parentBeaconBlockRoot: bytes.optional(),
  requestsHash: bytes.optional(),
});
const QUANTITIES: ReadonlySet<string> = new Set([
  ...["difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"],
]);

/** What `StakeMirror.prove` takes. */
export type StakeProof = {
  readonly header: Hex;
  readonly account: readonly Hex[];
  readonly pool: readonly Hex[];
  readonly sequence: readonly Hex[];
};

export type ProvenStake = {
  readonly proof: StakeProof;
  /** Of the block that it is proved in: the chain that is shown it has to know that block. */
  readonly blockHash: Hex;
  readonly blockNumber: bigint;
};

/**
 * Proves what a vault holds for an operator in the chain's newest block, or in one whose state the RPC still has. An operator without stake has nothing to prove: that is told by message.
 * Throws CHAIN_HEADER_OTHER where the RPC's header isn't the block's.
 */
export async function readStakeProof(
  client: PublicClient,
  at: { readonly vault: Address; readonly operator: Address; readonly blockNumber?: bigint },
): Promise<ProvenStake> {
  const { vault, operator } = at;
  const raw = client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method: "eth_getBlockByNumber",
    params: [at.blockNumber === undefined ? "latest" : numberToHex(at.blockNumber), false],
  });
  const parsed = header.safeParse(await chainCall("getBlock", raw));
  if (!parsed.success) throw new ChainError({ code: "CHAIN_HEADER_OTHER", blockHash: "0x" });
  const { hash, ...fields } = parsed.data;
  const encoded = toRlp(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [field(name, value)])),
  );
  if (keccak256(encoded) !== hash) throw new ChainError({ code: "CHAIN_HEADER_OTHER", blockHash: hash });
  const slot = BigInt(
    keccak256(encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [operator, STAKES_SLOT])),
  );
  const storageKeys = [slot, slot + 1n].map((one): Hex => `0x${one.toString(16).padStart(64, "0")}`);
  const blockNumber = BigInt(fields.number);
  const read = client.getProof({ address: vault, storageKeys, blockNumber });
  const { accountProof, storageProof } = await chainCall("getProof", read);
  const [pool, sequence] = storageProof.map(({ proof }) => proof);
  return {
    proof: { header: encoded, account: accountProof, pool: pool ?? [], sequence: sequence ?? [] },
    blockHash: hash,
    blockNumber,
  };
}

/** A number has no leading zeros in RLP, and zero no bytes; everything else is as long as it is. */
function field(name: string, value: Hex): Hex {
  if (!QUANTITIES.has(name)) return value;
  const digits = value.slice(2).replace(/^0+/, "");
  return digits.length % 2 === 0 ? `0x${digits}` : `0x0${digits}`;
}
