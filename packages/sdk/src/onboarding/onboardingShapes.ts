import { z } from "zod";
import { address, bytes32, count, wei } from "../networkShapes.js";

const CHAINS_MAX = 16;
const STEPS_MAX = 16;

/** What a router says that it sponsors. */
export const onboardingOffer = z.object({
  sponsor: address,
  router: address,
  feeWei: wei,
  depositMinWei: wei,
  leftThisHour: count,
  toChainId: count,
  onboarding: address,
  chains: z.array(z.object({ name: z.string(), chainId: count, cor: address, taker: address })).max(CHAINS_MAX),
});

/** How far a router says that an order is. */
export const orderState = z.object({
  digest: bytes32,
  owner: address,
  chain: z.string(),
  state: z.enum(["taking", "crossing", "opening", "credited", "paidOut", "failed"]),
  amountWei: wei,
  feeWei: wei,
  account: count.optional(),
  reason: z.string().optional(),
  steps: z
    .array(
      z.object({
        chain: z.string(),
        call: z.enum(["take", "onboard", "open"]),
        txHash: bytes32,
        gasUsed: wei,
        costWei: wei,
      }),
    )
    .max(STEPS_MAX),
  beganAtMs: count,
  endedAtMs: count.optional(),
});

export type OnboardingOffer = z.output<typeof onboardingOffer>;
export type OrderState = z.output<typeof orderState>;
