import { count, hexKey, path, wei } from "@cortensor/runtime";

/** By what a router brings orders of new wallets, and how much of it. */
export const sponsorSettings = {
  onboardingKey: {
    env: "ROUTER_ONBOARDING_KEY",
    parse: hexKey,
    fallback: undefined,
    says: "Key that pays for bringing orders of new wallets, with coins on each chain that they come from; without it nobody is sponsored.",
  },
  onboardingProfile: {
    env: "ROUTER_ONBOARDING_PROFILE",
    parse: path,
    fallback: undefined,
    says: "Deployed profile file of a network over several chains: they are onboarded from each; without it from the router's own chain alone.",
  },
  onboardingHourMax: {
    env: "ROUTER_ONBOARDING_HOUR_MAX",
    parse: count,
    fallback: 20,
    says: "Orders that are brought within an hour, of everybody.",
  },
  onboardingAccountMax: {
    env: "ROUTER_ONBOARDING_ACCOUNT_MAX",
    parse: count,
    fallback: 3,
    says: "Orders of one account that are brought within a day.",
  },
  onboardingCostMaxWei: {
    env: "ROUTER_ONBOARDING_COST_MAX_WEI",
    parse: wei,
    fallback: 5_000_000_000_000_000n,
    unit: "wei",
    says: "Most of a chain's own coin that one transaction for an order may cost.",
  },
  onboardingDepositMinWei: {
    env: "ROUTER_ONBOARDING_DEPOSIT_MIN_WEI",
    parse: wei,
    fallback: 1_000_000_000_000_000_000n,
    unit: "wei",
    says: "Least COR that an order has to leave in its session.",
  },
  onboardingFeeWei: {
    env: "ROUTER_ONBOARDING_FEE_WEI",
    parse: wei,
    fallback: 0n,
    unit: "wei",
    says: "COR that is kept of each order for bringing it, within what the wallet signed.",
  },
} as const;
