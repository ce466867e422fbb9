import { type Bytes32, readSolanaMemo, type SolanaRecord } from "@cortensor/protocol";
import type { Address } from "@solana/kit";
import { getTransferCheckedInstructionDataDecoder, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { SolanaInstruction } from "./depositsIn.js";
import { MEMO_PROGRAM } from "./memoProgram.js";
import { solanaKeyToHex } from "./solanaKeys.js";

const TRANSFER_CHECKED = 12;
const CLOSE_ACCOUNT = 9;
const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** What somebody said of a task. The Memo program has its accounts sign, so that in a transaction that stands they have. */
export type SaidRecord = { readonly by: Bytes32; readonly record: SolanaRecord };

/** What an escrow gave to whom in one transaction, and whether it was closed there. */
export type EscrowPayout = {
  readonly pays: readonly { readonly to: Bytes32; readonly amount: bigint }[];
  readonly isClosed: boolean;
};

/** Who moves escrows: the multisig's address, its members, and how many of them speak for it. */
export type EscrowKeepers = {
  readonly keepers: Bytes32;
  readonly guards: readonly Bytes32[];
  readonly quorum: number;
};

/**
 * The records among a transaction's top-level memos, and who says them: the one key that signed, or the keepers, for whom a quorum of guards signs. The key that the
 * multisig's account was made with speaks for nobody, and a memo that nobody signed, or some mixture did, says nothing.
 */
export function taskRecordsIn(of: EscrowKeepers, instructions: readonly SolanaInstruction[]): readonly SaidRecord[] {
  return instructions.flatMap(({ program, accounts, data }) => {
    if (program !== MEMO_PROGRAM) return [];
    const by = speakerOf(of, accounts);
    const read = readSolanaMemo(UTF8.decode(data));
    return by === undefined || read.kind !== "record" ? [] : [{ by, record: read.record }];
  });
}

function speakerOf({ keepers, guards, quorum }: EscrowKeepers, accounts: SolanaInstruction["accounts"]) {
  const signers = accounts.filter((account) => account !== undefined).map(solanaKeyToHex);
  const [one] = signers;
  if (signers.length !== accounts.length || one === undefined) return undefined;
  if (signers.length === 1) return one === keepers ? undefined : one;
  const isEachGuard = new Set(signers).size === signers.length && signers.every((signer) => guards.includes(signer));
  return isEachGuard && signers.length >= quorum ? keepers : undefined;
}

/** What a transaction that stands took out of an escrow, by top-level instructions. */
export function escrowPayoutIn(escrow: Address, instructions: readonly SolanaInstruction[]): EscrowPayout {
  const own = instructions.filter(
    ({ program, accounts }) => program === TOKEN_PROGRAM_ADDRESS && accounts[0] === escrow,
  );
  const pays = own.flatMap(({ accounts, data }) => {
    const to = accounts[2];
    if (data[0] !== TRANSFER_CHECKED || to === undefined) return [];
    const { amount } = getTransferCheckedInstructionDataDecoder().decode(data);
    return [{ to: solanaKeyToHex(to), amount }];
  });
  return { pays, isClosed: own.some(({ data }) => data[0] === CLOSE_ACCOUNT) };
}
