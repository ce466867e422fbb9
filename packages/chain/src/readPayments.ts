import type { Address, Bytes32, UnixSeconds } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { corAbi } from "./generated/Cor.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";

/** Which balances to read: lanes by account, payees by lane. */
export type PaymentQuery = {
  readonly accounts: ReadonlyMap<number, readonly Address[]>;
  readonly operators: ReadonlyMap<Address, readonly Address[]>;
};

/** Balances of SessionPayment as its state has them at one block, in wei of COR. */
export type PaymentRecord = {
  readonly atSeconds: UnixSeconds;
  readonly heldWei: bigint;
  readonly accounts: ReadonlyMap<number, AccountRecord>;
  readonly operators: ReadonlyMap<Address, OperatorRecord>;
};

export type AccountRecord = {
  readonly depositWei: bigint;
  readonly allottedWei: bigint;
  readonly closeAt: UnixSeconds;
  readonly closed: boolean;
  readonly lanes: ReadonlyMap<
    Address,
    { readonly allotmentWei: bigint; readonly cumulativeWei: bigint; readonly count: number }
  >;
};

export type OperatorRecord = {
  readonly credits: ReadonlyMap<Address, { readonly creditedWei: bigint; readonly withdrawnWei: bigint }>;
  readonly maturedWei: bigint;
  readonly maturingWei: bigint;
  readonly head: Bytes32;
};

/** Reads all named balances at one block, a few at once. The RPC must still have that block's state. */
export async function readPayments(
  chain: ChainReader,
  { query, blockNumber }: { readonly query: PaymentQuery; readonly blockNumber: bigint },
): Promise<PaymentRecord> {
  const { client, profile } = chain;
  const { cor, sessionPayment } = profile.addresses;
  const [block, heldWei] = await chainCall(
    "readPayments",
    Promise.all([
      client.getBlock({ blockNumber }),
      client.readContract({
        address: cor,
        abi: corAbi,
        functionName: "balanceOf",
        args: [sessionPayment],
        blockNumber,
      }),
    ]),
  );
  const accounts = new Map<number, AccountRecord>();
  for (const [account, lanes] of query.accounts) {
    accounts.set(account, await chainCall("readPayments", readAccount(chain, { account, lanes, blockNumber })));
  }
  const operators = new Map<Address, OperatorRecord>();
  for (const [lane, payees] of query.operators) {
    operators.set(lane, await chainCall("readPayments", readOperator(chain, { lane, payees, blockNumber })));
  }
  return { atSeconds: Number(block.timestamp), heldWei, accounts, operators };
}

async function readAccount(
  { client, profile }: ChainReader,
  parts: { readonly account: number; readonly lanes: readonly Address[]; readonly blockNumber: bigint },
): Promise<AccountRecord> {
  const { account, blockNumber } = parts;
  const payment = { address: profile.addresses.sessionPayment, abi: sessionPaymentAbi, blockNumber } as const;
  const { depositWei, allottedWei, closeAt, closed } = await client.readContract({
    ...payment,
    functionName: "accountOf",
    args: [account],
  });
  const lanes = await readEach(parts.lanes, async (lane) => {
    const line = await client.readContract({ ...payment, functionName: "laneOf", args: [account, lane] });
    return { allotmentWei: line.allotmentWei, cumulativeWei: line.cumulativeWei, count: line.count };
  });
  return { depositWei, allottedWei, closeAt: Number(closeAt), closed, lanes };
}

async function readOperator(
  { client, profile }: ChainReader,
  parts: { readonly lane: Address; readonly payees: readonly Address[]; readonly blockNumber: bigint },
): Promise<OperatorRecord> {
  const { lane, blockNumber } = parts;
  const payment = { address: profile.addresses.sessionPayment, abi: sessionPaymentAbi, blockNumber } as const;
  const [[maturedWei, maturingWei], head] = await Promise.all([
    client.readContract({ ...payment, functionName: "earningsOf", args: [lane] }),
    client.readContract({ ...payment, functionName: "headOf", args: [lane] }),
  ]);
  const credits = await readEach(parts.payees, async (payee) => {
    const credit = await client.readContract({ ...payment, functionName: "creditOf", args: [lane, payee] });
    return { creditedWei: credit.creditedWei, withdrawnWei: credit.withdrawnWei };
  });
  return { credits, maturedWei, maturingWei, head };
}

/** Reads asked at once. */
const READS_AT_ONCE = 16;

async function readEach<Value>(
  keys: readonly Address[],
  read: (key: Address) => Promise<Value>,
): Promise<ReadonlyMap<Address, Value>> {
  const values = new Map<Address, Value>();
  for (let from = 0; from < keys.length; from += READS_AT_ONCE) {
    const some = keys.slice(from, from + READS_AT_ONCE);
    for (const [index, value] of (await Promise.all(some.map(read))).entries()) {
      const key = some[index];
      if (key !== undefined) values.set(key, value);
    }
  }
  return values;
}
