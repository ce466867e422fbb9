import { type LayerProfile, resolveRpcUrls } from "@cortensor/chain";
import type { RelayerConfig } from "@cortensor/node";
import { createWithdrawalCarrier, parseOpChain, type WithdrawalCarrier, type WithdrawalStep } from "@cortensor/rollup";
import { HourlyBudget, type Logger, systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import type { Env } from "../commandContext.js";
import { findDeployPlace } from "../deploy/deployPlace.js";
import { readChainFile } from "../rollup/readChainFile.js";

/** `=` and the chain's RPC behind a file: for a chain that isn't the profile's, as a private network above it. */
const OWN_RPC = /^(.+)=(https?:\/\/\S+)$/;

/** One carrier for each rollup that a relayer's files name; its RPC is the profile's unless it is given, its parent's always is. */
export async function openWithdrawals(
  { rollups, profile: named, key, withdrawalHourWei }: RelayerConfig,
  of: {
    readonly env: Env;
    readonly home: string;
    readonly log: Logger;
    readonly onStep: (step: WithdrawalStep) => void;
  },
): Promise<readonly WithdrawalCarrier[]> {
  if (rollups.length === 0) return [];
  if (named === undefined)
    throw new CliError({ code: "CLI_USAGE", problem: "--rollup needs the --profile that it is of" });
  const { profile } = await findDeployPlace(of.home, named);
  return Promise.all(
    rollups.map(async (given) => {
      const [, file = given, ownUrl] = OWN_RPC.exec(given) ?? [];
      const chain = parseOpChain(await readChainFile(file), file);
      return createWithdrawalCarrier({
        ...{ chain, key: key.expose(), clock: systemClock, onStep: of.onStep },
        budget: new HourlyBudget(withdrawalHourWei),
        onCapped: (hash) => of.log.warn("The hour's cap holds back a withdrawal", { chainId: chain.chainId, hash }),
        onLeft: (hash) =>
          of.log.warn("A withdrawal that calls the portal or asks for too much gas is left to its sender", {
            chainId: chain.chainId,
            hash,
          }),
        chainRpcUrl: ownUrl ?? urlOf(profile, chain.chainId, of.env),
        parentRpcUrl: urlOf(profile, chain.parentChainId, of.env),
        onError: (error) => of.log.warn("A withdrawal waits", { chainId: chain.chainId }, error),
      });
    }),
  );
}

function urlOf({ chains, name }: LayerProfile, chainId: number, env: Env): string {
  const chain = Object.values(chains).find((one) => one.chainId === chainId);
  const [url] = chain === undefined ? [] : resolveRpcUrls(chain, env);
  if (url !== undefined) return url;
  throw new CliError({ code: "CLI_USAGE", problem: `profile ${name} has no chain ${chainId}` });
}
