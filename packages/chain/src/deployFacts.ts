import type { Address, DrandNetwork } from "@cortensor/protocol";
import type { DeployFacts } from "./deploySteps.js";

const GUARD_STAKE_MIN_WEI = 1_000n * 10n ** 18n;
/** As much as one task's largest penalty at usual prices, many times over: names that cost nothing move no draw. */
const WEI_PER_TICKET = 100n * 10n ** 18n;
/** A day where an epoch is ten minutes; 72 minutes where it is 30 s. */
const PREKEY_EPOCHS = 144;

/** What a network's maker chooses; the rest follows. */
export type NetworkChoices = {
  readonly chainId: number;
  readonly epochSeconds: number;
  readonly guardStakeMinWei?: bigint;
  readonly hostedSeconds?: number;
  readonly drand?: DrandNetwork;
};

/** What the constructors are told of a network that began at `t0`. */
export function deployFacts(owner: Address, t0: number, choices: NetworkChoices): DeployFacts {
  const { chainId, epochSeconds, drand } = choices;
  return {
    owner,
    chainId,
    t0,
    epochSeconds,
    guardStakeMinWei: choices.guardStakeMinWei ?? GUARD_STAKE_MIN_WEI,
    weiPerTicket: WEI_PER_TICKET,
    prekeySeconds: epochSeconds * PREKEY_EPOCHS,
    hostedUntil: t0 + (choices.hostedSeconds ?? 0),
    ...(drand && { drand }),
  };
}
