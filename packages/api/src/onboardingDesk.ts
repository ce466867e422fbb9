import type { Address, Bytes32, Hex, OnboardingOrder } from "@cortensor/protocol";

/** Brings wallets' orders to the chain at the operator's cost. Nothing here is trusted: it can refuse or delay an order, and alter none. */
export type OnboardingDesk = {
  offer(): OnboardingOffer;
  /** Checks an order and begins to bring it. One that is known is answered with its state. */
  submit(signed: { readonly order: OnboardingOrder; readonly signature: Hex }): Promise<OnboardingOutcome>;
  /** Undefined for an order that isn't known here, or was done long ago. */
  find(digest: Bytes32): OnboardingState | undefined;
};

/** What this router sponsors. */
export type OnboardingOffer = {
  /** Whom an order has to name for a fee. */
  readonly sponsor: Address;
  /** Whom an order lets be paid out of its deposit. */
  readonly router: Address;
  /** What it keeps of an order. */
  readonly feeWei: bigint;
  readonly depositMinWei: bigint;
  /** Orders that it still takes within this hour. */
  readonly leftThisHour: number;
  readonly toChainId: number;
  readonly onboarding: Address;
  readonly chains: readonly {
    readonly name: string;
    readonly chainId: number;
    readonly cor: Address;
    readonly taker: Address;
  }[];
};

/** One transaction that the sponsor paid for. */
export type OnboardingStep = {
  readonly chain: string;
  readonly call: "take" | "onboard" | "open";
  readonly txHash: Bytes32;
  readonly gasUsed: bigint;
  /** In the chain's own coin. */
  readonly costWei: bigint;
};

export type OnboardingState = {
  readonly digest: Bytes32;
  readonly owner: Address;
  /** The chain that the coins come from. */
  readonly chain: string;
  /** `taking` → `crossing` → `opening` → `credited`, or `paidOut`: no session could be opened, the owner has the coins on the serving chain. */
  readonly state: "taking" | "crossing" | "opening" | "credited" | "paidOut" | "failed";
  readonly amountWei: bigint;
  readonly feeWei: bigint;
  /** The session, once it is open. */
  readonly account?: number;
  /** Why it failed, or isn't further. */
  readonly reason?: string;
  readonly steps: readonly OnboardingStep[];
  readonly beganAtMs: number;
  readonly endedAtMs?: number;
};

export type OnboardingOutcome =
  | { readonly kind: "taken"; readonly state: OnboardingState }
  | { readonly kind: "refused"; readonly code: OnboardingRefusal; readonly message: string };

export type OnboardingRefusal =
  /** Meant for another network, chain, sponsor or operator. */
  | "order_foreign"
  | "order_unsigned"
  | "order_expired"
  /** Its deposit, or its bound on the fee, is below what is asked. */
  | "order_below"
  /** The chain wouldn't take it. */
  | "order_unpayable"
  /** A cap of the sponsor's is reached. */
  | "sponsor_limit"
  /** The sponsor's own account is empty there, or the chain can't be reached. */
  | "sponsor_unable";
