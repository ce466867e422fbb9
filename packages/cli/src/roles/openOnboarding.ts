import { readFile } from "node:fs/promises";
import type { OnboardingDesk } from "@cortensor/api";
import {
  type NetworkProfile,
  type OnboardingPlaces,
  openSponsorChain,
  parseLayerProfile,
  placesOfLayers,
  placesOfNetwork,
} from "@cortensor/chain";
import { createSponsorDesk, logRpcs, type RouterConfig } from "@cortensor/node";
import { type Logger, systemClock } from "@cortensor/runtime";

/** Orders of new wallets that are under way at once. */
const OPEN_MAX = 256;

/** By which a router brings new wallets' orders; nothing where it was given no key for that. */
export async function openOnboarding({
  config,
  profile,
  log,
  signal,
}: {
  readonly config: RouterConfig;
  readonly profile: NetworkProfile;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): Promise<{ readonly onboarding?: OnboardingDesk }> {
  if (config.onboardingKey === undefined) return {};
  const privateKey = config.onboardingKey.expose();
  const { serving, chains } = await readPlaces(config.onboardingProfile, profile);
  const open = (place: OnboardingPlaces["serving"]) => openSponsorChain(place, { privateKey, ...logRpcs(log) });
  const onboarding = createSponsorDesk({
    chains: [open(serving), ...chains.filter((place) => place !== serving).map(open)],
    router: config.operator,
    limits: { hourMax: config.onboardingHourMax, accountMax: config.onboardingAccountMax, openMax: OPEN_MAX },
    feeWei: config.onboardingFeeWei,
    depositMinWei: config.onboardingDepositMinWei,
    costMaxWei: config.onboardingCostMaxWei,
    pollMs: config.chainPollMs,
    ...{ clock: systemClock, signal, log },
  });
  return { onboarding };
}

async function readPlaces(file: string | undefined, profile: NetworkProfile): Promise<OnboardingPlaces> {
  if (file === undefined) return placesOfNetwork(profile);
  return placesOfLayers(parseLayerProfile(await readFile(file, "utf8")), process.env);
}
