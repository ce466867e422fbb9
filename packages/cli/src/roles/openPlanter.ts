import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createChainWriter, type NetworkProfile, parseProfile } from "@cortensor/chain";
import {
  createFetchSet,
  createGuardReader,
  createPlanter,
  createPlanterChain,
  createPublicDutyBooks,
  createRandomBytes32,
  logRpcs,
  type MinerConfig,
  type PlantDesk,
} from "@cortensor/node";
import type { Address, ChatMessage, Hex, Prompt } from "@cortensor/protocol";
import { type Metrics, systemClock } from "@cortensor/runtime";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { CliError } from "../cliError.js";
import type { CommandContext } from "../commandContext.js";
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import { formatCor } from "../money.js";
import { findRouterUrl } from "../networkAccess.js";
import { askPlanted } from "./askPlanted.js";

/** Of its session, by which it is found again. */
const SESSION_NAME = "planted";

/** A miner that serves, as its command started it. */
export type JoinedMiner = {
  readonly config: MinerConfig;
  readonly address: Address;
  readonly model: string;
  /** The network as the command was told it: a router's address, or a file. */
  readonly network?: string;
  readonly nowSeconds: () => number;
  readonly metrics: Metrics;
};

export type OpenPlanterParts = JoinedMiner & {
  /** Names its keys. */
  readonly as: string;
  readonly prompts: readonly string[];
  readonly depositWei: bigint;
  /** How many results to plant in each epoch at least. */
  readonly plantsLeast: number;
  readonly desk: PlantDesk;
};

/** Builds the planter beside its miner, with a session whose only node that is, and starts it. */
export async function openPlanter(context: CommandContext, parts: OpenPlanterParts): Promise<void> {
  const { config, address, prompts, plantsLeast, desk, nowSeconds, metrics } = parts;
  const { output, shutdown } = context;
  const log = context.log("planter");
  const { operatorKey } = config;
  if (operatorKey === undefined) {
    const expected = "the key of the miner's owner, who owns the session too";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "MINER_OPERATOR_KEY", expected });
  }
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const privateKey = operatorKey.expose();
  const owner = createChainWriter({ profile, privateKey, ...logRpcs(log) });
  const committer = createChainWriter({
    profile,
    privateKey: await findCommitter(context, parts, profile),
    ...logRpcs(log),
  });
  const { client, account } = await openOwnSession(context, { ...parts, profile, privateKey, owner: owner.account });
  const reader = createGuardReader(owner, systemClock);
  const { board } = createPublicDutyBooks(reader, createFetchSet({ chain: reader }));
  const planter = createPlanter({
    config: { storeFolder: join(config.outboxFolder, "plants"), pollMs: config.chainPollMs, plantsLeast },
    chain: createPlanterChain(owner, committer),
    source: {
      drawnFrom: (epoch, signal) => board.drawnFrom(epoch, signal),
      recompute: (epoch, signal) => board.recompute(epoch, signal),
    },
    ...{ desk, nowSeconds, clock: systemClock, log, metrics, random: Math.random },
    nextPrompt: () => toPrompt(prompts[Math.floor(Math.random() * prompts.length)] ?? ""),
    ask: (prompt, signal) => askPlanted(client, { prompt, model: parts.model, signal }),
    randomBytes32: createRandomBytes32(),
  });
  shutdown.add("planter", () => planter.stop());
  planter.start();
  output.progress("planter.ready", `Planter ${owner.account} plants by miner ${address}, in session ${account}`, {
    ...{ planter: owner.account, miner: address, account },
  });
}

function toPrompt(content: string): Prompt {
  const messages: readonly ChatMessage[] = [{ role: "user", content }];
  return { kind: "chat", messages };
}

/** The owner's session for planting: the one that is there, or a new one. */
async function openOwnSession(
  context: CommandContext,
  of: OpenPlanterParts & { readonly profile: NetworkProfile; readonly privateKey: Hex; readonly owner: Address },
): Promise<{ readonly client: Cortensor; readonly account: number }> {
  const { profile, privateKey, depositWei, address, owner, network } = of;
  const given = network !== undefined && /^https?:\/\//.test(network) ? network : undefined;
  const baseUrl = await findRouterUrl(context, given);
  const wallet = { privateKey, deployment: profile };
  const client = createCortensor({ baseUrl, wallet });
  const known = await client.listSessions({ signal: context.shutdown.signal });
  const kept = known.find(({ name, closed, closeAt }) => name === SESSION_NAME && !closed && closeAt === 0);
  if (kept !== undefined) {
    return {
      client: createCortensor({ baseUrl, wallet: { ...wallet, account: kept.account } }),
      account: kept.account,
    };
  }
  await ensureFunds(profile, { to: owner, corWei: depositWei, what: `${formatCor(depositWei)} and gas` });
  const session = { name: SESSION_NAME, depositWei, params: { mode: "dedicated" as const }, dedicatedNodes: [address] };
  const { account } = await client.openSession(session, { signal: context.shutdown.signal });
  return { client, account };
}

/** A key that says nothing of the planter. */
async function findCommitter(
  context: CommandContext,
  { as }: Pick<OpenPlanterParts, "as">,
  profile: NetworkProfile,
): Promise<Hex> {
  const keystore = context.keystore({ mayGenerate: isLocalNetwork(profile) });
  const { address, key } = await keystore.openOrCreate(`${as}-committer`);
  await ensureFunds(profile, { to: address, corWei: 0n, what: "gas, for commitments to plants" });
  return key.expose();
}
