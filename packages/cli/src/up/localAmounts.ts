const COR = 10n ** 18n;

/** What the parts of a local network are given. Play money: enough for a demonstration of days, far less than the faucet holds. */
export const LOCAL_AMOUNTS = {
  /** The operator's session, all of it allotted to its own lane. */
  depositWei: 10_000n * COR,
  /** Covers the fees in flight of thousands of tasks. */
  minerStakeWei: 1_000n * COR,
  guardStakeWei: 1_000n * COR,
  routerBondWei: 1_000n * COR,
  routerStakeWei: 1_000n * COR,
  /** What the router gives back to sessions, for promises that were missed and tasks that were cut. */
  creditsWei: 100n * COR,
} as const;
