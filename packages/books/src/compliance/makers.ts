import {
  type Address,
  type Bytes32,
  keccak256,
  type Payee,
  payeesHash,
  type Receipt,
  resultsHash,
  type SignedDebit,
  splitsHash,
  splitsOf,
  utf8ToBytes,
} from "@cortensor/protocol";
import type { ApiKeyRecord, BookedReceipt, BookedSession, TaskFee } from "../books.js";

export const LANE: Address = "0x00000000000000000000000000000000000000aa";
export const MINER: Address = "0x00000000000000000000000000000000000000b1";
export const OTHER_MINER: Address = "0x00000000000000000000000000000000000000b2";

/** A word that stands for a name: the same name, the same word. */
export function word(name: string): Bytes32 {
  return keccak256(utf8ToBytes(name));
}

export function aSession(over: Partial<BookedSession> & { readonly account: number }): BookedSession {
  return {
    session: word(`session ${over.account}`),
    owner: MINER,
    custody: "custodial",
    sessionClass: "unvalidated",
    allotmentWei: 1_000n,
    ...over,
  };
}

export function aKey(over: Partial<ApiKeyRecord> & { readonly account: number; readonly name: string }): ApiKeyRecord {
  return { keyHash: word(`key ${over.name}`), revoked: false, ...over };
}

export type ReceiptWishes = {
  readonly task: string;
  readonly account: number;
  readonly feeWei: bigint;
  readonly keyHash?: Bytes32;
  readonly payees?: readonly Payee[];
  readonly createdAtMs?: number;
  readonly finish?: Receipt["finish"];
  readonly epoch?: number;
};

/** The fee of a task that `aReceipt` makes the receipt of. */
export function aFee(task: string, feeWei: bigint): TaskFee {
  return { taskId: word(`task ${task}`), feeWei };
}

export function aReceipt(wishes: ReceiptWishes): BookedReceipt {
  const { task, account, feeWei } = wishes;
  const payees = wishes.payees ?? [{ miner: MINER, replica: 0, segment: 0, from: 0, to: 7, wei: feeWei }];
  const results = payees.map((_, index) => word(`result ${task} ${index}`));
  const receipt: Receipt = {
    taskId: word(`task ${task}`),
    account,
    operator: LANE,
    resultsHash: resultsHash(results),
    payeesHash: payeesHash(payees),
    feeWei,
    nIn: 11,
    nOut: 7,
    custody: "custodial",
    finish: wishes.finish ?? "stop",
    epoch: wishes.epoch ?? 3,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
  };
  return {
    receipt,
    payees,
    results,
    proof: {
      batch: { root: word(`root ${task}`), count: 2, sequence: 5 },
      signer: OTHER_MINER,
      signature: `0x${"1b".repeat(33)}${word(`signature ${task}`).slice(2)}`,
      path: [word(`sibling ${task}`)],
    },
    createdAtMs: wishes.createdAtMs ?? 1_700_000_000_123,
    ...(wishes.keyHash === undefined ? {} : { keyHash: wishes.keyHash }),
  };
}

export function aDebit(account: number, cumulativeWei: bigint, lane: Address = LANE): SignedDebit {
  const debit = { account, lane, cumulativeWei, receiptsRoot: word(`root ${cumulativeWei}`), count: 1, epoch: 3 };
  return { debit, signature: `0x${"2c".repeat(65)}` };
}
