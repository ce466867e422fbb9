import type { SessionMode } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import {
  chooseMiner,
  lastingMisfit,
  type MatchOutcome,
  type MatchRequest,
  type MatchRules,
  type MinerOffer,
  type Misfit,
} from "./chooseMiner.js";

/** What an offer says that a session may ask for. */
export type BoundOffer = MinerOffer & {
  /** The level that assessors found its node to have, 0…10. */
  readonly level: number;
  /** Whether its engine can be made to score given tokens. */
  readonly canScore: boolean;
};

/** Which miners a session takes. */
export type Binding = {
  readonly mode: SessionMode;
  readonly dedicated: ReadonlySet<Address>;
  /** Least level of a node. */
  readonly levelMin: number;
  /** Whether engines that can't be made to score may serve. */
  readonly takesUnscored: boolean;
  /** Fewer able miners than this, and no task begins. */
  readonly nodesMin: number;
  /** Most miners that have its tasks at one time. */
  readonly nodesMax: number;
};

type Parts<Offer> = {
  readonly offers: readonly Offer[];
  readonly binding: Binding;
  readonly rules: MatchRules;
};

/**
 * The miner for a session's task, of those that the session takes. `ephemeral`: any of them; `dedicated`: its dedicated nodes alone; `hybrid`:
 * a dedicated node, and any other when none can take the task now. `busy` are the miners that have tasks of the session already.
 */
export function chooseBound<Offer extends BoundOffer>(
  request: MatchRequest,
  parts: Parts<Offer> & { readonly busy: () => ReadonlySet<Address>; readonly random: () => number },
): MatchOutcome<Offer> {
  const { binding, rules, random } = parts;
  const able = takenBy(parts);
  if (able.kind === "none") return able;
  const offers = withinNodesMax(able.offers, parts);
  const own = binding.mode === "hybrid" ? offers.filter(({ miner }) => binding.dedicated.has(miner)) : [];
  const first = own.length === 0 ? undefined : chooseMiner(request, { offers: own, rules, random });
  return first?.kind === "chosen" ? first : chooseMiner(request, { offers, rules, random });
}

/** Why nobody could serve a session's task even when all that runs has ended; undefined when somebody could. */
export function lastingBoundMisfit(request: MatchRequest, parts: Parts<BoundOffer>): Misfit | undefined {
  const able = takenBy(parts);
  return able.kind === "none" ? able.reason : lastingMisfit(request, { offers: able.offers, rules: parts.rules });
}

/** The offers that a session takes at all, or what they lack. */
function takenBy<Offer extends BoundOffer>({
  offers,
  binding,
}: Parts<Offer>): { readonly kind: "able"; readonly offers: readonly Offer[] } | { kind: "none"; reason: Misfit } {
  const { mode, dedicated, levelMin, takesUnscored, nodesMin } = binding;
  if (offers.length === 0) return { kind: "none", reason: "noOffer" };
  const steps = [
    ["dedicated", mode !== "dedicated", ({ miner }: Offer) => dedicated.has(miner)],
    ["unscored", takesUnscored, ({ canScore }: Offer) => canScore],
    ["level", levelMin === 0, ({ level }: Offer) => level >= levelMin],
  ] as const;
  let left = offers;
  for (const [reason, isOpen, isTaken] of steps) {
    if (!isOpen) left = left.filter(isTaken);
    if (left.length === 0) return { kind: "none", reason };
  }
  return left.length < nodesMin ? { kind: "none", reason: "fewNodes" } : { kind: "able", offers: left };
}

/** At the most miners that a session may have, those that have its tasks go on with it. */
function withinNodesMax<Offer extends BoundOffer>(
  offers: readonly Offer[],
  { binding, busy }: { readonly binding: Binding; readonly busy: () => ReadonlySet<Address> },
): readonly Offer[] {
  if (offers.length <= binding.nodesMax) return offers;
  const has = busy();
  return has.size < binding.nodesMax ? offers : offers.filter(({ miner }) => has.has(miner));
}
