import { z } from "zod";
import { address } from "./jsonRpc.js";
import { OpError } from "./opError.js";
import { BATCH_BYTES_MAX } from "./opLimits.js";

const chainId = z.int().min(1);

/** What a chain is: public, written once, and all that a verifier needs beside an RPC of the parent. */
const schema = z.strictObject({
  version: z.literal(1),
  chainId,
  parentChainId: chainId,
  /** Blocks of the parent above one that is read. 0 where the parent is final at once. */
  depth: z.int().min(0).max(10_000),
  /** The parent's block in which the contracts stood. Nothing before it is read. */
  startBlock: z.int().min(0),
  genesisSeconds: z.int().min(0),
  /** Blocks from one output to the next. */
  outputBlocks: z.int().min(1).max(10_000),
  /** Seconds that an output, and a proof, wait. */
  finalizationSeconds: z.int().min(1),
  /** Bytes of one batch. */
  batchBytesMax: z.int().min(20_000).max(BATCH_BYTES_MAX),
  baseFeeWei: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .transform(BigInt),
  coinbase: address,
  batchInbox: address,
  batcher: address,
  proposer: address,
  challenger: address,
  contracts: z.strictObject({
    superchainConfig: address,
    systemConfig: address,
    l2OutputOracle: address,
    optimismPortal: address,
    l1CrossDomainMessenger: address,
  }),
  /** The contract of ours that outputs are posted through, and that lets members out when nobody posts any more; left out where there is none. */
  lastState: z.strictObject({ address, silenceSeconds: z.int().min(1) }).optional(),
});

export type OpChain = Readonly<z.output<typeof schema>>;

/** Whom the oracle takes outputs from. */
export function outputSenderOf({ lastState, proposer }: Pick<OpChain, "lastState" | "proposer">): `0x${string}` {
  return lastState?.address ?? proposer;
}

/** Reads a chain's file. Throws ROLLUP_BAD_FILE. */
export function parseOpChain(text: string, file = "chain.json"): OpChain {
  const parsed = schema.safeParse(parseJson(text, file));
  if (!parsed.success) throw new OpError({ code: "ROLLUP_BAD_FILE", file, reason: z.prettifyError(parsed.error) });
  return parsed.data;
}

export function formatOpChain(chain: OpChain): string {
  return `${JSON.stringify({ ...chain, baseFeeWei: chain.baseFeeWei.toString() }, undefined, 2)}\n`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OpError({ code: "ROLLUP_BAD_FILE", file, reason: "no JSON" }, { cause });
  }
}
