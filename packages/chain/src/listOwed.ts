import type { Address } from "@cortensor/protocol";
import type { ChainReader } from "./chainReader.js";
import { readCredit } from "./credit.js";
import { readHead } from "./readHead.js";
import { readRaises } from "./readRaises.js";
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
export async function listLanesOf(chain: ChainReader, payee: Address): Promise<readonly Address[]> {
  const range = { fromBlock: chain.profile.deployBlock, toBlock: (await readHead(chain)).blockNumber };
  const settled = (await readSettlements(chain, range)).filter(({ credits }) =>
    credits.some((credit) => credit.payee === payee),
  );
  const raised = await readRaises(chain, { ...range, payee });
  return [...new Set([...settled, ...raised].map(({ lane }) => lane))];
}
