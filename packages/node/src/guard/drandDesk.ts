import {
  type Address,
  beaconWithoutGuards,
  cutOffOf,
  type DrandNetwork,
  leaderOfSlot,
  leaderOrder,
  type SignedDrandRound,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { FetchRound } from "./drandRelays.js";
import type { GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import type { RestUntil } from "./restUntil.js";
import { type RoundWindow, roundSlotAt, roundWindowAt } from "./roundWindow.js";
import { settleRace } from "./settleRace.js";
import { waitAwhile } from "./waitAwhile.js";

/** Time that one look gives to relays: whoever is slow delays nothing else. */
const WAIT_MS = 1_000;

export type DrandParts = {
  readonly chain: Pick<
    GuardChain,
    "chainId" | "times" | "readGuardSet" | "readBeacon" | "readDrandNetwork" | "readDrandPlace" | "postDrandRound"
  >;
  readonly self: Address;
  readonly fetchRound: FetchRound;
  readonly metrics: Pick<GuardMetrics, "drandRounds">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends what is being asked. */
  readonly signal: AbortSignal;
};

/**
 * Posts the round of drand that the next epoch's beacon takes, once it is published, by turns: in each slot between an epoch's cut-off and its end
 * another of its guards, in the last one whoever has the round. A relay that doesn't answer, or lies, costs the beacon this round, and nothing else.
 */
export class DrandDesk {
  readonly #parts: DrandParts;
  #asked: { readonly round: number; readonly answer: Promise<SignedDrandRound | undefined> } | undefined;
  #isSilent = false;

  constructor(parts: DrandParts) {
    this.#parts = parts;
  }

  async look(time: UnixSeconds): Promise<RestUntil> {
    const { chain } = this.#parts;
    const network = await chain.readDrandNetwork();
    if (network === undefined) return Number.POSITIVE_INFINITY;
    const window = roundWindowAt(chain.times, network, time);
    if (window.opens >= window.closes) return window.closes;
    if (time < window.opens) return window.opens;
    const rest = cutOffOf(chain.times, window.epoch);
    const { isMixed, randomness } = await chain.readDrandPlace(window.epoch);
    if (!isMixed || randomness !== undefined) return rest;
    const turn = await this.#turnAt(window, time);
    if (turn !== "now") return turn === "never" ? rest : undefined;
    const round = await this.#find(network, window);
    if (round === undefined) return undefined;
    await this.#post(window.epoch, round);
    return rest;
  }

  /** By the order of leaders of the epoch that runs. */
  async #turnAt(window: RoundWindow, time: UnixSeconds): Promise<"now" | "later" | "never"> {
    const { chain, self } = this.#parts;
    const running = window.epoch - 1;
    const set = await chain.readGuardSet(running);
    if (!set.members.some(({ guard }) => guard === self)) return "never";
    const { slot, isLast } = roundSlotAt(chain.times, window, time);
    if (isLast) return "now";
    const beacon = (await chain.readBeacon(running)) ?? beaconWithoutGuards(chain.chainId, running);
    return leaderOfSlot(leaderOrder(set, beacon), slot) === self ? "now" : "later";
  }

  /** Undefined while no relay has shown it: asked again in the next look once all have answered. */
  async #find(network: DrandNetwork, { round }: RoundWindow): Promise<SignedDrandRound | undefined> {
    const { clock } = this.#parts;
    if (this.#asked?.round !== round) this.#asked = { round, answer: this.#ask(network, round) };
    return waitAwhile(this.#asked.answer, { clock, waitMs: WAIT_MS });
  }

  async #ask(network: DrandNetwork, round: number): Promise<SignedDrandRound | undefined> {
    const { fetchRound, metrics, log, signal } = this.#parts;
    try {
      const found = await fetchRound({ network, round }, signal);
      if (found === undefined) {
        metrics.drandRounds.add({ outcome: "unreachable" });
        if (!this.#isSilent) log.warn("No relay of drand shows the round that is due", { round });
        this.#forget(round);
      }
      this.#isSilent = found === undefined;
      return found;
    } catch (error) {
      this.#forget(round);
      if (!signal.aborted) log.warn("Relays of drand could not be asked", { round }, error);
      return undefined;
    }
  }

  #forget(round: number): void {
    if (this.#asked?.round === round) this.#asked = undefined;
  }

  async #post(epoch: number, { round, signature }: SignedDrandRound): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    const isThere = async () => (await chain.readDrandPlace(epoch)).randomness !== undefined;
    const outcome = await settleRace(() => chain.postDrandRound({ epoch, signature }), isThere);
    metrics.drandRounds.add({ outcome });
    log.info(outcome === "done" ? "Drand round posted" : "Drand round was posted before", { epoch, round });
  }
}
