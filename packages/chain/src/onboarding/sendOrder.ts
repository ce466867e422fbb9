import { type Address, type Bytes32, type Hex, type OnboardingOrder, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData, type PublicClient } from "viem";
import { chainCall } from "../chainError.js";
import type { ChainCall } from "../chainWriter.js";
import { corAbi } from "../generated/Cor.js";
import { onboardingAbi } from "../generated/Onboarding.js";
import { onboardingTillAbi } from "../generated/OnboardingTill.js";
import { encodeOrder, orderDigest } from "./order.js";

const STATES = ["none", "opened", "paidOut"] as const;

/** What became of an order on the serving chain. */
export type OrderOutcome = {
  readonly state: (typeof STATES)[number];
  /** The session that it opened; 0 for none. */
  readonly account: number;
  /** What lies in its purse. */
  readonly purseWei: bigint;
};

type Signed = { readonly order: OnboardingOrder; readonly signature: Hex };

/** Takes an order's coins on the chain that it was signed for: on the serving one that opens its session as well. */
export function takeCall({ order, signature }: Signed, feeWei: bigint): ChainCall {
  const to = order.transfer.taker;
  const args = [encodeOrder(order), signature, feeWei] as const;
  const isHere = order.source.chainId === order.terms.toChainId;
  return isHere
    ? { call: "onboard", to, data: encodeFunctionData({ abi: onboardingAbi, functionName: "onboard", args }) }
    : { call: "take", to, data: encodeFunctionData({ abi: onboardingTillAbi, functionName: "take", args }) };
}

/** Opens the session of an order whose coins came from another chain. */
export function openCall({ order, signature }: Signed): ChainCall {
  const args = [encodeOrder(order), signature] as const;
  const data = encodeFunctionData({ abi: onboardingAbi, functionName: "open", args });
  return { call: "open", to: order.terms.onboarding, data };
}

/** Whether the coins of an order were taken, or another used its nonce up. */
export async function readTaking(client: PublicClient, order: OnboardingOrder): Promise<"none" | "this" | "other"> {
  const { source, transfer } = order;
  const args = [transfer.from, transfer.nonce] as const;
  const ask = { address: source.cor, abi: corAbi, functionName: "takenBy", args } as const;
  const digest = await chainCall("takenBy", client.readContract(ask));
  if (digest === ZERO_BYTES32) return "none";
  return digest === orderDigest(order) ? "this" : "other";
}

/** What became of an order, as the serving chain says. */
export async function readOrder(
  client: PublicClient,
  { onboarding, cor, digest }: { readonly onboarding: Address; readonly cor: Address; readonly digest: Bytes32 },
): Promise<OrderOutcome> {
  const desk = { address: onboarding, abi: onboardingAbi } as const;
  const reads = Promise.all([
    client.readContract({ ...desk, functionName: "stateOf", args: [digest] }),
    client.readContract({ ...desk, functionName: "accountOf", args: [digest] }),
    client.readContract({ ...desk, functionName: "purseOf", args: [digest] }),
  ]);
  const [state, account, purse] = await chainCall("readOrder", reads);
  const held = client.readContract({ address: cor, abi: corAbi, functionName: "balanceOf", args: [purse] });
  return { state: STATES[state] ?? "none", account, purseWei: await chainCall("balanceOf", held) };
}
