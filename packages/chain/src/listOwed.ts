import { type Address, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { readCredit } from "./credit.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { readHead } from "./readHead.js";
import { readSettlements } from "./readSettlements.js";

/** The lanes that owe a payee something, and how much in wei. Scans every settlement since the network began. */
export async function listOwed(
  chain: ChainReader,
  payee: Address,
): Promise<readonly { readonly lane: Address; readonly owedWei: bigint }[]> {
  const lanes = await listLanesOf(chain, payee);
  const owed = await Promise.all(
    lanes.map(async (lane) => {
      const { creditedWei, withdrawnWei } = await readCredit(chain, { lane, payee });
      return { lane, owedWei: creditedWei - withdrawnWei };
    }),
  );
  return owed.filter(({ owedWei }) => owedWei > 0n);
}

/** Every lane that ever credited a payee, by a settlement or by paying in. */
async function listLanesOf(chain: ChainReader, payee: Address): Promise<readonly Address[]> {
  const range = { fromBlock: chain.profile.deployBlock, toBlock: (await readHead(chain)).blockNumber };
  const settled = (await readSettlements(chain, range)).filter(({ credits }) =>
    credits.some((credit) => credit.payee === payee),
  );
  const lanes = new Set(settled.map(({ lane }) => lane));
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessionPayment,
      abi: sessionPaymentAbi,
      eventName: "CreditRaised",
      args: { payee },
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("listOwed", query)) lanes.add(parseAddress(args.lane));
  }
  return [...lanes];
}
