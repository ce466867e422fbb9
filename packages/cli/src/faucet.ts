import {
  type ChainWriter,
  createChainReader,
  createChainWriter,
  type NetworkProfile,
  readCorBalance,
  readNativeBalance,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { CliError } from "./cliError.js";
import { FAUCET_KEY, LAYER_CHAIN_IDS, LOCAL_CHAIN_ID } from "./startChain.js";

/** Native coin that covers thousands of transactions on a local chain. */
export const GAS_WEI = 10n ** 18n;
/** Below this an account is given gas again. */
const GAS_LEAST_WEI = 10n ** 17n;

const LOCAL_IDS: ReadonlySet<number> = new Set([LOCAL_CHAIN_ID, ...Object.values(LAYER_CHAIN_IDS)]);

export function isLocalNetwork({ chainId }: Pick<NetworkProfile, "chainId">): boolean {
  return LOCAL_IDS.has(chainId);
}

/** The faucet of a local network. Throws CLI_NO_FAUCET elsewhere: nobody gives real money away. */
export function openFaucet(profile: NetworkProfile): ChainWriter {
  if (isLocalNetwork(profile)) return createChainWriter({ profile, privateKey: FAUCET_KEY });
  throw new CliError({
    code: "CLI_NO_FAUCET",
    hint: `network ${profile.name} is not local: fund the account yourself`,
  });
}

/** A writer that gives: on the chain where sessions are, or at its home. */
export type Faucet = Parameters<typeof transferCor>[0];

export type Allowance = { readonly to: Address; readonly corWei: bigint };

/** Fills an account up to what it needs: gas, and COR. Sends nothing that is there already. */
export async function fillUp(faucet: Faucet, { to, corWei }: Allowance): Promise<{ readonly sentCorWei: bigint }> {
  const [gas, cor] = await Promise.all([readNativeBalance(faucet, to), readCorBalance(faucet, to)]);
  const missing = corWei > cor ? corWei - cor : 0n;
  await Promise.all([
    gas < GAS_LEAST_WEI ? transferNative(faucet, { to, wei: GAS_WEI }) : undefined,
    missing > 0n ? transferCor(faucet, { to, wei: missing }) : undefined,
  ]);
  return { sentCorWei: missing };
}

/** On a local network fills the account up; elsewhere checks that somebody did. Throws CLI_UNFUNDED. */
export async function ensureFunds(profile: NetworkProfile, need: Allowance & { readonly what: string }): Promise<void> {
  if (isLocalNetwork(profile)) {
    await fillUp(openFaucet(profile), need);
    return;
  }
  const chain = createChainReader({ profile });
  const [gas, cor] = await Promise.all([readNativeBalance(chain, need.to), readCorBalance(chain, need.to)]);
  if (gas > 0n && cor >= need.corWei) return;
  const hint = `send native coin for gas and ${need.corWei} wei of COR to it, then run this again`;
  throw new CliError({ code: "CLI_UNFUNDED", address: need.to, need: need.what, hint });
}
