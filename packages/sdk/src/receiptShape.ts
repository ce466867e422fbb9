import { CUSTODIES, FINISH_REASONS } from "@cortensor/protocol";
import { z } from "zod";
import { address, bytes32, hex, wei } from "./networkShapes.js";

const u32 = z.int().min(0).max(4_294_967_295);

export const receiptShape = z.object({
  receipt: z.object({
    taskId: bytes32,
    account: u32,
    operator: address,
    resultsHash: bytes32,
    payeesHash: bytes32,
    feeWei: wei,
    nIn: u32,
    nOut: u32,
    custody: z.enum(CUSTODIES),
    finish: z.enum(FINISH_REASONS),
    epoch: z.int().min(0),
  }),
  payees: z.array(z.object({ miner: address, replica: u32, segment: u32, from: u32, to: u32, wei })),
  results: z.array(bytes32),
  proof: z.object({
    batch: z.object({ root: bytes32, count: u32, sequence: z.int().min(0) }),
    signer: address,
    signature: hex,
    path: z.array(bytes32),
  }),
  custody: z.enum(CUSTODIES),
  acknowledgedAtMs: z.number(),
});
/** A receipt as its router keeps it: what it says, whom it pays, and where it stands in a signed batch. */
export type FetchedReceipt = z.output<typeof receiptShape>;
