import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createChainWriter,
  epochAt,
  type NetworkProfile,
  readCredit,
  readHead,
  readLane,
  readSettlements,
  sendSettlement,
} from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  encodeSettlementSet,
  type Hex,
  hashDebit,
  paymentDomain,
  setEntryId,
  signDigest,
  typedDataDigest,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { environmentOf } from "./processes.js";
import type { Network } from "./startNetwork.js";

/** What a router of this operator signs with. */
export type RouterKeys = { readonly signer: Hex; readonly spending: Hex; readonly operator: Address };

/** A local router is given its keys by its environment, which only its own account may read. */
export function readRouterKeys(network: Network): RouterKeys {
  const read = (name: string): Hex => {
    const value = environmentOf(network.routerPid(), name);
    if (value === undefined) throw new Error(`the router has no ${name}`);
    return `0x${value.replace(/^0x/, "")}`;
  };
  return {
    signer: read("ROUTER_SIGNER_KEY"),
    spending: read("ROUTER_SPENDING_KEYS"),
    operator: read("ROUTER_OPERATOR"),
  };
}

/** Settles a task that never was, and credits its payee with 50 wei more than the set it publishes says. */
export async function settleWrongly(parts: {
  readonly profile: NetworkProfile;
  readonly account: number;
  readonly keys: RouterKeys;
  /** Of the published sets. */
  readonly folder: string;
}): Promise<{ readonly settlementId: Bytes32; readonly payee: Address }> {
  const { profile, account, keys, folder } = parts;
  const lane = keys.operator;
  const chain = createChainWriter({ profile, privateKey: keys.signer });
  const { blockNumber } = await readHead(chain);
  // Of the block that this comes into: the newest may be of epochs ago, where nobody sends anything.
  const { timestamp } = await chain.client.getBlock({ blockTag: "pending" });
  const payee = await anyPayee(chain, { fromBlock: profile.deployBlock, toBlock: blockNumber, lane });
  const { creditedWei } = await readCredit(chain, { lane, payee });
  const task = { id: setEntryId(ZERO_BYTES32), resultsHash: ZERO_BYTES32, feeWei: 1_000n };
  const set = encodeSettlementSet([{ ...task, payees: [{ payee, netWei: 900n }] }]);
  writeFileSync(join(folder, set.setCid), set.bytes);
  const before = await readLane(chain, { account, lane });
  const debit = {
    account,
    lane,
    cumulativeWei: before.cumulativeWei + task.feeWei,
    receiptsRoot: ZERO_BYTES32,
    count: before.count + 1,
    epoch: epochAt(profile, Number(timestamp)),
  };
  const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
  const signature = signDigest(typedDataDigest(domain, hashDebit(debit)), keys.spending);
  const { settlementRoot, setCid } = set;
  const credits = [{ payee, cumulativeWei: creditedWei + 950n }];
  const { settlementId } = await sendSettlement(chain, {
    lane,
    debits: [{ debit, signature }],
    credits,
    settlementRoot,
    setCid,
  });
  return { settlementId, payee };
}

async function anyPayee(...[chain, range]: Parameters<typeof readSettlements>): Promise<Address> {
  const payee = (await readSettlements(chain, range)).at(-1)?.credits[0]?.payee;
  if (payee === undefined) throw new Error("nobody was ever paid");
  return payee;
}
