import {
  type Address,
  getCompiledTransactionMessageDecoder,
  getSignatureFromTransaction,
  getTransactionDecoder,
  isSolanaError,
  type Signature,
  type Transaction,
} from "@solana/kit";
import { TRANSACTION_BYTES_MAX } from "./limits.js";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";

/** A transaction off the wire, as far as a ledger needs it. */
export type ReadTransaction = {
  readonly transaction: Transaction;
  readonly signature: Signature;
  readonly version: "legacy" | 0;
  readonly accounts: readonly Address[];
  /** Indexes into `accounts` of those that it may change. */
  readonly writable: readonly number[];
  /** The blockhash that it names. */
  readonly lifetime: string;
  readonly bytes: Uint8Array;
};

/** Reads one transaction. Refuses what is too long or malformed, and what this ledger doesn't have: version 1 and lookup tables. */
export function readTransaction(bytes: Uint8Array): ReadTransaction {
  if (bytes.length > TRANSACTION_BYTES_MAX) refuse(`the transaction has ${bytes.length} bytes`);
  const { transaction, message, signature } = decode(bytes);
  if (message.version !== "legacy" && message.version !== 0) refuse(`version ${message.version} isn't here`);
  const hasTables = "addressTableLookups" in message && (message.addressTableLookups ?? []).length > 0;
  if (hasTables) refuse("lookup tables aren't here");
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  const accounts = message.staticAccounts;
  const isWritable = (_: Address, index: number) =>
    index < numSignerAccounts
      ? index < numSignerAccounts - numReadonlySignerAccounts
      : index < accounts.length - numReadonlyNonSignerAccounts;
  const writable = accounts.flatMap((address, index) => (isWritable(address, index) ? [index] : []));
  const { version, lifetimeToken: lifetime } = message;
  return { transaction, signature, version, accounts, writable, lifetime, bytes };
}

function decode(bytes: Uint8Array) {
  try {
    const transaction = getTransactionDecoder().decode(bytes);
    const message = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
    return { transaction, message, signature: getSignatureFromTransaction(transaction) };
  } catch (error) {
    if (isSolanaError(error) || error instanceof RangeError) return refuse("the transaction can't be read");
    throw error;
  }
}

function refuse(reason: string): never {
  throw new RpcRefusal(RPC_CODES.params, reason);
}
