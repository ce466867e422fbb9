import { type Address, type Hex, parseAddress } from "@cortensor/protocol";
import { decodeAbiParameters, encodeFunctionData, type PublicClient, parseAbiParameters } from "viem";
import { ChainError, chainCall } from "../chainError.js";
import type { ChainWriter, SentCall } from "../chainWriter.js";
import { stakeMirrorAbi } from "../generated/StakeMirror.js";
import { stakeVaultAbi } from "../generated/StakeVault.js";

/** What a message of a vault says, as far as it is needed: whose stake, and the number of its change. */
export type StakeReport = { readonly operator: Address; readonly sequence: number };

const REPORT = parseAbiParameters("address operator, uint96 stakedWei, uint64 sequence");

/** Reads the body of a vault's message. Throws CHAIN_BAD_LINK for what none of ours says. */
export function openStakeReport(body: Hex): StakeReport {
  try {
    const [operator, , sequence] = decodeAbiParameters(REPORT, body);
    return { operator: parseAddress(operator), sequence: Number(sequence) };
  } catch (cause) {
    throw new ChainError({ code: "CHAIN_BAD_LINK", reason: "a report of stake that can't be read" }, { cause });
  }
}

/** Number of the last change of an operator's stake (0 before the first), and what the vault holds for it; now, or in a block that the RPC still knows. */
export async function readVaultStake(
  client: PublicClient,
  at: { readonly vault: Address; readonly operator: Address; readonly blockNumber?: bigint },
): Promise<{ readonly sequence: number; readonly heldWei: bigint }> {
  const { vault, operator, blockNumber } = at;
  const call = { address: vault, abi: stakeVaultAbi, functionName: "stakeOf", args: [operator] } as const;
  const read = client.readContract({ ...call, ...(blockNumber !== undefined && { blockNumber }) });
  const { sequence, heldWei } = await chainCall("readVaultStake", read);
  return { sequence: Number(sequence), heldWei };
}

/** Numbers of the last changes that a mirror knows of, in the operators' order. */
export async function readHeardStakes(
  client: PublicClient,
  { mirror, operators }: { readonly mirror: Address; readonly operators: readonly Address[] },
): Promise<readonly number[]> {
  const call = { address: mirror, abi: stakeMirrorAbi, functionName: "sequenceOf" } as const;
  const heard = await chainCall(
    "readHeardStakes",
    Promise.all(operators.map((operator) => client.readContract({ ...call, args: [operator] }))),
  );
  return heard.map(Number);
}

/** Has a vault tell its mirrors anew of an operator's stake. By anyone. */
export function syncStake(
  sender: Pick<ChainWriter, "send">,
  { vault, operator }: { readonly vault: Address; readonly operator: Address },
): Promise<SentCall> {
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "sync", args: [operator] });
  return sender.send({ call: "syncStake", to: vault, data });
}
