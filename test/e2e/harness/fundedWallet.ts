import { randomBytes } from "node:crypto";
import { type ChainWriter, createChainWriter, transferCor, transferNative } from "@cortensor/chain";
import { addressOfPrivateKey, type Hex } from "@cortensor/protocol";
import type { Wallet } from "@cortensor/sdk";
import type { Network } from "./startNetwork.js";

/** The local chain's first account, whose key everybody knows: it holds all of the COR, and owns the network's lists. */
const FAUCET_KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const GAS_WEI = 10n ** 18n;

/** Who names verifiers and assessors on the local network, and gives COR away. */
export function networkOwner({ profile }: Pick<Network, "profile">): ChainWriter {
  return createChainWriter({ profile, privateKey: FAUCET_KEY });
}

/** A new account with gas and COR, and the network it is on. */
export async function fundedWallet(network: Network, corWei: bigint): Promise<Wallet> {
  const privateKey: Hex = `0x${randomBytes(32).toString("hex")}`;
  const to = addressOfPrivateKey(privateKey);
  const faucet = networkOwner(network);
  await transferNative(faucet, { to, wei: GAS_WEI });
  await transferCor(faucet, { to, wei: corWei });
  return { privateKey, deployment: network.profile };
}
