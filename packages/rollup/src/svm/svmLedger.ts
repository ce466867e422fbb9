import { assert } from "@cortensor/protocol";
import { type Address, address, type Blockhash, type Lamports, lamports, type MaybeEncodedAccount } from "@solana/kit";
import { Clock, FailedTransactionMetadata, LiteSVM } from "litesvm";
import { AccountHistory } from "./accountHistory.js";
import { BLOCKHASH_SLOTS, TRANSACTIONS_MAX } from "./limits.js";
import type { ReadTransaction } from "./readTransaction.js";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";
import { hashOfSlot, type SlotRules, type SvmCommitment, slotAt } from "./slots.js";
import { readDecimals, readTokenAccount } from "./tokenAccount.js";
import { isExecutionError, toTransactionError } from "./transactionError.js";
import type { Wire } from "./wire.js";

const SYSTEM_PROGRAM = address("11111111111111111111111111111111");

export type SvmParts = {
  /** Names the cluster: another seed is another genesis hash. */
  readonly seed: Uint8Array;
  /** Time of slot 0. */
  readonly startMs: number;
  readonly rules: SlotRules;
};

/** What one token account of a transaction held. */
export type TokenBalance = {
  readonly accountIndex: number;
  readonly mint: Address;
  readonly owner: Address;
  readonly amount: bigint;
  readonly decimals: number;
};

/** What executing a transaction came to. */
export type SvmOutcome = { readonly error: Wire; readonly logs: readonly string[]; readonly units: bigint };

/** A transaction that stands in a slot, whole or failed. */
export type SvmTransaction = SvmOutcome & {
  readonly slot: number;
  readonly read: ReadTransaction;
  /** Of each account, before and after. */
  readonly lamports: readonly { readonly before: bigint; readonly after: bigint }[];
  readonly tokensBefore: readonly TokenBalance[];
  readonly tokensAfter: readonly TokenBalance[];
};

/**
 * A cluster of one: a real SVM, slots that only `advance` makes, and what stood in them. A transaction is executed at once, in the slot that runs, and
 * becomes confirmed and final as slots go by. There is no consensus: nothing is ever dropped but by `dropAfter`, nor kept beyond the process.
 */
export class SvmLedger {
  readonly genesisHash: Blockhash;
  readonly #parts: SvmParts;
  readonly #svm = new LiteSVM().withBlockhashCheck(false).withTransactionHistory(0n);
  readonly #history = new AccountHistory();
  readonly #bySignature = new Map<string, SvmTransaction>();
  readonly #byAddress = new Map<Address, readonly SvmTransaction[]>();
  readonly #blockhashes = new Map<string, { readonly hash: Blockhash; readonly slot: number }>();
  #slot = 0;
  #fork = 0;

  constructor(parts: SvmParts) {
    this.#parts = parts;
    this.genesisHash = hashOfSlot(parts.seed, -1, 0);
    this.#enter(0);
  }

  get slot(): number {
    return this.#slot;
  }

  get transactionCount(): number {
    return this.#bySignature.size;
  }

  slotAt(commitment: SvmCommitment): number {
    return slotAt(commitment, this.#slot, this.#parts.rules);
  }

  timeOf(slot: number): number {
    return Math.floor((this.#parts.startMs + slot * this.#parts.rules.slotMs) / 1_000);
  }

  advance(slots: number): void {
    for (let count = 0; count < slots; count += 1) this.#enter(this.#slot + 1);
    this.#history.finalise(this.slotAt("finalized"));
  }

  /** A fork: what stood in slots after this one never was, and the next slot runs. What is final can't be dropped. */
  dropAfter(slot: number): void {
    assert(slot >= this.slotAt("finalized"), "what is final stays");
    for (const account of this.#history.rewind(slot)) this.#restore(account);
    for (const [signature, kept] of this.#bySignature) if (kept.slot > slot) this.#bySignature.delete(signature);
    const stands = (kept: SvmTransaction) => kept.slot <= slot;
    for (const [address, list] of this.#byAddress) this.#byAddress.set(address, list.filter(stands));
    for (const [name, known] of this.#blockhashes) if (known.slot > slot) this.#blockhashes.delete(name);
    this.#fork += 1;
    this.#enter(this.#slot + 1);
  }

  latestBlockhash(commitment: SvmCommitment): { readonly hash: Blockhash; readonly slot: number } {
    const limit = this.slotAt(commitment);
    const known = [...this.#blockhashes.values()].filter(({ slot }) => slot <= limit).at(-1);
    return known ?? { hash: this.genesisHash, slot: 0 };
  }

  isBlockhashValid(hash: string): boolean {
    return this.#blockhashes.has(hash);
  }

  account(at: Address, commitment: SvmCommitment): MaybeEncodedAccount {
    return this.#history.at(at, this.slotAt(commitment)) ?? this.#svm.getAccount(at);
  }

  /** Addresses that any transaction has named. */
  addresses(): readonly Address[] {
    return [...this.#byAddress.keys()];
  }

  rentExemption(bytes: number): bigint {
    return this.#svm.minimumBalanceForRentExemption(BigInt(bytes));
  }

  transaction(signature: string): SvmTransaction | undefined {
    return this.#bySignature.get(signature);
  }

  /** Oldest first. */
  transactionsOf(of: Address): readonly SvmTransaction[] {
    return this.#byAddress.get(of) ?? [];
  }

  /** A program that is there from the first slot on: nobody may change it. */
  addProgram(at: Address, code: Uint8Array): void {
    assert(this.#bySignature.size === 0, "nothing stands in the cluster yet");
    this.#svm.addProgram(at, code);
  }

  /** Lamports out of nothing: for the cluster's first account, before anything else stands in it. */
  fund(to: Address, amount: Lamports): void {
    assert(this.#bySignature.size === 0, "nothing stands in the cluster yet");
    this.#svm.airdrop(to, amount);
  }

  simulate(read: ReadTransaction): SvmOutcome {
    const refused = this.#refusalOf(read);
    if (refused !== undefined) return { error: refused, logs: [], units: 0n };
    const result = this.#svm.simulateTransaction(read.transaction);
    const error = result instanceof FailedTransactionMetadata ? toTransactionError(result) : null;
    return { error, logs: result.meta().logs(), units: result.meta().computeUnitsConsumed() };
  }

  /** Executes a transaction in the slot that runs. One that fails in an instruction stands there too, and pays its fee; any other is refused. */
  send(read: ReadTransaction): { readonly kind: "stands" } | { readonly kind: "refused"; readonly error: Wire } {
    const refused = this.#refusalOf(read);
    if (refused !== undefined) return { kind: "refused", error: refused };
    if (this.#bySignature.size >= TRANSACTIONS_MAX) throw new RpcRefusal(RPC_CODES.internal, "the cluster is full");
    const before = read.accounts.map((address) => this.#svm.getAccount(address));
    const result = this.#svm.sendTransaction(read.transaction);
    const hasFailed = result instanceof FailedTransactionMetadata;
    const error = hasFailed ? toTransactionError(result) : null;
    if (error !== null && !isExecutionError(error)) return { kind: "refused", error };
    const meta = hasFailed ? result.meta() : result;
    this.#keep({ read, before, outcome: { error, logs: meta.logs(), units: meta.computeUnitsConsumed() } });
    return { kind: "stands" };
  }

  #keep(parts: {
    readonly read: ReadTransaction;
    readonly before: readonly MaybeEncodedAccount[];
    readonly outcome: SvmOutcome;
  }): void {
    const { read, before, outcome } = parts;
    const after = read.accounts.map((address) => this.#svm.getAccount(address));
    for (const [index, account] of before.entries())
      if (read.writable.includes(index)) this.#history.record(this.#slot, account);
    const kept: SvmTransaction = {
      ...outcome,
      slot: this.#slot,
      read,
      lamports: before.map((account, index) => ({ before: lamportsOf(account), after: lamportsOf(after[index]) })),
      tokensBefore: this.#tokensOf(before),
      tokensAfter: this.#tokensOf(after),
    };
    this.#bySignature.set(read.signature, kept);
    for (const address of read.accounts) this.#byAddress.set(address, [...this.transactionsOf(address), kept]);
  }

  #refusalOf({ lifetime, signature }: ReadTransaction): string | undefined {
    if (!this.isBlockhashValid(lifetime)) return "BlockhashNotFound";
    return this.#bySignature.has(signature) ? "AlreadyProcessed" : undefined;
  }

  #tokensOf(accounts: readonly MaybeEncodedAccount[]): readonly TokenBalance[] {
    return accounts.flatMap((account, accountIndex) => {
      const token = readTokenAccount(account);
      if (token === undefined) return [];
      return [{ accountIndex, decimals: readDecimals(this.#svm.getAccount(token.mint)) ?? 0, ...token }];
    });
  }

  #enter(slot: number): void {
    this.#slot = slot;
    this.#svm.setClock(new Clock(BigInt(slot), BigInt(this.timeOf(0)), 0n, 0n, BigInt(this.timeOf(slot))));
    const hash = hashOfSlot(this.#parts.seed, slot, this.#fork);
    this.#blockhashes.set(hash, { hash, slot });
    for (const [name, known] of this.#blockhashes)
      if (known.slot < slot - BLOCKHASH_SLOTS) this.#blockhashes.delete(name);
  }

  #restore(account: MaybeEncodedAccount): void {
    const gone = { executable: false, lamports: lamports(0n), programAddress: SYSTEM_PROGRAM, space: 0n };
    this.#svm.setAccount(account.exists ? account : { ...gone, address: account.address, data: new Uint8Array(0) });
  }
}

function lamportsOf(account: MaybeEncodedAccount | undefined): bigint {
  return account?.exists === true ? account.lamports : 0n;
}
