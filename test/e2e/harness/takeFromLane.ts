import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createChainWriter, epochAt, readHead, readLane, sendSettlement } from "@cortensor/chain";
import {
  type Bytes32,
  encodeSettlementSet,
  hashDebit,
  paymentDomain,
  setEntryId,
  signDigest,
  typedDataDigest,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { RouterKeys } from "./lyingRouter.js";
import type { Network } from "./startNetwork.js";

/**
 * What an operator with its router's keys can try: takes so much more of an account, for no task and all for itself. The settlement's set
 * is kept back, unless a folder is named for it.
 */
export async function takeFromLane(
  { profile }: Pick<Network, "profile">,
  parts: { readonly keys: RouterKeys; readonly account: number; readonly wei: bigint; readonly setsFolder?: string },
): Promise<{ readonly settlementId: Bytes32 }> {
  const { keys, account, wei, setsFolder } = parts;
  const lane = keys.operator;
  const chain = createChainWriter({ profile, privateKey: keys.signer });
  const [{ timestamp }, before] = await Promise.all([readHead(chain), readLane(chain, { account, lane })]);
  const debit = {
    account,
    lane,
    cumulativeWei: before.cumulativeWei + wei,
    receiptsRoot: ZERO_BYTES32,
    count: before.count,
    epoch: epochAt(profile, timestamp),
  };
  const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
  const signature = signDigest(typedDataDigest(domain, hashDebit(debit)), keys.spending);
  const id = setEntryId(typedDataDigest(domain, hashDebit(debit)));
  const { settlementRoot, setCid, bytes } = encodeSettlementSet([
    { id, resultsHash: ZERO_BYTES32, feeWei: wei, payees: [] },
  ]);
  if (setsFolder !== undefined) {
    mkdirSync(setsFolder, { recursive: true });
    writeFileSync(join(setsFolder, setCid), bytes);
  }
  return sendSettlement(chain, { lane, debits: [{ debit, signature }], credits: [], settlementRoot, setCid });
}
