import { type ChainWriter, createChainWriter, readSession } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import { type Clock, systemClock } from "@cortensor/runtime";
import type { Cortensor } from "@cortensor/sdk";
import { CliError } from "../cliError.js";
import type { CommandContext } from "../commandContext.js";
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import { findNetwork, openClient } from "../networkAccess.js";

/** Whose session a queued task is of. */
export type OwnerOptions = { readonly as: string; readonly account: number; readonly router?: string };

/** A session's owner on chain, and at the router that its tasks go to. */
export type QueueClient = {
  readonly chain: ChainWriter;
  readonly router: Cortensor;
  readonly account: number;
  readonly session: Bytes32;
};

/** Opens the key of a session's owner. Throws CLI_BAD_ARGUMENT for a session of somebody else's. */
export async function openQueueClient(context: CommandContext, options: OwnerOptions): Promise<QueueClient> {
  const { account } = options;
  const { profile } = await findNetwork(context, options.router);
  const { address, key } = await context.keystore({ mayGenerate: isLocalNetwork(profile) }).open(options.as);
  await ensureFunds(profile, { to: address, corWei: 0n, what: "gas" });
  const chain = createChainWriter({ profile, privateKey: key.expose() });
  const session = await readSession(chain, account);
  if (session?.owner !== address) {
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: `--account ${account}`,
      expected: `a session of ${options.as}`,
    });
  }
  const router = await openClient(context, {
    ...(options.router === undefined ? {} : { router: options.router }),
    wallet: { privateKey: key.expose(), deployment: profile, account },
  });
  return { chain, router, account, session: session.sessionId };
}

/** A writer of the keystore's for what anyone may send. */
export async function openAnyone(
  context: CommandContext,
  options: { readonly as: string; readonly router?: string },
): Promise<ChainWriter> {
  const { profile } = await findNetwork(context, options.router);
  const { address, key } = await context.keystore({ mayGenerate: isLocalNetwork(profile) }).openOrCreate(options.as);
  await ensureFunds(profile, { to: address, corWei: 0n, what: "gas" });
  return createChainWriter({ profile, privateKey: key.expose() });
}

/** Pause between two looks at the chain. */
const LOOK_MS = 1_000;

/** Reads until what is read is what is waited for; each other value is told once. */
export async function watchChain<Value>(
  read: () => Promise<Value>,
  parts: {
    readonly isLast: (value: Value) => boolean;
    readonly onChange: (value: Value) => void;
    readonly nameOf: (value: Value) => string;
    readonly signal: AbortSignal;
    readonly clock?: Clock;
  },
): Promise<Value> {
  const { isLast, onChange, nameOf, signal, clock = systemClock } = parts;
  let told: string | undefined;
  for (;;) {
    const value = await read();
    if (nameOf(value) !== told) onChange(value);
    told = nameOf(value);
    if (isLast(value)) return value;
    await clock.sleep(LOOK_MS, signal);
  }
}
