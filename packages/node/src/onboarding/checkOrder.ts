import type { OnboardingOffer, OnboardingRefusal } from "@cortensor/api";
import type { Address, OnboardingOrder } from "@cortensor/protocol";
import { zeroAddress } from "viem";

/** Seconds that an order must hold yet: a block has to take it. */
const LEFT_SECONDS_MIN = 30;

export type OrderFault = { readonly code: OnboardingRefusal; readonly message: string };

/** What of an order isn't as this router brings it; undefined for one that is. Reads no chain. */
export function findOrderFault(
  { source, transfer, terms }: OnboardingOrder,
  of: { readonly offer: OnboardingOffer; readonly signer: Address | undefined; readonly nowSeconds: number },
): OrderFault | undefined {
  const { offer, signer, nowSeconds } = of;
  const place = offer.chains.find(({ chainId }) => chainId === source.chainId);
  if (place === undefined) return foreign(`Nobody is onboarded here from the chain ${source.chainId}.`);
  if (place.cor !== source.cor || place.taker !== transfer.taker)
    return foreign(`COR on ${place.name} is ${place.cor}, and taken by ${place.taker}.`);
  if (terms.toChainId !== offer.toChainId || terms.onboarding !== offer.onboarding)
    return foreign(`Sessions are opened by ${offer.onboarding} on the chain ${offer.toChainId}.`);
  if (terms.router !== offer.router) return foreign(`This router brings orders for its own operator, ${offer.router}.`);
  if (terms.sponsor !== offer.sponsor && (terms.sponsor !== zeroAddress || offer.feeWei > 0n))
    return foreign(`The sponsor here is ${offer.sponsor}.`);
  if (signer !== transfer.from)
    return { code: "order_unsigned", message: `The order isn't signed by ${transfer.from}.` };
  if (transfer.deadline < nowSeconds + LEFT_SECONDS_MIN)
    return { code: "order_expired", message: "The order's deadline is over, or too near." };
  if (terms.feeMaxWei < offer.feeWei) return below(`The fee here is ${offer.feeWei} wei of COR.`);
  const leftWei = transfer.amountWei - terms.feeMaxWei;
  if (leftWei < offer.depositMinWei || leftWei <= 0n)
    return below(`A deposit has at least ${offer.depositMinWei} wei of COR, beside the most that the fee may be.`);
  return undefined;
}

function foreign(message: string): OrderFault {
  return { code: "order_foreign", message };
}

function below(message: string): OrderFault {
  return { code: "order_below", message };
}
