import {
  type ChainReader,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  type HomeWriter,
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

/** What an account needs. Where home is the serving layer's chain, both amounts are of one account there. */
export type Allowance = {
  readonly to: Address;
  /** COR on the serving layer; absent where it does nothing there, and needs no gas. */
  readonly corWei?: bigint;
  /** COR at home; absent where it does nothing there. */
  readonly homeCorWei?: bigint;
};

type Place<Chain> = { readonly chain: Chain; readonly chainId: number; readonly corWei: bigint };

/** What is needed on each chain. */
function placesOf<Serving extends ChainReader>(
  chain: Serving,
  { corWei, homeCorWei }: Allowance,
): readonly Place<Serving | Serving["home"]>[] {
  const { profile, home } = chain;
  if (profile.home === undefined) {
    return [{ chain, chainId: profile.chainId, corWei: (corWei ?? 0n) + (homeCorWei ?? 0n) }];
  }
  const at = (one: Serving | Serving["home"], wei: bigint | undefined) =>
    wei === undefined ? [] : [{ chain: one, chainId: one.profile.chainId, corWei: wei }];
  return [...at(chain, corWei), ...at(home, homeCorWei)];
}

/** Fills an account up to what it needs: gas, and COR. Sends nothing that is there already. */
export async function fillUp(faucet: ChainWriter, need: Allowance): Promise<{ readonly sentCorWei: bigint }> {
  const sent = await Promise.all(placesOf(faucet, need).map((place) => fillUpAt(place, need.to)));
  return { sentCorWei: sent.reduce((sum, wei) => sum + wei, 0n) };
}

async function fillUpAt({ chain, corWei }: Place<ChainWriter | HomeWriter>, to: Address): Promise<bigint> {
  const [gas, cor] = await Promise.all([readNativeBalance(chain, to), readCorBalance(chain, to)]);
  const missing = corWei > cor ? corWei - cor : 0n;
  await Promise.all([
    gas < GAS_LEAST_WEI ? transferNative(chain, { to, wei: GAS_WEI }) : undefined,
    missing > 0n ? transferCor(chain, { to, wei: missing }) : undefined,
  ]);
  return missing;
}

/** On a local network fills the account up; elsewhere checks that somebody did. Throws CLI_UNFUNDED. */
export async function ensureFunds(profile: NetworkProfile, need: Allowance & { readonly what: string }): Promise<void> {
  if (isLocalNetwork(profile)) {
    await fillUp(openFaucet(profile), need);
    return;
  }
  for (const { chain, chainId, corWei } of placesOf(createChainReader({ profile }), need)) {
    const [gas, cor] = await Promise.all([readNativeBalance(chain, need.to), readCorBalance(chain, need.to)]);
    if (gas > 0n && cor >= corWei) continue;
    const hint = `send native coin for gas and ${corWei} wei of COR to it on chain ${chainId}, then run this again`;
    throw new CliError({ code: "CLI_UNFUNDED", address: need.to, need: need.what, hint });
  }
}
