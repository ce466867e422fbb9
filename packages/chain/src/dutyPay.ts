import { type Address, type DutyPayProof, type FundCredit, parseAddress } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { dutyPayAbi } from "./generated/DutyPay.js";
import { readRaises } from "./readRaises.js";
import { readSettlements } from "./readSettlements.js";
import { sendTo } from "./sendTo.js";

/** How far lanes' counters for the validators' fund went in an inclusive block range, by settlements and by who raised them. */
export async function readFundCredits(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly FundCredit[]> {
  const payee = chain.profile.addresses.dutyPay;
  const settled = (await readSettlements(chain, range)).flatMap(({ lane, credits }) =>
    credits.flatMap((credit) => (credit.payee === payee ? [{ lane, creditedWei: credit.cumulativeWei }] : [])),
  );
  return [...settled, ...(await readRaises(chain, { ...range, payee }))];
}

/** One payment out of the fund: by which epoch's root, and all that the validator had earned by it. */
export type DutyPayment = {
  readonly validator: Address;
  readonly to: Address;
  readonly epoch: number;
  readonly amountWei: bigint;
  readonly earnedWei: bigint;
};

/** What was paid for duties in an inclusive block range, in the order of the chain; of one validator, or of all. */
export async function readDutyPayments(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint; readonly validator?: Address },
): Promise<readonly DutyPayment[]> {
  const { fromBlock, toBlock, ...of } = range;
  const payments: DutyPayment[] = [];
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.dutyPay,
      abi: dutyPayAbi,
      eventName: "DutiesPaid",
      args: of,
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("readDutyPayments", query)) {
      const { validator, to, epoch, amountWei, earnedWei } = args;
      payments.push({
        validator: parseAddress(validator),
        to: parseAddress(to),
        epoch: Number(epoch),
        amountWei,
        earnedWei,
      });
    }
  }
  return payments;
}

/** What a validator was paid in all. */
export async function readDutyPaid(chain: ChainReader, validator: Address): Promise<bigint> {
  const fund = { address: chain.profile.addresses.dutyPay, abi: dutyPayAbi } as const;
  const read = chain.client.readContract({ ...fund, functionName: "paidWeiOf", args: [validator] });
  return chainCall("readDutyPaid", read);
}

/** Moves what these lanes credited to the fund into it, so that claims find it there. By anyone. */
export async function collectDutyFees(chain: ChainWriter, lanes: readonly Address[]): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: dutyPayAbi, functionName: "collect", args: [lanes] });
  return sendTo(chain, "dutyPay", { call: "collectDutyFees", data });
}

/** Pays a validator's owner what a proof shows beyond what was paid before. By anyone; `parts` are those of the root that is posted. */
export async function claimDutyPay(chain: ChainWriter, proof: DutyPayProof): Promise<ChainReceipt> {
  const { validator, earnedWei, parts, path } = proof;
  const { fromEpoch, epoch, count, merkleRoot } = parts;
  const root = { fromEpoch: BigInt(fromEpoch), epoch: BigInt(epoch), count, merkleRoot };
  const args = [validator, earnedWei, root, path] as const;
  const data = encodeFunctionData({ abi: dutyPayAbi, functionName: "claim", args });
  return sendTo(chain, "dutyPay", { call: "claimDutyPay", data });
}
