const WEI_PER_COR = 10n ** 18n;

/** Wei of COR as COR, at most six decimals, never rounded up. */
export function formatCor(wei: bigint): string {
  const whole = wei / WEI_PER_COR;
  const fraction = ((wei % WEI_PER_COR) / 10n ** 12n).toString().padStart(6, "0").replace(/0+$/, "");
  return fraction === "" ? `${whole} COR` : `${whole}.${fraction} COR`;
}

/** First and last digits of an address or id. */
export function shortHex(hex: string): string {
  return hex.length > 14 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex;
}

export function formatTime(ms: number): string {
  return new Date(ms).toLocaleTimeString();
}

/** Until when a miner is verified; why it isn't. `verifiedUntil` is in seconds since 1970. */
export function formatVerification(miner: {
  readonly verifiedUntil?: number | undefined;
  readonly unverified?: string | undefined;
}): string {
  if (miner.verifiedUntil !== undefined) return `until ${new Date(miner.verifiedUntil * 1_000).toLocaleDateString()}`;
  return miner.unverified === undefined ? "no" : `no: ${miner.unverified}`;
}
