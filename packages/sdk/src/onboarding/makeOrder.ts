import { encodeParams, type OnboardingPlace, type SessionParams } from "@cortensor/chain";
import type { Address, Bytes32, OnboardingOrder, UnixSeconds } from "@cortensor/protocol";
import { SdkError } from "../sdkError.js";
import type { OnboardingOffer } from "./onboardingShapes.js";

/** An order holds so long: a router that is full for an hour may bring it yet. */
const ORDER_SECONDS = 7_200;
const NOBODY: Address = "0x0000000000000000000000000000000000000000";

/** What a wallet wants of its coins. Both places are of a profile that it trusts: coins are given to the contract that it names. */
export type OnboardRequest = {
  /** Where the coins are. */
  readonly from: OnboardingPlace;
  /** Where sessions are. */
  readonly serving: OnboardingPlace;
  readonly amountWei: bigint;
  readonly params: SessionParams;
  /** Most that whoever brings it may keep. Default: nothing. */
  readonly feeMaxWei?: bigint;
  /** A key that may sign debits within caps. Default: none, so that the wallet's own signs. */
  readonly key?: {
    readonly key: Address;
    readonly capPerEpochWei: bigint;
    readonly totalCapWei: bigint;
    readonly expires: UnixSeconds;
  };
};

/** An order, as the wallet's places and a router's offer have it. Throws SDK_FOREIGN_OFFER where these differ, SDK_FEE_ABOVE for a fee beyond the bound. */
export function makeOrder(
  request: OnboardRequest,
  of: {
    readonly offer: OnboardingOffer;
    /** The operator of the router, by its own page. */
    readonly router: Address;
    readonly owner: Address;
    readonly nonce: Bytes32;
    readonly nowSeconds: UnixSeconds;
  },
): OnboardingOrder {
  const { from, serving, amountWei, feeMaxWei = 0n, key } = request;
  const { offer, router, owner, nonce, nowSeconds } = of;
  checkOffer(offer, { from, serving, router });
  if (offer.feeWei > feeMaxWei) throw new SdkError({ code: "SDK_FEE_ABOVE", wei: offer.feeWei, weiMax: feeMaxWei });
  return {
    source: { chainId: from.chainId, cor: from.cor },
    transfer: { from: owner, taker: from.taker, amountWei, nonce, deadline: nowSeconds + ORDER_SECONDS },
    terms: {
      ...{ toChainId: serving.chainId, onboarding: serving.taker, sponsor: offer.sponsor, feeMaxWei, router },
      ...(key ?? { key: NOBODY, capPerEpochWei: 0n, totalCapWei: 0n, expires: 0 }),
      session: encodeParams(request.params),
    },
  };
}

function checkOffer(
  offer: OnboardingOffer,
  { from, serving, router }: Pick<OnboardRequest, "from" | "serving"> & { readonly router: Address },
): void {
  const offered = offer.chains.find(({ chainId }) => chainId === from.chainId);
  const isSame: readonly (readonly [string, boolean])[] = [
    [`the chain ${from.name}`, offered !== undefined],
    [`COR on ${from.name}`, offered?.cor === from.cor],
    [`what takes coins on ${from.name}`, offered?.taker === from.taker],
    ["what opens sessions", offer.toChainId === serving.chainId && offer.onboarding === serving.taker],
    ["the operator", offer.router === router],
  ];
  const [differs] = isSame.find(([, same]) => !same) ?? [];
  if (differs !== undefined) throw new SdkError({ code: "SDK_FOREIGN_OFFER", differs });
}
