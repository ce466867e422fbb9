import {
  addDedicatedNode,
  addSpendingKey,
  type ChainReceipt,
  type ChainWriter,
  type CompleteSessionParams,
  createChainWriter,
  type Deployment,
  depositToSession,
  finaliseClose,
  type ListedSessionCredit,
  listSessionCredits,
  listSessions,
  openSession,
  readLane,
  readSession,
  readSpendingKey,
  removeDedicatedNode,
  requestClose,
  revokeSpendingKey,
  type SessionParams,
  type SessionRecord,
  type SpendingKeyRecord,
  setAllotment,
  updateSession,
} from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  type Hex,
  hashAccess,
  hashDebit,
  paymentDomain,
  signDigest,
  typedDataDigest,
} from "@cortensor/protocol";
import type { LaneStatus } from "./networkShapes.js";
import { SdkError } from "./sdkError.js";

/** A session owner's key and the network it is used on. The key signs here and is never sent. */
export type Wallet = {
  readonly privateKey: Hex;
  readonly deployment: Deployment;
  /** RPC URLs to ask instead of the deployment's own. */
  readonly rpcUrls?: readonly string[];
  /** Index of the session to spend from. Default: the one that this client opened last. */
  readonly account?: number;
  /** Most wei of COR that one debit may add unasked. Default: what the router allows between debits, twice. */
  readonly debitStepWeiMax?: bigint;
};

export type NewSession = {
  readonly name: string;
  readonly depositWei: bigint;
  /** Part of the deposit that this router's operator may be paid from. Default: all of it. */
  readonly allotmentWei?: bigint;
  /** Default: the operator of the router that the client talks to. */
  readonly lane?: Address;
  readonly params?: Omit<SessionParams, "name">;
  /** Nodes to dedicate to it, by the addresses that they sign with; at most 64. */
  readonly dedicatedNodes?: readonly Address[];
};
/** What of a session's parameters is to be another; the rest stays. */
export type SessionChange = { readonly account: number; readonly params: Partial<SessionParams> };
export type OpenedSession = { readonly account: number; readonly sessionId: Bytes32; readonly txHash: Bytes32 };
export type OwnedSession = SessionRecord & {
  /** What this operator's lane may spend and has settled. */
  readonly allotmentWei: bigint;
  readonly settledWei: bigint;
  /** What operators gave it back, oldest first: for promises that were missed, and tasks that were cut. */
  readonly credits: readonly ListedSessionCredit[];
  /** The router's spending key, if it ever was given one; what it says of caps and spending is the chain's. */
  readonly delegation?: SpendingKeyRecord;
};

/** What the router may sign of a session, in place of its owner. */
export type Delegation = {
  readonly account: number;
  /** Most wei of COR in one epoch of the chain; what an epoch leaves is not added to the next. */
  readonly capPerEpochWei: bigint;
  readonly totalCapWei: bigint;
  /** Chain time in seconds; epochs that begin before it may be spent in. */
  readonly expires: number;
  /** Default: the key that the router publishes. */
  readonly key?: Address;
};

/** A router, as far as sessions name it. */
export type LaneHolder = { readonly operator: Address; readonly spendingKey?: Address | undefined };

/** What a wallet does on chain and with its signature. Every method is one or a few transactions of the owner. */
export type WalletDesk = {
  readonly chain: ChainWriter;
  openSession(session: NewSession & { readonly lane: Address }): Promise<OpenedSession>;
  updateSession(change: SessionChange): Promise<ChainReceipt>;
  dedicate(request: { readonly account: number; readonly node: Address }): Promise<ChainReceipt>;
  undedicate(request: { readonly account: number; readonly node: Address }): Promise<ChainReceipt>;
  topUp(request: { readonly account: number; readonly wei: bigint; readonly lane: Address }): Promise<ChainReceipt>;
  closeSession(account: number): Promise<{ readonly closeAt: number; readonly txHash: Bytes32 }>;
  finaliseSession(account: number): Promise<{ readonly refundWei: bigint; readonly txHash: Bytes32 }>;
  listSessions(router: LaneHolder): Promise<readonly OwnedSession[]>;
  delegate(delegation: Delegation & { readonly key: Address }): Promise<ChainReceipt>;
  revokeDelegation(request: { readonly account: number; readonly key: Address }): Promise<ChainReceipt>;
  signAccess(request: { readonly account: number; readonly lane: Address; readonly expires: number }): Hex;
  signDebit(lane: LaneStatus, expected: { readonly account: number; readonly lane: Address }): Hex;
};

export function createWalletDesk(wallet: Wallet): WalletDesk {
  const { deployment, rpcUrls = deployment.rpcUrls } = wallet;
  const chain = createChainWriter({ profile: { ...deployment, rpcUrls }, privateKey: wallet.privateKey });
  const domain = paymentDomain({ chainId: deployment.chainId, payment: deployment.addresses.sessionPayment });
  const sign = (structHash: Bytes32) => signDigest(typedDataDigest(domain, structHash), wallet.privateKey);
  return {
    chain,
    async openSession({ name, depositWei, allotmentWei, lane, params, dedicatedNodes = [] }) {
      const { account, sessionId, txHash } = await openSession(chain, { ...params, name });
      for (const node of dedicatedNodes) await addDedicatedNode(chain, { account, node });
      await depositToSession(chain, { account, wei: depositWei });
      await setAllotment(chain, { account, lane, wei: allotmentWei ?? depositWei });
      return { account, sessionId, txHash };
    },
    async updateSession({ account, params }) {
      const session = await readSession(chain, account);
      if (session === undefined) throw new SdkError({ code: "SDK_UNKNOWN_SESSION", account });
      return updateSession(chain, { account, params: { ...paramsOf(session), ...params } });
    },
    dedicate: (request) => addDedicatedNode(chain, request),
    undedicate: (request) => removeDedicatedNode(chain, request),
    async topUp({ account, wei, lane }) {
      await depositToSession(chain, { account, wei });
      const { allotmentWei } = await readLane(chain, { account, lane });
      return setAllotment(chain, { account, lane, wei: allotmentWei + wei });
    },
    async closeSession(account) {
      const { closeAt, txHash } = await requestClose(chain, account);
      return { closeAt, txHash };
    },
    async finaliseSession(account) {
      const { refundWei, txHash } = await finaliseClose(chain, account);
      return { refundWei, txHash };
    },
    async listSessions(router) {
      const opened = await listSessions(chain, { owner: chain.account });
      const found = await Promise.all(opened.map(({ account }) => readOwned(chain, { account, router })));
      return found.filter((session) => session !== undefined);
    },
    delegate: (delegation) => addSpendingKey(chain, delegation),
    revokeDelegation: (request) => revokeSpendingKey(chain, request),
    signAccess: (access) => sign(hashAccess(access)),
    signDebit(lane, expected) {
      checkDebit(lane, { expected, stepWeiMax: wallet.debitStepWeiMax ?? lane.chunkWei * 2n });
      return sign(hashDebit(lane.nextDebit));
    },
  };
}

async function readOwned(
  chain: ChainWriter,
  { account, router }: { readonly account: number; readonly router: LaneHolder },
): Promise<OwnedSession | undefined> {
  const session = await readSession(chain, account);
  if (session === undefined) return undefined;
  const { operator, spendingKey } = router;
  const [lane, credits, delegation] = await Promise.all([
    readLane(chain, { account, lane: operator }),
    listSessionCredits(chain, account),
    spendingKey === undefined ? undefined : readSpendingKey(chain, { account, key: spendingKey }),
  ]);
  const isKnown = delegation !== undefined && delegation.state !== "none";
  const { allotmentWei, cumulativeWei: settledWei } = lane;
  return { ...session, allotmentWei, settledWei, credits, ...(isKnown ? { delegation } : {}) };
}

/** A session's own parameters, without what else is known of it. */
function paramsOf(session: SessionRecord): CompleteSessionParams {
  const { name, metadata, minNumOfNodes, maxNumOfNodes, redundant, numOfValidatorNodes, mode, sla } = session;
  const { reserveEphemeralNodes, modelIdentifier, reservePeriod, maxTaskExecutionCount } = session;
  const { privacy, engine, auditMode } = session;
  return {
    ...{ name, metadata, minNumOfNodes, maxNumOfNodes, redundant, numOfValidatorNodes, mode, sla },
    ...{ reserveEphemeralNodes, modelIdentifier, reservePeriod, maxTaskExecutionCount },
    ...{ privacy, engine, auditMode },
  };
}

/** A router asks; the client only signs for its own account, in this router's lane, and no more than it agreed to at once. */
function checkDebit(
  { nextDebit, debitedWei }: LaneStatus,
  { expected, stepWeiMax }: { expected: { account: number; lane: Address }; stepWeiMax: bigint },
): void {
  const { account, lane, cumulativeWei } = nextDebit;
  if (account !== expected.account || lane !== expected.lane) {
    throw new SdkError({ code: "SDK_FOREIGN_DEBIT", account, lane });
  }
  const wei = cumulativeWei - debitedWei;
  if (wei > stepWeiMax) throw new SdkError({ code: "SDK_DEBIT_TOO_LARGE", wei, weiMax: stepWeiMax });
}
