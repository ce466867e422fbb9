import {
  type ChainReader,
  type ChainWriter,
  type LaneRecord,
  listSessions,
  type NetworkProfile,
  type NodeRecord,
  readHead,
  readLane,
  readNode,
  readSession,
  readSettlements,
  readSpendingKey,
  readStake,
  type SessionRecord,
  type Settlement,
  type SettlementRecord,
  type SpendingKeyRecord,
  sendSettlement,
  settlementId,
} from "@cortensor/chain";
import type { Address, Bytes32, UnixSeconds } from "@cortensor/protocol";

/** What a router asks of its chain. */
export type RouterChain = {
  readonly profile: NetworkProfile;
  readHead(): Promise<{ readonly blockNumber: bigint; readonly timestamp: UnixSeconds }>;
  readNode(signer: Address): Promise<NodeRecord | undefined>;
  /** Stake behind an operator, in wei. */
  readStakeWei(operator: Address): Promise<bigint>;
  listAccounts(range: { readonly fromBlock: bigint; readonly toBlock: bigint }): Promise<readonly number[]>;
  readSession(account: number): Promise<SessionRecord | undefined>;
  readLane(account: number): Promise<LaneRecord>;
  readSpendingKey(request: { readonly account: number; readonly key: Address }): Promise<SpendingKeyRecord>;
  settlementId(settlement: Settlement): Bytes32;
  /** Sends, and resolves when it is in a block. Rejects when it would revert. */
  sendSettlement(settlement: Settlement): Promise<{ readonly txHash: Bytes32; readonly blockNumber: bigint }>;
  /** Settlements of this lane in a range of blocks. */
  readSettlements(range: {
    readonly fromBlock: bigint;
    readonly toBlock: bigint;
  }): Promise<readonly SettlementRecord[]>;
  /** Whether a transaction of the settling account waits to be put in a block. */
  hasPendingTransaction(): Promise<boolean>;
};

/** The chain as one lane's router uses it. The writer must be the lane's operator or one of its registered routers. */
export function createRouterChain(parts: {
  readonly reader: ChainReader;
  readonly writer: ChainWriter;
  readonly lane: Address;
}): RouterChain {
  const { reader, writer, lane } = parts;
  return {
    profile: reader.profile,
    readHead: () => readHead(reader),
    readNode: (signer) => readNode(reader, signer),
    readStakeWei: async (operator) => (await readStake(reader, operator)).stakedWei,
    listAccounts: async (range) => (await listSessions(reader, range)).map(({ account }) => account),
    readSession: (account) => readSession(reader, account),
    readLane: (account) => readLane(reader, { account, lane }),
    readSpendingKey: ({ account, key }) => readSpendingKey(reader, { account, key }),
    settlementId,
    sendSettlement: (settlement) => sendSettlement(writer, settlement),
    readSettlements: (range) => readSettlements(reader, { ...range, lane }),
    hasPendingTransaction: async () => {
      const { client } = writer;
      const [mined, known] = await Promise.all([
        client.getTransactionCount({ address: writer.account, blockTag: "latest" }),
        client.getTransactionCount({ address: writer.account, blockTag: "pending" }),
      ]);
      return known > mined;
    },
  };
}
