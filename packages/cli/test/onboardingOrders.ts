import { encodeParams, type OnboardingPlace, signOrder } from "@cortensor/chain";
import { type Address, bytesToHex, type Hex, type OnboardingOrder } from "@cortensor/protocol";
import { encodeFunctionData, zeroAddress } from "viem";
import { onboardingAbi } from "../../chain/src/generated/Onboarding.js";
import { onboardingTillAbi } from "../../chain/src/generated/OnboardingTill.js";
import { encodeOrder } from "../../chain/src/onboarding/order.js";

const COR = 10n ** 18n;
const HOURS_SECONDS = 7_200;

export type SignedOrder = { readonly order: OnboardingOrder; readonly signature: Hex };

/** A wallet's word for 2 COR that it has on one chain, for a session on the serving one. Each of its own number. */
export function orderFrom(
  own: OnboardingPlace,
  serving: OnboardingPlace,
  of: {
    readonly from: Address;
    readonly number: number;
    readonly sponsor: Address;
    readonly router: Address;
    readonly change?: Partial<OnboardingOrder["terms"]>;
  },
): OnboardingOrder {
  const { from, number, sponsor, router, change } = of;
  const nonce = bytesToHex(new Uint8Array(32).fill(number));
  const deadline = Math.floor(Date.now() / 1_000) + HOURS_SECONDS;
  return {
    source: { chainId: own.chainId, cor: own.cor },
    transfer: { from, taker: own.taker, amountWei: 2n * COR, nonce, deadline },
    terms: {
      ...{ toChainId: serving.chainId, onboarding: serving.taker, sponsor, feeMaxWei: COR / 10n },
      ...{ router, key: zeroAddress, capPerEpochWei: 0n, totalCapWei: 0n, expires: 0 },
      session: encodeParams({ name: "onboarded" }),
      ...change,
    },
  };
}

export async function signedBy(key: Hex, order: OnboardingOrder): Promise<SignedOrder> {
  return { order, signature: await signOrder(order, key) };
}

/** An order given to what takes orders on a chain, whatever it was signed for. */
export function giveTo(place: OnboardingPlace, serving: OnboardingPlace, { order, signature }: SignedOrder) {
  const args = [encodeOrder(order), signature, 0n] as const;
  const to = place.taker;
  return place.chainId === serving.chainId
    ? { call: "onboard", to, data: encodeFunctionData({ abi: onboardingAbi, functionName: "onboard", args }) }
    : { call: "take", to, data: encodeFunctionData({ abi: onboardingTillAbi, functionName: "take", args }) };
}
