import type { Address, Bytes32, Hex, OnboardingOrder } from "@cortensor/protocol";
import { chainCall } from "../chainError.js";
import { createRpcClient, type RpcWatch } from "../chainReader.js";
import { type ChainCall, createSender } from "../chainWriter.js";
import type { OnboardingPlace } from "./places.js";
import { type OrderOutcome, readOrder, readTaking } from "./sendOrder.js";

/** One chain, as a sponsor has it. Each call throws what its RPCs throw. */
export type SponsorChain = {
  readonly place: OnboardingPlace;
  readonly sponsor: Address;
  /** What a transaction would cost at the most, in the chain's own coin. Throws CHAIN_REVERTED for one that the chain refuses. */
  estimate(call: ChainCall): Promise<{ readonly costWei: bigint; readonly balanceWei: bigint }>;
  send(call: ChainCall): Promise<{ readonly txHash: Bytes32; readonly gasUsed: bigint; readonly costWei: bigint }>;
  readTaking(order: OnboardingOrder): ReturnType<typeof readTaking>;
  /** Of the serving chain alone. */
  readOrder(digest: Bytes32): Promise<OrderOutcome>;
};

/** In percent: what `createSender` adds to an estimate. */
const GAS_MARGIN_PERCENT = 20n;

/** One chain of a profile with the sponsor's key. One for each key and process: two would take the same nonces. */
export function openSponsorChain(
  place: OnboardingPlace,
  { privateKey, ...watch }: { readonly privateKey: Hex } & RpcWatch,
): SponsorChain {
  const { chainId, rpcUrls } = place;
  const { client } = createRpcClient({ rpcUrls, chainId, ...watch });
  const sender = createSender({ client, chainId, privateKey });
  return {
    place,
    sponsor: sender.account,
    async estimate({ call, to, data }) {
      const reads = Promise.all([
        client.estimateGas({ account: sender.account, ...(to && { to }), ...(data && { data }) }),
        client.estimateFeesPerGas(),
        client.getBalance({ address: sender.account }),
      ]);
      const [gas, { maxFeePerGas }, balanceWei] = await chainCall(call, reads);
      return { costWei: (gas * (100n + GAS_MARGIN_PERCENT) * maxFeePerGas) / 100n, balanceWei };
    },
    async send(call) {
      const { txHash, gasUsed } = await sender.send(call);
      const receipt = await chainCall(call.call, client.getTransactionReceipt({ hash: txHash }));
      return { txHash, gasUsed, costWei: gasUsed * receipt.effectiveGasPrice };
    },
    readTaking: (order) => readTaking(client, order),
    readOrder: (digest) => readOrder(client, { onboarding: place.taker, cor: place.cor, digest }),
  };
}
