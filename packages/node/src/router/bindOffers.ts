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
import { isReservedFor } from "./keptFor.js";

/** Which miners a session takes. */
export type Binding = {
  readonly mode: SessionMode;
  readonly account: number;
  /** Whether nodes that the pool reserved for the session alone may serve it, beside its dedicated ones. */
  readonly reserves: boolean;
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
export function chooseBound<Offer extends MinerOffer>(
  wanted: MatchRequest,
  parts: Parts<Offer> & { readonly busy: () => ReadonlySet<Address>; readonly random: () => number },
): MatchOutcome<Offer> {
  const { binding, rules, random } = parts;
  const taken = takenBy(parts);
  if (taken.kind === "none") return taken;
  const request = boundRequest(wanted, binding);
  const offers = withinNodesMax(taken.offers, parts);
  const own = binding.mode === "hybrid" ? offers.filter(({ miner }) => binding.dedicated.has(miner)) : [];
  const first = own.length === 0 ? undefined : chooseMiner(request, { offers: own, rules, random });
  return first?.kind === "chosen" ? first : chooseMiner(request, { offers, rules, random });
}

/** Why nobody could serve a session's task even when all that runs has ended; undefined when somebody could. */
export function lastingBoundMisfit(wanted: MatchRequest, parts: Parts<MinerOffer>): Misfit | undefined {
  const { binding, rules } = parts;
  const taken = takenBy(parts);
  if (taken.kind === "none") return taken.reason;
  return lastingMisfit(boundRequest(wanted, binding), { offers: taken.offers, rules });
}

function boundRequest(request: MatchRequest, binding: Binding): MatchRequest {
  const { levelMin, takesUnscored } = binding;
  return { ...request, levelMin, takesUnscored, asker: binding };
}

/** The offers among which to choose, or why there are none. All of them, untouched, for a session without wishes. */
function takenBy<Offer extends MinerOffer>({
  offers,
  binding,
}: Parts<Offer>):
  | { readonly kind: "taken"; readonly offers: readonly Offer[] }
  | { readonly kind: "none"; readonly reason: Misfit } {
  const { mode, dedicated, reserves, account, nodesMin, levelMin, takesUnscored } = binding;
  if (offers.length === 0) return { kind: "none", reason: "noOffer" };
  const named = mode === "dedicated" ? offers.filter(({ miner }) => dedicated.has(miner)) : offers;
  if (named.length === 0) return { kind: "none", reason: "dedicated" };
  const own =
    reserves && mode !== "dedicated"
      ? named.filter(({ miner, keptFor }) => isReservedFor(keptFor, account) || dedicated.has(miner))
      : named;
  if (own.length === 0) return { kind: "none", reason: "reserved" };
  if (nodesMin > 1) {
    const able = own.filter(({ level, canScore }) => level >= levelMin && (canScore || takesUnscored));
    if (able.length > 0 && able.length < nodesMin) return { kind: "none", reason: "fewNodes" };
  }
  return { kind: "taken", offers: own };
}

/** At the most miners that a session may have, those that have its tasks go on with it. */
function withinNodesMax<Offer extends MinerOffer>(
  offers: readonly Offer[],
  { binding, busy }: { readonly binding: Binding; readonly busy: () => ReadonlySet<Address> },
): readonly Offer[] {
  if (offers.length <= binding.nodesMax) return offers;
  const has = busy();
  return has.size < binding.nodesMax ? offers : offers.filter(({ miner }) => has.has(miner));
}
