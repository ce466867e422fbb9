/** A head further behind the best one is passed over: as many blocks as the deepest reorganisation that is followed. */
export const LAG_BLOCKS_MAX = 12n;

/** What the last look at an RPC URL found. */
export type RpcHealth =
  | { readonly kind: "unknown" }
  | { readonly kind: "answering"; readonly chainId: number; readonly headBlock: bigint }
  | { readonly kind: "failed"; readonly reason: string };

/** What is to be done with an RPC URL, in the light of all of them. */
export type RpcVerdict =
  | { readonly kind: "healthy" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "behind"; readonly blocks: bigint }
  | { readonly kind: "wrongChain"; readonly actual: number };

/** By its place in the profile. */
export type RpcChoice =
  | { readonly kind: "chosen"; readonly index: number }
  /** Nothing of the right chain answers, and this one is of another. */
  | { readonly kind: "wrongChain"; readonly index: number; readonly actual: number }
  | { readonly kind: "none" };

/** Judges each URL: by its own answers, and by the best head among those of the right chain. */
export function judgeRpcs(healths: readonly RpcHealth[], chainId: number): readonly RpcVerdict[] {
  let bestHead = 0n;
  for (const health of healths) {
    if (health.kind !== "answering" || health.chainId !== chainId) continue;
    if (health.headBlock > bestHead) bestHead = health.headBlock;
  }
  return healths.map((health): RpcVerdict => {
    if (health.kind === "unknown") return { kind: "failed", reason: "not asked yet" };
    if (health.kind === "failed") return { kind: "failed", reason: health.reason };
    if (health.chainId !== chainId) return { kind: "wrongChain", actual: health.chainId };
    const blocks = bestHead - health.headBlock;
    return blocks > LAG_BLOCKS_MAX ? { kind: "behind", blocks } : { kind: "healthy" };
  });
}

/** The URL in use while it is healthy; else the first healthy one in the profile's order. One of another chain never. */
export function chooseRpc(verdicts: readonly RpcVerdict[], current: number | undefined): RpcChoice {
  if (current !== undefined && verdicts[current]?.kind === "healthy") return { kind: "chosen", index: current };
  const index = verdicts.findIndex(({ kind }) => kind === "healthy");
  if (index !== -1) return { kind: "chosen", index };
  for (const [place, verdict] of verdicts.entries()) {
    if (verdict.kind === "wrongChain") return { kind: "wrongChain", index: place, actual: verdict.actual };
  }
  return { kind: "none" };
}
