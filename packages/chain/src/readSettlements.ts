import type { Address, Bytes32 } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { type Settlement, unpackSettlement } from "./settlement.js";

export type SettlementRecord = Settlement & {
  readonly settlementId: Bytes32;
  /** Chains the lane's settlements: keccak256(head before ‖ settlement id ‖ the block's time in seconds). */
  readonly head: Bytes32;
  /** Sum of the debits' steps. */
  readonly debitedWei: bigint;
  /** What was left for the lane's operator; it matures for 24 to 48 hours. */
  readonly operatorWei: bigint;
  readonly txHash: Bytes32;
  readonly blockNumber: bigint;
};

/** Settlements of one lane, or of all, in an inclusive block range, in the order of the chain; with an id, only that one. */
export async function readSettlements(
  chain: ChainReader,
  range: {
    readonly fromBlock: bigint;
    readonly toBlock: bigint;
    readonly lane?: Address;
    readonly settlementId?: Bytes32;
  },
): Promise<readonly SettlementRecord[]> {
  const { fromBlock, toBlock, ...of } = range;
  const records: SettlementRecord[] = [];
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessionPayment,
      abi: sessionPaymentAbi,
      eventName: "Settled",
      args: of,
      strict: true,
      ...piece,
    });
    for (const { args, transactionHash, blockNumber } of await chainCall("readSettlements", query)) {
      records.push({
        ...unpackSettlement(args),
        settlementId: args.settlementId,
        head: args.head,
        debitedWei: args.debitedWei,
        operatorWei: args.operatorWei,
        txHash: transactionHash,
        blockNumber,
      });
    }
  }
  return records;
}
