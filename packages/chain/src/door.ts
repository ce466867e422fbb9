import type { Address, Bytes32, Hex, SignedDebit, UnixSeconds } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import type { NetworkProfile } from "./profile.js";

function soon(): never {
  throw new Error("comes with the ABIs");
}

/** Reads one network. Stateless; safe to share. */
export type ChainReader = { readonly profile: NetworkProfile; readonly client: PublicClient };
/** A transaction that is in a block and did not revert. */
export type ChainReceipt = { readonly txHash: Bytes32; readonly blockNumber: bigint; readonly gasUsed: bigint };
/** Reads and sends as one account. Sends go through one serial queue, so nonces never collide. */
export type ChainWriter = ChainReader & { readonly account: Address };

export function createChainReader(_request: { readonly profile: NetworkProfile }): ChainReader {
  return soon();
}
export function createChainWriter(_request: {
  readonly profile: NetworkProfile;
  readonly privateKey: Hex;
}): ChainWriter {
  return soon();
}

/** Deploys every contract of a network. Idempotent: steps found in `saved` are verified on chain and reused. */
export async function deployNetwork(_request: {
  readonly name: string;
  readonly chainId: number;
  readonly rpcUrls: readonly string[];
  readonly privateKey: Hex;
  /** 600 in production, 30 on local profiles. */
  readonly epochSeconds: number;
  /** Treasury's share of each settlement in basis points, and where it goes. */
  readonly treasury?: { readonly address: Address; readonly bps: number };
  readonly saved?: PartialDeployment;
  /** Called after each step; persist it, and pass it as `saved` to resume. */
  readonly save: (partial: PartialDeployment) => void | Promise<void>;
}): Promise<NetworkProfile> {
  return soon();
}
export type PartialDeployment = {
  readonly chainId: number;
  readonly t0?: number;
  readonly deployBlock?: string;
  readonly addresses: Partial<NetworkProfile["addresses"]>;
  /** Calls that were made after deployment. */
  readonly done: readonly string[];
};

export const NODE_ROLES = ["router", "miner", "guard"] as const;
export type NodeRole = (typeof NODE_ROLES)[number];
export type NodeRecord = {
  readonly id: number;
  /** The operator. */
  readonly owner: Address;
  readonly signer: Address;
  /** X25519 public key for sealed prompts; zero when none. */
  readonly sealingKey: Bytes32;
  readonly roles: readonly NodeRole[];
  readonly peerId: string;
  readonly endpoint: string;
  readonly metadata: string;
  readonly registeredAt: UnixSeconds;
  /** 0 while active. A signer that has left can't come back. */
  readonly leftAt: UnixSeconds;
};
/** Undefined: no node ever had this signing address. */
export async function readNode(_chain: ChainReader, _signer: Address): Promise<NodeRecord | undefined> {
  return soon();
}
export async function listNodes(
  _chain: ChainReader,
  _options?: { readonly role?: NodeRole },
): Promise<readonly NodeRecord[]> {
  return soon();
}
/** The writer becomes the node's owner (operator); the signing key proves its consent. */
export async function registerNode(
  _chain: ChainWriter,
  _node: {
    readonly signerKey: Hex;
    readonly roles: readonly NodeRole[];
    readonly sealingKey?: Bytes32;
    readonly peerId?: string;
    readonly endpoint?: string;
    readonly metadata?: string;
  },
): Promise<ChainReceipt & { readonly nodeId: number; readonly signer: Address }> {
  return soon();
}
export async function leaveNode(_chain: ChainWriter, _signer: Address): Promise<ChainReceipt> {
  return soon();
}

/** Approves when needed, then stakes for `operator` (default: the writer). */
export async function stake(
  _chain: ChainWriter,
  _request: { readonly wei: bigint; readonly operator?: Address },
): Promise<ChainReceipt> {
  return soon();
}
export type StakeRecord = {
  readonly stakedWei: bigint;
  readonly unstakingWei: bigint;
  readonly unstakeAt: UnixSeconds;
  readonly viewWei: bigint;
};
export async function readStake(_chain: ChainReader, _operator: Address): Promise<StakeRecord> {
  return soon();
}

/** Cortensor's session parameters, in Cortensor's words. Omitted fields take the defaults noted. */
export type SessionParams = {
  readonly name: string;
  /** Free text or a CID; default "". */
  readonly metadata?: string;
  /** Default 1. */
  readonly minNumOfNodes?: number;
  /** Default 1. */
  readonly maxNumOfNodes?: number;
  /** Copies of each task, 1…7; default 1. */
  readonly redundant?: number;
  /** Default 0. */
  readonly numOfValidatorNodes?: number;
  /** Default "ephemeral". */
  readonly mode?: "ephemeral" | "dedicated" | "hybrid";
  /** Default false. */
  readonly reserveEphemeralNodes?: boolean;
  /** Least level of a node, 0…10; default 0. */
  readonly sla?: number;
  /** A model id, or zero for any. */
  readonly modelIdentifier?: Bytes32;
  /** Seconds; default 0. */
  readonly reservePeriod?: number;
  /** 0 is unlimited; default 0. */
  readonly maxTaskExecutionCount?: number;
  /** Default "open". */
  readonly privacy?: "open" | "sealed" | "private";
  /** Default "proved". */
  readonly engine?: "proved" | "any";
  /** Default "none" for open sessions, "canary" otherwise. */
  readonly auditMode?: "none" | "canary" | "auditable";
};
/** The writer becomes the session's owner. `account` is the index that debits name, `sessionId` the `session` of a Task. */
export async function openSession(
  _chain: ChainWriter,
  _params: SessionParams,
): Promise<ChainReceipt & { readonly account: number; readonly sessionId: Bytes32 }> {
  return soon();
}
export type SessionRecord = Required<SessionParams> & {
  readonly account: number;
  readonly sessionId: Bytes32;
  readonly owner: Address;
  readonly active: boolean;
  readonly createdAt: UnixSeconds;
  /** Deposited, less what was refunded; spent amounts are still in it. */
  readonly depositWei: bigint;
  /** Part of the deposit that lanes may spend. */
  readonly allottedWei: bigint;
  /** When the account may be finalised; 0 while open. */
  readonly closeAt: UnixSeconds;
  /** Finalised: every lane is cut to what it spent. */
  readonly closed: boolean;
  /** Router operators that have, or had, a lane. */
  readonly lanes: readonly Address[];
};
/** Undefined: no such account. */
export async function readSession(_chain: ChainReader, _account: number): Promise<SessionRecord | undefined> {
  return soon();
}
/** Accounts opened in a block range, oldest first. */
export async function listSessions(
  _chain: ChainReader,
  _options?: { readonly owner?: Address; readonly fromBlock?: bigint; readonly toBlock?: bigint },
): Promise<
  readonly {
    readonly account: number;
    readonly sessionId: Bytes32;
    readonly owner: Address;
    readonly blockNumber: bigint;
  }[]
> {
  return soon();
}

/** Lets SessionPayment take `wei` of the writer's COR. */
export async function approveCor(
  _chain: ChainWriter,
  _request: { readonly spender?: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return soon();
}
/** Signs a permit and deposits in one transaction. */
export async function depositToSession(
  _chain: ChainWriter,
  _request: { readonly account: number; readonly wei: bigint },
): Promise<ChainReceipt> {
  return soon();
}
/** Raises at once; a lower amount holds 24 h later, after `applyAllotment`. */
export async function setAllotment(
  _chain: ChainWriter,
  _request: { readonly account: number; readonly lane: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return soon();
}
export async function applyAllotment(
  _chain: ChainWriter,
  _request: { readonly account: number; readonly lane: Address },
): Promise<ChainReceipt> {
  return soon();
}
export type LaneRecord = {
  readonly allotmentWei: bigint;
  readonly cumulativeWei: bigint;
  /** Receipts under the last settled debit. */
  readonly count: number;
  /** A lower allotment that waits; undefined when none does. */
  readonly lowering?: { readonly toWei: bigint; readonly at: UnixSeconds };
};
export async function readLane(
  _chain: ChainReader,
  _request: { readonly account: number; readonly lane: Address },
): Promise<LaneRecord> {
  return soon();
}

/** Lets `key` (held by the lane's router) sign debits within caps. A key can be added once. */
export async function addSpendingKey(
  _chain: ChainWriter,
  _request: {
    readonly account: number;
    readonly lane: Address;
    readonly key: Address;
    readonly capPerEpochWei: bigint;
    readonly capTotalWei: bigint;
    readonly expires: UnixSeconds;
  },
): Promise<ChainReceipt> {
  return soon();
}
/** Takes effect with the next epoch: work of the running one may still be settled, within its cap. */
export async function revokeSpendingKey(
  _chain: ChainWriter,
  _request: { readonly account: number; readonly lane: Address; readonly key: Address },
): Promise<ChainReceipt> {
  return soon();
}
export type SpendingKeyRecord = {
  readonly state: "none" | "active" | "revoked";
  readonly capPerEpochWei: bigint;
  readonly capTotalWei: bigint;
  readonly expires: UnixSeconds;
  readonly spentTotalWei: bigint;
  readonly spentInEpochWei: bigint;
  readonly epoch: number;
};
export async function readSpendingKey(
  _chain: ChainReader,
  _request: { readonly account: number; readonly lane: Address; readonly key: Address },
): Promise<SpendingKeyRecord> {
  return soon();
}

export async function requestClose(
  _chain: ChainWriter,
  _account: number,
): Promise<ChainReceipt & { readonly closeAt: UnixSeconds }> {
  return soon();
}
/** 24 h after `requestClose`: cuts every lane to what it spent and refunds the rest to the owner. */
export async function finaliseClose(
  _chain: ChainWriter,
  _account: number,
): Promise<ChainReceipt & { readonly refundWei: bigint }> {
  return soon();
}

/** What one payee gets from a settlement. */
export type Credit = { readonly payee: Address; readonly wei: bigint };
/**
 * One settlement of one lane. Conservation, enforced on chain: sum(credits) + treasury share <= sum(debits' deltas);
 * what is left over is credited to the lane's operator.
 */
export type Settlement = {
  readonly lane: Address;
  readonly debits: readonly SignedDebit[];
  readonly credits: readonly Credit[];
  /** Merkle root of the settlement set. */
  readonly settlementRoot: Bytes32;
  /** keccak256 or sha-256 digest of the CID of the leaf set. */
  readonly setCid: Bytes32;
};
/** Calldata of `SessionPayment.settle`. `signature`: the lane's router over the settlement; omit when the sender is the lane's operator or one of its registered routers. */
export function encodeSettlement(_settlement: Settlement & { readonly signature?: Hex }): Hex {
  return soon();
}
export function decodeSettlement(_data: Hex): Settlement & { readonly signature: Hex } {
  return soon();
}
/** The id under which the chain chains this settlement: equal content, equal id. */
export function settlementId(_settlement: Settlement): Bytes32 {
  return soon();
}
/** Sends a settlement; the writer must be the lane's operator or one of its registered routers unless a signature is given. */
export async function sendSettlement(
  _chain: ChainWriter,
  _settlement: Settlement & { readonly signature?: Hex },
): Promise<ChainReceipt & { readonly settlementId: Bytes32 }> {
  return soon();
}
export type SettlementRecord = Omit<Settlement, "debits"> & {
  readonly settlementId: Bytes32;
  readonly debits: readonly SignedDebit[];
  readonly debitedWei: bigint;
  readonly treasuryWei: bigint;
  /** Left over for the lane's operator. */
  readonly operatorWei: bigint;
  readonly txHash: Bytes32;
  readonly blockNumber: bigint;
};
/** Settlements in a block range, oldest first. */
export async function readSettlements(
  _chain: ChainReader,
  _range: { readonly fromBlock: bigint; readonly toBlock: bigint; readonly lane?: Address },
): Promise<readonly SettlementRecord[]> {
  return soon();
}

export async function readCredit(_chain: ChainReader, _payee: Address): Promise<bigint> {
  return soon();
}
/** Withdraws the writer's credit: all of it, or `wei`. */
export async function withdrawCredit(
  _chain: ChainWriter,
  _request?: { readonly wei?: bigint; readonly to?: Address },
): Promise<ChainReceipt & { readonly wei: bigint }> {
  return soon();
}
export async function transferCor(
  _chain: ChainWriter,
  _request: { readonly to: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return soon();
}
export async function readCorBalance(_chain: ChainReader, _holder: Address): Promise<bigint> {
  return soon();
}
/** Pays for gas on local chains: native coin. */
export async function transferNative(
  _chain: ChainWriter,
  _request: { readonly to: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return soon();
}
export type BondRecord = { readonly bondWei: bigint; readonly exitingWei: bigint; readonly exitAt: UnixSeconds };
export async function readBond(_chain: ChainReader, _operator: Address): Promise<BondRecord> {
  return soon();
}
export async function depositBond(
  _chain: ChainWriter,
  _request: { readonly wei: bigint; readonly operator?: Address },
): Promise<ChainReceipt> {
  return soon();
}
/** Chain head: number and time. */
export async function readHead(
  _chain: ChainReader,
): Promise<{ readonly blockNumber: bigint; readonly timestamp: UnixSeconds }> {
  return soon();
}
/** Epoch of a chain time. */
export function epochAt(_profile: Pick<NetworkProfile, "t0" | "epochSeconds">, _time: UnixSeconds): number {
  return soon();
}
/** How a fee is shared by default, in basis points that sum to 10,000. */
export const DEFAULT_SPLIT = { minersBps: 9_200, routerBps: 500, treasuryBps: 300 } as const;
/** Parts of a fee that sum to it exactly. The miners' part is rounded up, the treasury's down; the router has the rest. */
export function splitFee(
  _feeWei: bigint,
  _split?: { readonly minersBps: number; readonly routerBps: number; readonly treasuryBps: number },
): { readonly minersWei: bigint; readonly routerWei: bigint; readonly treasuryWei: bigint } {
  return soon();
}
