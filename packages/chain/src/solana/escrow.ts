import { type Bytes32, formatSolanaRecord, type TaskRecord } from "@cortensor/protocol";
import { type Address, type Instruction, lamports, type TransactionSigner } from "@solana/kit";
import { getAddMemoInstruction } from "@solana-program/memo";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  getCloseAccountInstruction,
  getInitializeAccount3Instruction,
  getInitializeMultisig2Instruction,
  getMultisigSize,
  getTokenSize,
  getTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { type SolanaCluster, solanaBounds } from "./connectSolana.js";
import { MEMO_PROGRAM } from "./memoProgram.js";
import { solanaCall } from "./solanaError.js";

/** Guards that one multisig of the SPL Token program takes. */
export const ESCROW_GUARDS_MAX = 11;

/** What a mint's money in escrow is of. */
export type EscrowMint = { readonly mint: Address; readonly decimals: number };

/** Makes the account whose owners move escrows together: `quorum` of the guards' keys. It can't be changed, nor left, once made. */
export async function makeEscrowKeepers(
  cluster: SolanaCluster,
  parts: {
    readonly payer: TransactionSigner;
    readonly keepers: TransactionSigner;
    readonly guards: readonly Address[];
    readonly quorum: number;
  },
): Promise<readonly Instruction[]> {
  const { payer, keepers, guards, quorum } = parts;
  const space = getMultisigSize();
  return [
    await makeAccount(cluster, { payer, account: keepers, space }),
    getInitializeMultisig2Instruction({ multisig: keepers.address, signers: [...guards], m: quorum }),
  ];
}

/** Makes a token account that only its keepers move: a vault, or one task's escrow. */
export async function makeEscrow(
  cluster: SolanaCluster,
  parts: {
    readonly payer: TransactionSigner;
    readonly escrow: TransactionSigner;
    readonly mint: Address;
    readonly keepers: Address;
  },
): Promise<readonly Instruction[]> {
  const { payer, escrow, mint, keepers } = parts;
  return [
    await makeAccount(cluster, { payer, account: escrow, space: getTokenSize() }),
    getInitializeAccount3Instruction({ account: escrow.address, mint, owner: keepers }),
  ];
}

/**
 * Empties an escrow in one transaction: what the miner gets, what goes back, and the account is closed. A second payout finds no account, whoever signs it. The
 * payout needs a quorum of the guards' signatures.
 */
export function payEscrow(parts: {
  readonly of: EscrowMint;
  readonly taskId: Bytes32;
  readonly escrow: Address;
  readonly keepers: Address;
  readonly guards: readonly TransactionSigner[];
  readonly rentTo: Address;
  readonly pays: readonly { readonly to: Address; readonly amount: bigint }[];
}): readonly Instruction[] {
  const { of, taskId, escrow, keepers, guards, rentTo, pays } = parts;
  const multi = { multiSigners: [...guards] };
  const authority = keepers;
  return [
    ...pays
      .filter(({ amount }) => amount > 0n)
      .map(({ to, amount }) =>
        getTransferCheckedInstruction({ source: escrow, destination: to, authority, amount, ...of, ...multi }),
      ),
    getCloseAccountInstruction({ account: escrow, destination: rentTo, owner: keepers, ...multi }),
    buildTaskMemo({ kind: "payout", taskId }, []),
  ];
}

/** A task's record as an instruction. Who signs it is who says it: an instruction without signers says nothing for anybody. */
export function buildTaskMemo(record: TaskRecord, signers: readonly TransactionSigner[]): Instruction {
  const memo = formatSolanaRecord(record);
  return getAddMemoInstruction({ memo, signers: [...signers] }, { programAddress: MEMO_PROGRAM });
}

async function makeAccount(
  { rpc }: SolanaCluster,
  parts: { readonly payer: TransactionSigner; readonly account: TransactionSigner; readonly space: number },
): Promise<Instruction> {
  const { payer, account, space } = parts;
  const asked = rpc.getMinimumBalanceForRentExemption(BigInt(space)).send(solanaBounds());
  const rent = lamports(await solanaCall("getMinimumBalanceForRentExemption", asked));
  return getCreateAccountInstruction({
    payer,
    newAccount: account,
    lamports: rent,
    space,
    programAddress: TOKEN_PROGRAM_ADDRESS,
  });
}
