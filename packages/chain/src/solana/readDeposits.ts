import type { Hex, SolanaDeposit, UnixSeconds } from "@cortensor/protocol";

import type { SolanaVault } from "./buildDeposit.js";
import { readSolanaHead, type SolanaCluster, type SolanaHead, solanaBounds } from "./connectSolana.js";
import type { DepositCursor } from "./depositCursor.js";
import { depositsIn, type UncreditedReason } from "./depositsIn.js";
import { type FetchedTransaction, fetchTransaction } from "./fetchTransaction.js";
import { SOLANA_FETCHES_MAX, SOLANA_PAGE } from "./limits.js";
import { type ListedSignature, listSignatures } from "./listSignatures.js";
import { type Held, readHeld } from "./readVault.js";
import { lied, SolanaError, solanaCall } from "./solanaError.js";
import { hexToSolanaKey, hexToSolanaSignature, solanaSignatureToHex } from "./solanaKeys.js";

/** A deposit, and when it came. */
export type DatedDeposit = { readonly deposit: SolanaDeposit; readonly slot: number; readonly time: UnixSeconds };

/** Money that came with nobody's name. */
export type UncreditedTransfer = {
  readonly signature: Hex;
  readonly instruction: number;
  readonly slot: number;
  readonly reason: UncreditedReason;
};

export type DepositsRead = {
  /** In the cluster's order. */
  readonly deposits: readonly DatedDeposit[];
  readonly uncredited: readonly UncreditedTransfer[];
  /** Where the next look goes on. Kept with what was made of the deposits, or not at all. */
  readonly cursor: DepositCursor;
  /** Whether all that is final up to `head` was read. */
  readonly isWhole: boolean;
  readonly head: SolanaHead;
};

/**
 * Reads a vault's final deposits behind a cursor, oldest first, each once. What every transaction leaves in the vault has to be what the next one finds there, and
 * at the end what the vault holds: an RPC that leaves one out, or makes one up, contradicts itself. Throws SOLANA_BEHIND, SOLANA_MISSING and
 * SOLANA_UNREACHABLE, which pass by themselves or on another RPC; SOLANA_LIED, SOLANA_BAD_VAULT and SOLANA_BACKLOG, which don't.
 */
export async function readDeposits(parts: {
  readonly cluster: SolanaCluster;
  readonly vault: SolanaVault;
  readonly cursor: DepositCursor;
  /** Transactions of this look. */
  readonly most?: number;
  readonly pageSize?: number;
}): Promise<DepositsRead> {
  const { cluster, vault, cursor, most = SOLANA_FETCHES_MAX, pageSize = SOLANA_PAGE } = parts;
  requireSame(cluster, vault, cursor);
  const held = await readHeld(cluster, vault);
  const head = await readSolanaHead(cluster);
  if (head.slot < cursor.slot) throw new SolanaError(behind(head.slot, cursor.slot), { isRetryable: true });
  await requireKnown(cluster, cursor);
  const listed = await listSignatures({ cluster, vault, cursor, pageSize, headSlot: head.slot });
  const ahead = listed.slice(0, most);
  const found = { deposits: [] as DatedDeposit[], uncredited: [] as UncreditedTransfer[] };
  let at = cursor;
  for (const one of ahead) {
    // A balance was asked for before the list: it has to be that of the last transaction in or before its slot.
    if (one.slot > held.slot && at.slot <= held.slot) requireHeld(at, held);
    at = await step({ cluster, vault, cursor: at, one, found });
  }
  const isWhole = listed.length <= most;
  if (isWhole && at.slot <= held.slot) requireHeld(at, held);
  return { ...found, cursor: at, isWhole, head };
}

/** Takes one listed transaction, and resolves to the cursor behind it. */
async function step(parts: {
  readonly cluster: SolanaCluster;
  readonly vault: SolanaVault;
  readonly cursor: DepositCursor;
  readonly one: ListedSignature;
  readonly found: { readonly deposits: DatedDeposit[]; readonly uncredited: UncreditedTransfer[] };
}): Promise<DepositCursor> {
  const { cluster, vault, cursor, one, found } = parts;
  const signature = solanaSignatureToHex(one.signature);
  const next = { ...cursor, signature, slot: one.slot };
  if (one.hasFailed) return next;
  const fetched = await fetchTransaction(cluster, one.signature);
  if (fetched.slot !== one.slot || fetched.hasFailed) throw lied(`two accounts of ${one.signature}`);
  const { before, after } = fetched.tokensOf(hexToSolanaKey(vault.vault));
  if (before !== cursor.balance) throw lied(`the vault held ${cursor.balance}, and ${before} before ${one.signature}`);
  takeTransfers({ vault, fetched, signature, found, gained: after - before });
  return { ...next, balance: after };
}

function takeTransfers(parts: {
  readonly vault: SolanaVault;
  readonly fetched: FetchedTransaction;
  readonly signature: Hex;
  readonly found: { readonly deposits: DatedDeposit[]; readonly uncredited: UncreditedTransfer[] };
  readonly gained: bigint;
}): void {
  const { vault, fetched, signature, found, gained } = parts;
  const { genesisHash, mint, chainId, network } = vault;
  const transfers = depositsIn(vault, fetched.instructions);
  const named = transfers.reduce((sum, one) => (one.kind === "deposit" ? sum + one.of.amount : sum), 0n);
  if (named > gained && named > 0n) throw lied(`deposits of ${named} of which the vault gained ${gained}`);
  for (const transfer of transfers) {
    const { instruction } = transfer;
    if (transfer.kind === "uncredited") {
      found.uncredited.push({ signature, instruction, slot: fetched.slot, reason: transfer.reason });
      continue;
    }
    const place = { genesisHash, signature, instruction, vault: vault.vault, mint, chainId, network };
    found.deposits.push({ deposit: { ...place, ...transfer.of }, slot: fetched.slot, time: fetched.time });
  }
}

function requireSame(cluster: SolanaCluster, vault: SolanaVault, cursor: DepositCursor): void {
  for (const actual of [cluster.genesisHash, cursor.genesisHash]) {
    if (actual === vault.genesisHash) continue;
    throw new SolanaError({ code: "SOLANA_WRONG_CLUSTER", expected: vault.genesisHash, actual });
  }
  if (cursor.vault !== vault.vault)
    throw new SolanaError({ code: "SOLANA_BAD_VAULT", vault: vault.vault, reason: "the cursor is of another" });
}

/** An RPC that doesn't know where the last look ended has another history, or less of it: from there on it would tell everything again. */
async function requireKnown({ rpc }: SolanaCluster, cursor: DepositCursor): Promise<void> {
  if (cursor.signature === undefined) return;
  const signature = hexToSolanaSignature(cursor.signature);
  const asked = rpc.getSignatureStatuses([signature], { searchTransactionHistory: true });
  const { value } = await solanaCall("getSignatureStatuses", asked.send(solanaBounds()));
  const [status] = value;
  if (status === null || status === undefined)
    throw new SolanaError({ code: "SOLANA_MISSING", signature }, { isRetryable: true });
  if (Number(status.slot) !== cursor.slot || status.confirmationStatus !== "finalized")
    throw lied(`${signature} was final in slot ${cursor.slot}, and isn't`);
}

function requireHeld(cursor: DepositCursor, held: Held): void {
  if (cursor.balance === held.balance) return;
  throw lied(`the vault holds ${held.balance} at slot ${held.slot}, and its transactions make ${cursor.balance}`);
}

function behind(slot: number, expected: number) {
  return { code: "SOLANA_BEHIND", slot, expected } as const;
}
