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

/** Where a node is in its life on chain, and for which session it is reserved. */
export function formatLife(
  life: { readonly state: string; readonly reservedFor?: number | undefined } | undefined,
): string {
  if (life === undefined) return "";
  return life.reservedFor === undefined ? life.state : `${life.state} for session ${life.reservedFor}`;
}

/** When a node was heard of last. `pingedAt` is in seconds since 1970, 0 for never. */
export function formatPing(life: { readonly pingedAt: number } | undefined): string {
  return life === undefined || life.pingedAt === 0 ? "never" : formatTime(life.pingedAt * 1_000);
}

/** A node's levels and since when it had each, the latest first. */
export function formatLevels(levels: readonly { readonly level: number; readonly atSeconds: number }[]): string {
  const said = levels.map(({ level, atSeconds }) => `${level} since ${new Date(atSeconds * 1_000).toLocaleString()}`);
  return said.reverse().join("\n");
}
