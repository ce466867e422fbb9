import { type Address, type Hex, parseAddress } from "@cortensor/protocol";
import { encodeAbiParameters, encodeFunctionData, keccak256, type PublicClient } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { blockRanges } from "../blockRanges.js";
import { chainCall } from "../chainError.js";
import type { ChainReader } from "../chainReader.js";
import type { ChainWriter } from "../chainWriter.js";
import { lastStateAbi } from "../generated/LastState.js";
import { signLeave } from "./claims.js";
import type { ExitPlace } from "./exitPlace.js";
import { OUTPUT_ORACLE_ABI, PORTAL_ABI } from "./opStackAbi.js";
import { readSlotProofs } from "./slotProofs.js";

/** How far an account's coins have come. */
export type CoinsStep =
  | { readonly kind: "coinsProposed"; readonly amountWei: bigint }
  /** Proved in the portal, which pays from `payableAt` on, in seconds of the parent: run it again then. */
  | { readonly kind: "coinsWaiting"; readonly amountWei: bigint; readonly payableAt: number }
  | { readonly kind: "coinsPaid"; readonly amountWei: bigint; readonly txHash: string }
  | { readonly kind: "coinsPaidBefore"; readonly amountWei: bigint };

type CoinsParts = {
  readonly place: ExitPlace;
  readonly chain: ChainReader;
  readonly parent: PublicClient;
  readonly sender: Pick<ChainWriter, "send">;
  readonly signer: PrivateKeyAccount;
  readonly account: Address;
  readonly to: Address;
  readonly blockNumber: bigint;
};

/** Takes an account's coins as far as they can go now: claimed, proved, paid. */
export async function leaveWithCoins(parts: CoinsParts): Promise<readonly CoinsStep[]> {
  const { chain, account, blockNumber, place, parent, sender } = parts;
  const balance = chain.client.getBalance({ address: account, blockNumber });
  const amountWei = await chainCall("leaveWithCoins", balance);
  if (amountWei === 0n) return [];
  const steps: CoinsStep[] = [];
  let proposed = await findProposed(parts);
  if (proposed === undefined) {
    await propose(parts);
    steps.push({ kind: "coinsProposed", amountWei });
    proposed = await findProposed(parts);
  }
  if (proposed === undefined) return steps;
  const { withdrawal, index, leaf, passerStorageRoot } = proposed;
  const hash = hashOf(withdrawal);
  const portal = { address: place.portal, abi: PORTAL_ABI } as const;
  const read = parent.readContract({ ...portal, functionName: "finalizedWithdrawals", args: [hash] });
  if (await chainCall("leaveWithCoins", read)) return [...steps, { kind: "coinsPaidBefore", amountWei }];
  const proven = () => parent.readContract({ ...portal, functionName: "provenWithdrawals", args: [hash] });
  if ((await chainCall("leaveWithCoins", proven()))[1] === 0n) {
    const zero: Hex = `0x${"0".repeat(64)}`;
    const root = {
      ...{ version: zero, stateRoot: zero, latestBlockhash: zero },
      messagePasserStorageRoot: passerStorageRoot,
    };
    const args = [withdrawal, index, root, [leaf]] as const;
    const data = encodeFunctionData({ abi: PORTAL_ABI, functionName: "proveWithdrawalTransaction", args });
    await sender.send({ call: "proveWithdrawalTransaction", to: place.portal, data });
  }
  const payableAt = await readPayableAt(parts, (await chainCall("leaveWithCoins", proven()))[1], index);
  const { timestamp } = await chainCall("leaveWithCoins", parent.getBlock());
  if (timestamp <= payableAt) return [...steps, { kind: "coinsWaiting", amountWei, payableAt: Number(payableAt) }];
  const data = encodeFunctionData({
    abi: PORTAL_ABI,
    functionName: "finalizeWithdrawalTransaction",
    args: [withdrawal],
  });
  const { txHash } = await sender.send({ call: "finalizeWithdrawalTransaction", to: place.portal, data });
  return [...steps, { kind: "coinsPaid", amountWei, txHash }];
}

async function propose({ place, chain, sender, signer, account, to, blockNumber }: CoinsParts): Promise<void> {
  const { account: nodes } = await readSlotProofs(chain.client, { address: account, slots: [], blockNumber });
  const { signature } = await signLeave(signer, { place, pays: place.lastState, account, to });
  const args = [account, to, signature, nodes] as const;
  const data = encodeFunctionData({ abi: lastStateAbi, functionName: "claimCoins", args });
  await sender.send({ call: "claimCoins", to: place.lastState, data });
}

/** The account's last proposal, while its output stands: one that a challenger removed is as good as none. */
async function findProposed({ place, parent, account }: CoinsParts) {
  const last = { address: place.lastState, abi: lastStateAbi } as const;
  const stands = parent.readContract({ ...last, functionName: "hasClaimedCoins", args: [account] });
  if (!(await chainCall("leaveWithCoins", stands))) return undefined;
  const head = await chainCall("leaveWithCoins", parent.getBlockNumber());
  const ranges = [...blockRanges(place.fromBlock, head)].reverse();
  for (const range of ranges) {
    const query = { ...last, eventName: "CoinsProposed", args: { account }, strict: true } as const;
    const found = await chainCall("leaveWithCoins", parent.getContractEvents({ ...query, ...range }));
    const newest = found.at(-1);
    if (newest !== undefined) return newest.args;
  }
  return undefined;
}

/** Behind both windows: the output's, and the proof's. */
async function readPayableAt({ place, parent }: CoinsParts, provenAt: bigint, index: bigint): Promise<bigint> {
  const oracle = { address: place.oracle, abi: OUTPUT_ORACLE_ABI } as const;
  const output = parent.readContract({ ...oracle, functionName: "getL2Output", args: [index] });
  const window = parent.readContract({ ...oracle, functionName: "finalizationPeriodSeconds" });
  const { timestamp } = await chainCall("leaveWithCoins", output);
  const from = timestamp > provenAt ? timestamp : provenAt;
  return from + (await chainCall("leaveWithCoins", window));
}

function hashOf(withdrawal: {
  readonly nonce: bigint;
  readonly sender: Hex;
  readonly target: Hex;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly data: Hex;
}): Hex {
  const { nonce, sender, target, value, gasLimit, data } = withdrawal;
  const types = ["uint256", "address", "address", "uint256", "uint256", "bytes"].map((type) => ({ type }));
  const words = [nonce, parseAddress(sender), parseAddress(target), value, gasLimit, data];
  return keccak256(encodeAbiParameters(types, words));
}
