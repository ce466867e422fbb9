import { type DepositRecord, readSolanaMemo, SOLANA_INSTRUCTIONS_MAX, type SolanaDeposit } from "@cortensor/protocol";
import type { Address } from "@solana/kit";
import { getTransferCheckedInstructionDataDecoder, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { SolanaVault } from "./buildDeposit.js";
import { MEMO_PROGRAM } from "./memoProgram.js";
import { hexToSolanaKey } from "./solanaKeys.js";

const TRANSFER = 3;
const TRANSFER_CHECKED = 12;
const CHECKED_BYTES = 10;
const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One top-level instruction, its accounts by name; undefined for one that only a lookup table names. */
export type SolanaInstruction = {
  readonly program: Address | undefined;
  readonly accounts: readonly (Address | undefined)[];
  readonly data: Uint8Array;
};

/** Why a transfer into a vault is nobody's deposit. Its keepers may send it back. */
export type UncreditedReason =
  /** No memo of ours follows it. */
  | "unnamed"
  | "badMemo"
  /** The memo names another network, or is none of a deposit. */
  | "otherNetwork"
  /** Not by `TransferChecked`, or not of the vault's mint. */
  | "unchecked";

/** What one transfer into the vault is. */
export type FoundTransfer =
  | {
      readonly kind: "deposit";
      readonly instruction: number;
      readonly of: Pick<SolanaDeposit, "amount" | "to" | "nonce">;
    }
  | { readonly kind: "uncredited"; readonly instruction: number; readonly reason: UncreditedReason };

/**
 * The transfers into a vault among a transaction's top-level instructions. A deposit is a `TransferChecked` of the SPL Token program with the memo right
 * behind it, both named in what was signed. What other programs transfer inside, and what lookup tables name, is none.
 */
export function depositsIn(vault: SolanaVault, instructions: readonly SolanaInstruction[]): readonly FoundTransfer[] {
  const address = hexToSolanaKey(vault.vault);
  return instructions.slice(0, SOLANA_INSTRUCTIONS_MAX).flatMap((instruction, index): readonly FoundTransfer[] => {
    const { program, accounts, data } = instruction;
    if (program !== TOKEN_PROGRAM_ADDRESS) return [];
    if (data[0] === TRANSFER && accounts[1] === address && accounts[0] !== address)
      return [{ kind: "uncredited", instruction: index, reason: "unchecked" }];
    if (data[0] !== TRANSFER_CHECKED || accounts[2] !== address || accounts[0] === address) return [];
    const isChecked = data.length === CHECKED_BYTES && accounts[1] === hexToSolanaKey(vault.mint);
    if (!isChecked) return [{ kind: "uncredited", instruction: index, reason: "unchecked" }];
    const { amount } = getTransferCheckedInstructionDataDecoder().decode(data);
    if (amount === 0n) return [];
    const named = recordBehind(vault, instructions[index + 1]);
    if (typeof named === "string") return [{ kind: "uncredited", instruction: index, reason: named }];
    return [{ kind: "deposit", instruction: index, of: { amount, to: named.to, nonce: named.nonce } }];
  });
}

function recordBehind(vault: SolanaVault, next: SolanaInstruction | undefined): DepositRecord | UncreditedReason {
  if (next === undefined || next.program !== MEMO_PROGRAM) return "unnamed";
  const text = decodeText(next.data);
  if (text === undefined) return "badMemo";
  const read = readSolanaMemo(text);
  if (read.kind === "foreign") return "unnamed";
  if (read.kind === "bad") return "badMemo";
  const { record } = read;
  if (record.kind !== "deposit" || record.chainId !== vault.chainId || record.network !== vault.network)
    return "otherNetwork";
  return record;
}

function decodeText(data: Uint8Array): string | undefined {
  try {
    return UTF8.decode(data);
  } catch {
    return undefined;
  }
}
