import type { OnboardingDesk, OnboardingOffer, OnboardingOutcome, OnboardingState } from "@cortensor/api";
import { ChainError, orderDigest, orderSigner, type SponsorChain, takeCall } from "@cortensor/chain";
import type { Address, Bytes32, Hex, OnboardingOrder } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { bringOrder } from "./bringOrder.js";
import { findOrderFault } from "./checkOrder.js";
import { type ReachedCap, SponsorCaps, type SponsorLimits } from "./sponsorCaps.js";

/** Orders that are remembered: those under way, and the last that were done. */
const KNOWN_MAX = 1_024;

export type SponsorParts = {
  /** The serving chain first. */
  readonly chains: readonly [SponsorChain, ...SponsorChain[]];
  /** The operator whose lane deposits are for. */
  readonly router: Address;
  readonly limits: SponsorLimits;
  readonly feeWei: bigint;
  readonly depositMinWei: bigint;
  /** Most of a chain's own coin for one transaction. */
  readonly costMaxWei: bigint;
  /** Pause between two looks at what crosses. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Logger;
};

type Signed = { readonly order: OnboardingOrder; readonly signature: Hex };

/** Brings orders within caps. It keeps nothing on disk: an order that is sent again after a restart goes on where the chains say it is. */
export function createSponsorDesk(parts: SponsorParts): OnboardingDesk {
  const { chains, clock, limits, log } = parts;
  const [serving] = chains;
  const caps = new SponsorCaps(limits);
  const known = new Map<Bytes32, OnboardingState>();
  const isUnderWay = ({ endedAtMs }: OnboardingState) => endedAtMs === undefined;

  const offer = (): OnboardingOffer => ({
    sponsor: serving.sponsor,
    router: parts.router,
    feeWei: parts.feeWei,
    depositMinWei: parts.depositMinWei,
    leftThisHour: caps.leftThisHour(clock.nowMs()),
    toChainId: serving.place.chainId,
    onboarding: serving.place.taker,
    chains: chains.map(({ place: { name, chainId, cor, taker } }) => ({ name, chainId, cor, taker })),
  });

  function remember(state: OnboardingState): void {
    known.delete(state.digest);
    known.set(state.digest, state);
    if (known.size <= KNOWN_MAX) return;
    const oldest = [...known.values()].find((one) => !isUnderWay(one));
    if (oldest !== undefined) known.delete(oldest.digest);
  }

  async function begin(signed: Signed, digest: Bytes32): Promise<OnboardingOutcome> {
    const { order } = signed;
    const chain = chains.find(({ place }) => place.chainId === order.source.chainId);
    if (chain === undefined) return refused("order_foreign", "Nobody is onboarded here from that chain.");
    const [taking, { state: done }] = await Promise.all([chain.readTaking(order), serving.readOrder(digest)]);
    if (taking === "other") return refused("order_unpayable", "Another order used its nonce.");
    // What was taken before isn't taken again. Nor is what is done, by its owner's release or out of others' coins: that is told alone, and costs nothing.
    const isTaken = taking === "this" || done !== "none";
    const refusal = isTaken ? undefined : await refuseCost(parts, { chain, signed });
    if (refusal !== undefined) return refusal;
    const again = known.get(digest);
    if (again !== undefined) return { kind: "taken", state: again };
    const nowMs = clock.nowMs();
    const open = [...known.values()].filter(isUnderWay).length;
    const cap = done === "none" ? caps.take(order.transfer.from, { nowMs, open }) : undefined;
    if (cap !== undefined) return refused("sponsor_limit", CAP_SAYS[cap]);
    const state: OnboardingState = {
      ...{ digest, owner: order.transfer.from, chain: chain.place.name, amountWei: order.transfer.amountWei },
      state: "taking",
      feeWei: isTaken ? 0n : parts.feeWei,
      steps: [],
      beganAtMs: nowMs,
    };
    remember(state);
    log.info("Order taken", { digest, chain: chain.place.name });
    void bringOrder(parts, { chain, signed, isTaken, state, onState: remember });
    return { kind: "taken", state };
  }

  return {
    offer,
    async submit(signed) {
      const digest = orderDigest(signed.order);
      const before = known.get(digest);
      if (before !== undefined && before.state !== "failed") return { kind: "taken", state: before };
      if (before !== undefined) known.delete(digest);
      const signer = await orderSigner(signed.order, signed.signature);
      const nowSeconds = Math.floor(clock.nowMs() / 1_000);
      const fault = findOrderFault(signed.order, { offer: offer(), signer, nowSeconds });
      if (fault !== undefined) return { kind: "refused", ...fault };
      return begin(signed, digest).catch((error: unknown) => refuseFailure(error, log));
    },
    find: (digest) => known.get(digest),
  };
}

/** Whether the order's first transaction would go through, and within what the sponsor pays. */
async function refuseCost(
  { costMaxWei, feeWei }: SponsorParts,
  { chain, signed }: { readonly chain: SponsorChain; readonly signed: Signed },
): Promise<OnboardingOutcome | undefined> {
  const { costWei, balanceWei } = await chain.estimate(takeCall(signed, feeWei));
  const { name } = chain.place;
  if (costWei > costMaxWei)
    return refused("sponsor_limit", `It would cost ${costWei} wei on ${name} now; at most ${costMaxWei} are paid.`);
  if (balanceWei < costWei) return refused("sponsor_unable", `The sponsor's account on ${name} is empty.`);
  return undefined;
}

function refuseFailure(error: unknown, log: Logger): OnboardingOutcome {
  if (!(error instanceof ChainError)) throw error;
  const { data } = error;
  if (data.code === "CHAIN_REVERTED") return refused("order_unpayable", `The chain refuses it: ${data.error}.`);
  log.warn("A chain to onboard from can't be asked", {}, error);
  return refused("sponsor_unable", "A chain can't be reached now.");
}

const CAP_SAYS: Readonly<Record<ReachedCap, string>> = {
  hour: "No more orders are sponsored within this hour.",
  account: "No more orders of this account are sponsored within a day.",
  open: "Too many orders are under way.",
};

type Refused = Extract<OnboardingOutcome, { readonly kind: "refused" }>;

function refused(code: Refused["code"], message: string): Refused {
  return { kind: "refused", code, message };
}
