import { type AboveJournal, deployPrivateAbove, formatExitPlace, type NetworkProfile } from "@cortensor/chain";
import type { Address, NetworkPlan } from "@cortensor/protocol";
import { parseOpChain, rollupDeployConfig } from "@cortensor/rollup";
import { loadConfig } from "@cortensor/runtime";
import { z } from "zod";
import { CliError } from "../cliError.js";
import type { Env } from "../commandContext.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import { readChainFile } from "../rollup/readChainFile.js";
import { readSavedDeployment } from "../up/localDeployment.js";
import type { PlanPlace } from "./planPlace.js";

/** Seconds: that of a chain whose deposits come minutes late. */
const EPOCH_SECONDS = 600;

export type AboveOptions = {
  /** What the chain is. */
  readonly rollup: string;
  /** Its own RPC, and its parent's. */
  readonly chain: string;
  readonly parent: string;
  /** COR on the parent. */
  readonly parentCor: Address;
};

const journalSchema = z.record(z.string(), z.string().regex(/^0x[0-9a-f]{40}$/));

/** Deploys a private network to an OP Stack chain of ours, and writes where its members leave it. Its deployer needs coins on both chains. */
export async function deployAbove(
  { env, place, plan }: { readonly env: Env; readonly place: PlanPlace; readonly plan: NetworkPlan },
  options: AboveOptions,
): Promise<NetworkProfile> {
  const chain = parseOpChain(await readChainFile(options.rollup), options.rollup);
  const { lastState, contracts } = chain;
  if (lastState === undefined || chain.chainId !== plan.chainId || chain.parentChainId !== plan.parent.chainId)
    throw new CliError({
      code: "CLI_BAD_FILE",
      file: options.rollup,
      problem: "isn't of the plan's chain and parent, or was deployed without --silence: members couldn't leave",
    });
  const { deployerKey } = loadConfig(rollupDeployConfig, env);
  const saved = await readSavedDeployment(place.deployment);
  const { profile, exit } = await deployPrivateAbove({
    ...{ plan, rpcUrls: [options.chain], privateKey: deployerKey.expose(), epochSeconds: EPOCH_SECONDS },
    ...(saved && { saved }),
    save: (partial) => writeFileWhole(place.deployment, JSON.stringify(partial)),
    above: await readJournal(place.above),
    saveAbove: (journal) => writeFileWhole(place.above, JSON.stringify(journal)),
    parent: {
      ...{ chainId: chain.parentChainId, rpcUrls: [options.parent], cor: options.parentCor },
      ...{ lastState: lastState.address, portal: contracts.optimismPortal, oracle: contracts.l2OutputOracle },
      l1CrossDomainMessenger: contracts.l1CrossDomainMessenger,
    },
  });
  await writeFileWhole(place.exit, formatExitPlace(exit));
  return profile;
}

async function readJournal(file: string): Promise<AboveJournal> {
  const text = await readFileIfThere(file);
  if (text === undefined) return {};
  const parsed = journalSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "isn't what an earlier run left" });
  const entries = Object.entries(parsed.data).map(([step, address]) => [step, `0x${address.slice(2)}`]);
  return Object.fromEntries(entries);
}
