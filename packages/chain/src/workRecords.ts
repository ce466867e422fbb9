import { type Address, type Bytes32, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { workRecordsAbi } from "./generated/WorkRecords.js";
import { sendTo } from "./sendTo.js";

/** What a lane says of an epoch: the hash of a public document, and its counts. */
export type WorkPosting = {
  readonly lane: Address;
  readonly epoch: number;
  readonly recordRoot: Bytes32;
  readonly recordCid: Bytes32;
  readonly begun: number;
  readonly ended: number;
};

/** A record that was posted, and where. */
export type PostedWork = WorkPosting & { readonly router: Address; readonly blockNumber: bigint };

/** One lane's record of one epoch. */
export type WorkKey = Pick<WorkPosting, "lane" | "epoch">;

type BlockSpan = { readonly fromBlock: bigint; readonly toBlock: bigint };

/** Posts a lane's record among those of its epoch, once. The writer must be an active router of the lane's operator. */
export async function postWorkRecord(chain: ChainWriter, posting: WorkPosting): Promise<ChainReceipt> {
  const { lane, epoch, recordRoot, recordCid, begun, ended } = posting;
  const args = [lane, BigInt(epoch), recordRoot, recordCid, begun, ended] as const;
  const data = encodeFunctionData({ abi: workRecordsAbi, functionName: "post", args });
  return sendTo(chain, "workRecords", { call: "postWorkRecord", data });
}

/** Says that nobody shows the writer a record. The writer must be a guard of the epoch's set; among the records of the sixteen epochs after it. */
export async function reportWorkRecord(chain: ChainWriter, { lane, epoch }: WorkKey): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: workRecordsAbi, functionName: "report", args: [lane, BigInt(epoch)] });
  return sendTo(chain, "workRecords", { call: "reportWorkRecord", data });
}

/** The root of a lane's record, at a block or now. Undefined where none was posted. */
export async function readWorkRoot(
  chain: ChainReader,
  { lane, epoch, blockNumber }: WorkKey & { readonly blockNumber?: bigint },
): Promise<Bytes32 | undefined> {
  const contract = { address: chain.profile.addresses.workRecords, abi: workRecordsAbi } as const;
  const at = blockNumber === undefined ? {} : { blockNumber };
  const args = [lane, BigInt(epoch)] as const;
  const read = chain.client.readContract({ ...contract, functionName: "rootOf", args, ...at });
  const root = await chainCall("readWorkRoot", read);
  return root === ZERO_BYTES32 ? undefined : root;
}

/** Records posted in a range of blocks (inclusive), in the order of the chain. */
export async function readWorkRecords(chain: ChainReader, range: BlockSpan): Promise<readonly PostedWork[]> {
  const posted: PostedWork[] = [];
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const found = chain.client.getContractEvents({
      address: chain.profile.addresses.workRecords,
      abi: workRecordsAbi,
      eventName: "WorkPosted",
      strict: true,
      ...piece,
    });
    for (const { args, blockNumber } of await chainCall("readWorkRecords", found)) {
      const { recordRoot, recordCid, begun, ended } = args;
      const [lane, router] = [args.lane, args.router].map((address) => address.toLowerCase() as Address);
      if (lane === undefined || router === undefined) continue;
      posted.push({ lane, epoch: Number(args.epoch), router, recordRoot, recordCid, begun, ended, blockNumber });
    }
  }
  return posted;
}

/** Records that were condemned in a range of blocks (inclusive), since nobody showed them. */
export async function listCondemnedWork(chain: ChainReader, range: BlockSpan): Promise<readonly WorkKey[]> {
  const condemned: WorkKey[] = [];
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const found = chain.client.getContractEvents({
      address: chain.profile.addresses.workRecords,
      abi: workRecordsAbi,
      eventName: "WorkCondemned",
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("listCondemnedWork", found)) {
      condemned.push({ lane: args.lane.toLowerCase() as Address, epoch: Number(args.epoch) });
    }
  }
  return condemned;
}
