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

/** The records among a transaction's top-level memos that one key has signed for. One that nobody signs, or several do, says nothing. */
export function taskRecordsIn(instructions: readonly SolanaInstruction[]): readonly SaidRecord[] {
  return instructions.flatMap(({ program, accounts, data }) => {
    const [by] = accounts;
    if (program !== MEMO_PROGRAM || accounts.length !== 1 || by === undefined) return [];
    const read = readSolanaMemo(UTF8.decode(data));
    return read.kind === "record" ? [{ by: solanaKeyToHex(by), record: read.record }] : [];
  });
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
