import type { NetworkProfile } from "@cortensor/chain";
import type { Cortensor } from "@cortensor/sdk";
import type { CommandContext } from "./commandContext.js";
import { ensureFunds, isLocalNetwork } from "./faucet.js";
import type { Keystore, OpenedKey } from "./home/keystore.js";
import { formatCor } from "./money.js";
import { findNetwork, openClient } from "./networkAccess.js";

export type WalletOptions = {
  readonly as: string;
  readonly router?: string;
  readonly network?: string;
  /** The session whose bearer is bought, where a call needs one. */
  readonly account?: number;
};

/** A client that signs with a key of the keystore, funded where a faucet can. Throws CLI_KEY_MISSING. */
export async function openWallet(context: CommandContext, options: WalletOptions, corWei: bigint): Promise<Cortensor> {
  const { profile, keystore } = await findKeystore(context, options);
  const key = await keystore.open(options.as);
  return useKey(context, { options, profile, key, corWei });
}

/** The same, with a key that is made first when there is none of that name. */
export async function makeWallet(context: CommandContext, options: WalletOptions, corWei: bigint): Promise<Cortensor> {
  const { profile, keystore } = await findKeystore(context, options);
  const key = await keystore.openOrCreate(options.as);
  if (key.isNew) sayKeyMade(context, key);
  return useKey(context, { options, profile, key, corWei });
}

/** Custody is named wherever a key is made. */
export function sayKeyMade({ output, paths }: CommandContext, { name, address }: OpenedKey): void {
  const sentence = `Made key ${name}: ${address}. Custody: self; it lies in ${paths.keys} and nowhere else`;
  output.progress("key.made", sentence, { name, address, custody: "self" });
}

async function findKeystore(
  context: CommandContext,
  { network, router }: WalletOptions,
): Promise<{ readonly profile: NetworkProfile; readonly keystore: Keystore }> {
  const { profile } = await findNetwork(context, network ?? router);
  return { profile, keystore: context.keystore({ mayGenerate: isLocalNetwork(profile) }) };
}

async function useKey(
  context: CommandContext,
  parts: {
    readonly options: WalletOptions;
    readonly profile: NetworkProfile;
    readonly key: OpenedKey;
    readonly corWei: bigint;
  },
): Promise<Cortensor> {
  const { profile, key, corWei } = parts;
  const { account, ...options } = parts.options;
  const session = account === undefined ? {} : { account };
  if (corWei > 0n) await ensureFunds(profile, { to: key.address, corWei, what: `${formatCor(corWei)} and gas` });
  return openClient(context, { ...options, wallet: { privateKey: key.key.expose(), deployment: profile, ...session } });
}
