import { type Hex, hashDebit, paymentDomain, type SignedDebit, signDigest, typedDataDigest } from "@cortensor/protocol";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import {
  type ChainWriter,
  createChainWriter,
  deployNetwork,
  depositToSession,
  type NetworkProfile,
  openSession,
  setAllotment,
} from "../src/index.js";

export const COR = 10n ** 18n;
export const EPOCH_SECONDS = 30;

export type LocalNetwork = { readonly anvil: RunningAnvil; readonly profile: NetworkProfile };

export async function startLocalNetwork(epochSeconds = EPOCH_SECONDS): Promise<LocalNetwork> {
  const anvil = await startAnvil({ chainId: 31_337 });
  const profile = await deployNetwork({
    name: "test",
    chainId: anvil.chainId,
    rpcUrls: [anvil.url],
    privateKey: anvilKey(0),
    epochSeconds,
    save: () => undefined,
  });
  return { anvil, profile };
}

/** A writer with one of anvil's funded accounts. Number 0 holds all COR. */
export function writerOf(profile: NetworkProfile, index: number): ChainWriter {
  return createChainWriter({ profile, privateKey: anvilKey(index) });
}

/** Moves the chain's time forward and makes a block. */
export async function passSeconds(chain: ChainWriter, seconds: number): Promise<void> {
  await chain.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method: "evm_increaseTime",
    params: [seconds],
  });
  await chain.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method: "evm_mine",
    params: [],
  });
}

/** A session of `owner` with a deposit, all of it allotted to `lane`. */
export async function fundedSession(owner: ChainWriter, lane: ChainWriter, wei: bigint): Promise<number> {
  const { account } = await openSession(owner, { name: "test" });
  await depositToSession(owner, { account, wei });
  await setAllotment(owner, { account, lane: lane.account, wei });
  return account;
}

export function signedDebit(
  profile: NetworkProfile,
  request: {
    readonly key: Hex;
    readonly account: number;
    readonly lane: ChainWriter;
    readonly wei: bigint;
    readonly count?: number;
    readonly epoch?: number;
  },
): SignedDebit {
  const debit = {
    account: request.account,
    lane: request.lane.account,
    cumulativeWei: request.wei,
    receiptsRoot: `0x${"ab".repeat(32)}`,
    count: request.count ?? 1,
    epoch: request.epoch ?? 0,
  } as const;
  const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
  return { debit, signature: signDigest(typedDataDigest(domain, hashDebit(debit)), request.key) };
}
