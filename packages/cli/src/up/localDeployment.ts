import { type Deployment, deployNetwork, formatProfile, type PartialDeployment } from "@cortensor/chain";
import { z } from "zod";
import type { HomePaths } from "../home/homePaths.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import { FAUCET_KEY, LOCAL_CHAIN_ID } from "../startChain.js";

/** Epoch of a local network that is told no other: short, so that what happens once an epoch can be watched. */
const LOCAL_EPOCH_SECONDS = 30;

const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text): `0x${string}` => `0x${text.slice(2)}`);
const savedSchema = z.object({
  chainId: z.int(),
  epochSeconds: z.int(),
  t0: z.int(),
  deployBlock: z.string(),
  addresses: z.record(z.string(), address),
});

export type LocalDeployment = {
  readonly profile: Deployment;
  readonly isNew: boolean;
  /** An earlier deployment is gone with its chain: what was kept beside it is of no more use. */
  readonly isReset: boolean;
};

/** Deploys the contracts, or finds those of an earlier start, and writes the network's profile. */
export async function deployLocalNetwork(
  paths: HomePaths,
  { rpcUrl, epochSeconds }: { readonly rpcUrl: string; readonly epochSeconds?: number },
): Promise<LocalDeployment> {
  const saved = await readSavedDeployment(paths.deployment);
  const deployment = await deployNetwork({
    name: "local",
    chainId: LOCAL_CHAIN_ID,
    rpcUrls: [rpcUrl],
    privateKey: FAUCET_KEY,
    epochSeconds: epochSeconds ?? saved?.epochSeconds ?? LOCAL_EPOCH_SECONDS,
    ...(saved === undefined ? {} : { saved }),
    save: (partial) => writeFileWhole(paths.deployment, JSON.stringify(partial)),
  });
  await writeFileWhole(paths.profile, formatProfile(deployment));
  const isNew = saved?.t0 !== deployment.t0;
  return { profile: deployment, isNew, isReset: isNew && saved !== undefined };
}

/** An unreadable file is as good as none: the chain is asked about each step anyway. */
export async function readSavedDeployment(file: string): Promise<PartialDeployment | undefined> {
  const text = await readFileIfThere(file);
  if (text === undefined) return undefined;
  const parsed = savedSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}
