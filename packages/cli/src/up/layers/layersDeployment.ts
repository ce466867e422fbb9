import { rm } from "node:fs/promises";
import {
  ChainError,
  deployLayers,
  formatJournal,
  formatLayerProfile,
  type LayerProfile,
  parseJournal,
  planHashOf,
} from "@cortensor/chain";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { L2_MESSENGER, type OpChain } from "@cortensor/rollup";
import type { CommandContext } from "../../commandContext.js";
import { type DeployPlace, findDeployPlace } from "../../deploy/deployPlace.js";
import { readFileIfThere, writeFileWhole } from "../../home/writeFileWhole.js";
import { FAUCET_KEY } from "../../startChain.js";

/** The profile that a local network over layers is made from, and under whose name its copy in the home is found. */
const PROFILE = "local";
/** Base has no guards of its own: the deployer of play money signs what goes there, and at first what comes from there. */
const BASE_QUORUM = {
  firstGuards: [addressOfPrivateKey(FAUCET_KEY)],
  challengeSeconds: 5,
  windowSeconds: 86_400,
  capWei: 10n ** 24n,
};
/** Contracts from one word on how far it is to the next. */
const SAY_EVERY = 8;

export type DeployedHere = {
  readonly layers: LayerProfile;
  /** Where it is written. */
  readonly file: string;
  readonly isNew: boolean;
};

/** Where the chains answer now, and what joins them. */
export type LayersAsked = {
  readonly urls: { readonly l1: string; readonly l2: string; readonly base: string };
  readonly rollup: OpChain;
  readonly epochSeconds?: number;
  /** Whether the chains are new ones, and nothing that was written down stands. */
  readonly isFresh: boolean;
};

/** Deploys the contracts of the L1, the L2 and Base, goes on where an earlier start ended, or finds them; and writes down where all of it is. */
export async function deployLocalLayers(context: CommandContext, asked: LayersAsked): Promise<DeployedHere> {
  const { output, paths } = context;
  const known = await findDeployPlace(paths.home, PROFILE);
  if (asked.isFresh) {
    await rm(known.file, { force: true });
    await rm(known.folder, { recursive: true, force: true });
  }
  const place = asked.isFresh ? await findDeployPlace(paths.home, PROFILE) : known;
  const plan = planOf(place.profile, asked);
  const isNew = plan.deployed === undefined;
  output.progress(
    "contracts.deploying",
    isNew ? "Deploying the contracts on L1, L2 and Base" : "Looking at the contracts on L1, L2 and Base",
  );
  const { profile } = await deployLayers({
    profile: plan,
    env: {},
    privateKey: FAUCET_KEY,
    isPartial: false,
    ...(await journalOf(place, plan)),
    save: (next) => writeFileWhole(place.journal, formatJournal(next, FAUCET_KEY)),
    onStep: ({ chain, name, index, count }) => {
      if (index % SAY_EVERY !== 0 && index !== count) return;
      output.progress("contracts.step", `  ${chain.toUpperCase()}: ${index} of ${count} contracts`, {
        chain,
        name,
        index,
        count,
      });
    },
  });
  await writeFileWhole(place.file, formatLayerProfile(profile));
  return { layers: profile, file: place.file, isNew };
}

/** The profile with the addresses of this start, and without the chains that nobody waits for. */
function planOf(profile: LayerProfile, { urls, rollup, epochSeconds }: LayersAsked): LayerProfile {
  const { l1, l2, base } = profile.chains;
  if (l1 === undefined || l2 === undefined || base === undefined)
    throw new RangeError("the local profile has an L1, an L2 and a Base");
  const { l3: _later, ...modules } = profile.modules;
  const opStack = { parent: rollup.contracts.l1CrossDomainMessenger, child: L2_MESSENGER };
  return {
    ...profile,
    chains: {
      l1: { ...l1, rpcUrls: [urls.l1] },
      l2: { ...l2, kind: "opStack", rpcUrls: [urls.l2] },
      base: { ...base, rpcUrls: [urls.base] },
    },
    layers: { l1: "l1", l2: "l2", onboarding: ["l1", "base"] },
    links: [
      { from: "l1", to: "l2", messenger: "opStack", opStack },
      { from: "base", to: "l2", messenger: "quorum", quorum: BASE_QUORUM },
    ],
    modules,
    parameters: { ...profile.parameters, ...(epochSeconds === undefined ? {} : { epochSeconds }) },
  };
}

async function journalOf(place: DeployPlace, plan: LayerProfile) {
  const text = await readFileIfThere(place.journal);
  if (text === undefined) return {};
  try {
    return { journal: parseJournal(text, { planHash: planHashOf(plan), privateKey: FAUCET_KEY }) };
  } catch (error) {
    // Of other ports than today's: what it began is left, and begun anew.
    if (error instanceof ChainError && error.data.code === "CHAIN_BAD_JOURNAL") return {};
    throw error;
  }
}
