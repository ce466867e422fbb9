import type { Cortensor } from "@cortensor/sdk";
import { CliError } from "./cliError.js";
import type { CommandContext } from "./commandContext.js";
import { isLocalNetwork } from "./faucet.js";
import { findNetwork, openClient } from "./networkAccess.js";
import type { SealedClientOptions } from "./sealOptions.js";

/** Whose money a question costs: an API key, or a wallet of the keystore with its session. */
export type PayerOptions = {
  readonly router?: string;
  readonly key?: string;
  readonly as?: string;
  readonly account?: number;
};

/** A client that pays that way. */
export async function openPayer(
  context: CommandContext,
  options: PayerOptions,
  asks: SealedClientOptions = {},
): Promise<Cortensor> {
  const router = { ...asks, ...(options.router === undefined ? {} : { router: options.router }) };
  if (options.as === undefined) {
    return openClient(context, { ...router, ...(options.key === undefined ? {} : { apiKey: options.key }) });
  }
  const { account } = options;
  if (account === undefined) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--account", expected: "the session to spend from" });
  }
  const { profile } = await findNetwork(context, options.router);
  const key = await context.keystore({ mayGenerate: isLocalNetwork(profile) }).open(options.as);
  return openClient(context, { ...router, wallet: { privateKey: key.key.expose(), deployment: profile, account } });
}
