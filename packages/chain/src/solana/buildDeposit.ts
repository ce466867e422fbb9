import { type DepositTarget, formatSolanaRecord, type SolanaTill } from "@cortensor/protocol";
import { type Instruction, type TransactionSigner, address as toAddress } from "@solana/kit";
import { getAddMemoInstruction } from "@solana-program/memo";
import { findAssociatedTokenPda, getTransferCheckedInstruction, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { MEMO_PROGRAM } from "./memoProgram.js";
import { hexToSolanaKey } from "./solanaKeys.js";

/** Where deposits go, and for which network: a till without what bounds its credits. */
export type SolanaVault = Omit<SolanaTill, "capWei" | "windowSeconds">;

/** What a client deposits. */
export type DepositOrder = {
  readonly vault: SolanaVault;
  readonly from: TransactionSigner;
  readonly to: DepositTarget;
  /** In the mint's smallest unit. */
  readonly amount: bigint;
  readonly nonce: bigint;
};

/**
 * The two instructions of a deposit, which stay side by side: a checked transfer out of the client's associated token account, and the memo that names whom it
 * is for. Any number of such pairs may stand in one transaction.
 */
export async function buildDeposit({ vault, from, to, amount, nonce }: DepositOrder): Promise<readonly Instruction[]> {
  const mint = hexToSolanaKey(vault.mint);
  const owner = toAddress(from.address);
  const [source] = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
  const { chainId, network, decimals } = vault;
  const memo = formatSolanaRecord({ kind: "deposit", chainId, network, to, nonce });
  const destination = hexToSolanaKey(vault.vault);
  return [
    getTransferCheckedInstruction({ source, mint, destination, authority: from, amount, decimals }),
    getAddMemoInstruction({ memo }, { programAddress: MEMO_PROGRAM }),
  ];
}
