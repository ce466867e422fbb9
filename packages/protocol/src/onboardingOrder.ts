import type { Address, Bytes32, UnixSeconds } from "./primitives.js";

/** Coins that a wallet gives to a taker by one signature. */
export type SignedTransfer = {
  readonly from: Address;
  readonly taker: Address;
  readonly amountWei: bigint;
  /** Used once; nonces have no order. */
  readonly nonce: Bytes32;
  /** Chain time until which (inclusive) they may be taken. */
  readonly deadline: UnixSeconds;
};

/** A session's parameters as the chain has them: `ISessions.SessionParams`. */
export type OrderedSession = {
  readonly name: string;
  readonly metadata: string;
  readonly minNumOfNodes: number;
  readonly maxNumOfNodes: number;
  readonly redundant: number;
  readonly numOfValidatorNodes: number;
  readonly mode: number;
  readonly reserveEphemeralNodes: boolean;
  readonly sla: number;
  readonly modelIdentifier: Bytes32;
  readonly reservePeriod: number;
  readonly maxTaskExecutionCount: number;
  readonly privacy: number;
  readonly engine: number;
  readonly auditMode: number;
};

/** What a wallet gives its coins for: a session on the serving chain. Zero addresses mean nobody. */
export type OnboardingTerms = {
  readonly toChainId: number;
  readonly onboarding: Address;
  /** Who may keep a fee for bringing the order, and the most of it. */
  readonly sponsor: Address;
  readonly feeMaxWei: bigint;
  /** The operator that may be paid out of all that comes. */
  readonly router: Address;
  /** A key that may sign debits beside the owner's own, within caps. */
  readonly key: Address;
  readonly capPerEpochWei: bigint;
  readonly totalCapWei: bigint;
  readonly expires: UnixSeconds;
  readonly session: OrderedSession;
};

/** One order of a wallet: signed once, under the domain of COR on the chain that it has coins on. `Orders.Order` on chain. */
export type OnboardingOrder = {
  readonly source: { readonly chainId: number; readonly cor: Address };
  readonly transfer: SignedTransfer;
  readonly terms: OnboardingTerms;
};
