import type { Deployment } from "@cortensor/chain";
import type { Address, Bytes32, Hex, SealAudit, SealSuite, TaskChoice } from "@cortensor/protocol";
import { z } from "zod";
import type { Answer, AnswerEvent, AskMessages, AskOptions, Embeddings } from "./answers.js";
import { createAsk } from "./askRouter.js";
import { createPaidAsks, type PaidAsks } from "./createPaidAsks.js";
import { createPurse, type Purse } from "./createPurse.js";
import { type EpochsView, epochsView, type ShownVirtualBlock, shownVirtualBlock } from "./epochShapes.js";
import { type Evidence, fetchEvidence, fetchRecentTasks } from "./evidence.js";
import { type FetchedReceipt, fetchReceipt, type ReceiptOptions } from "./fetchReceipt.js";
import { type CallOptions, createHttp, type Http } from "./http.js";
import { KnownInfo } from "./knownInfo.js";
import {
  type CreatedKey,
  createdKey,
  type LaneStatus,
  type Model,
  type NetworkEvent,
  type NetworkInfo,
  type NetworkView,
  networkView,
  type ServiceStatus,
  serviceStatus,
} from "./networkShapes.js";
import type { OnboardRequest } from "./onboarding/makeOrder.js";
import { fetchOffer, type Onboarded, type OnboardOptions, onboard } from "./onboarding/onboard.js";
import type { OnboardingOffer } from "./onboarding/onboardingShapes.js";
import { fetchQueueAnswers, type HandedPrompt, handPrompt, type QueueAnswer } from "./queue.js";
import { fetchQuote, type Quote, type QuotedWork, type QuoteOptions } from "./quote.js";
import { SdkError } from "./sdkError.js";
import type { Canaries, CanaryOptions } from "./sealed/canaryDesk.js";
import { createSealedCalls, type SealedCalls, wholeAnswer } from "./sealed/sealedCalls.js";
import type { SealedRecorder } from "./sealed/sealedRecorder.js";
import { fetchSink, type RemovedSink, removeSink, type SinkState, type SinkTargetText, setSink } from "./sink.js";
import { type VectorStoreCalls, vectorStoreCalls } from "./vectorStores.js";
import {
  createWalletDesk,
  type Delegation,
  type NewSession,
  type OpenedSession,
  type OwnedSession,
  type SessionChange,
  type Wallet,
  type WalletDesk,
} from "./wallet.js";
import { watchNetwork } from "./watchNetwork.js";

export type CortensorOptions = {
  /** A router's address, with or without `/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** The session owner's own key: opens sessions, buys access, signs debits. Not needed with an API key. */
  readonly wallet?: Wallet;
  /** `sealed`: chats and completions are readable by the miner chosen alone, unless a call says otherwise. Default: open. */
  readonly privacy?: "open" | "sealed";
  /** How sealed asks agree on keys: `x25519`, or `xwing`, which a quantum computer doesn't open either. Never another in its place. */
  readonly suite?: SealSuite;
  /** Whether sealed asks are sealed to standbys too, unless a call says otherwise: see `AskOptions`. Default: no. */
  readonly standbys?: boolean;
  /** How sealed answers may be checked: see docs/SEALING.md. Default: `canary`. A session that says so on chain has no other. */
  readonly audit?: SealAudit;
  /** Of which canaries are made, how many, and where the client's book of them lies. */
  readonly canaries?: CanaryOptions;
  /** The network, by whose chain sealed asks check what they seal to. Default: the wallet's. */
  readonly deployment?: Deployment;
  /** Where sealed asks are written down, for a sink of the client's own: see docs/SINKS.md. Default: nowhere. */
  readonly recorder?: SealedRecorder;
  /** The operator's token, for `createKey` and `revokeKey`. */
  readonly adminToken?: string;
  /** The operator's token for checkers: `recentTasks`, and `evidence` of any task. */
  readonly auditorToken?: string;
  /** Default of every call, in milliseconds: 120,000. */
  readonly timeoutMs?: number;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** Wall clock in milliseconds. Default: the platform's. */
  readonly nowMs?: () => number;
};

/** One client for everything: inference, receipts, the network, sessions and keys. */
export type Cortensor = {
  chat(messages: AskMessages, options?: AskOptions): Promise<Answer>;
  /** Ends with `end`; a stream that breaks off throws, it never just stops. Leaving the loop cancels the work. */
  streamChat(messages: AskMessages, options?: AskOptions): AsyncIterable<AnswerEvent>;
  complete(prompt: string, options?: AskOptions): Promise<Answer>;
  streamComplete(prompt: string, options?: AskOptions): AsyncIterable<AnswerEvent>;
  embed(
    texts: readonly string[],
    options?: Pick<AskOptions, "model" | "nonce" | keyof TaskChoice> & CallOptions,
  ): Promise<Embeddings>;
  /**
   * What a request would cost at most, without asking it; until the quote expires the router charges no more. Throws SDK_REFUSED with the
   * reason `rate_stale` when LLM tokens are asked for and no rate is in force.
   */
  quote(work: QuotedWork, options?: QuoteOptions): Promise<Quote>;
  /** What canaries among the client's sealed asks found of miners. */
  readonly canaries: Canaries;
  models(options?: CallOptions): Promise<readonly Model[]>;
  info(options?: CallOptions): Promise<NetworkInfo>;
  network(options?: CallOptions): Promise<NetworkView>;
  watch(options?: CallOptions): AsyncIterable<NetworkEvent>;
  /** The running epoch, its guards, and what was posted of the last ones, as the router reads it from the chain. */
  epochs(options?: CallOptions): Promise<EpochsView>;
  /** An epoch's virtual block, and which guards show it. Throws SDK_REFUSED with `virtual_block_not_found` where none does. */
  virtualBlock(epoch: number, options?: CallOptions): Promise<ShownVirtualBlock>;
  /** Fetches a receipt. With `waitMs`, waits that long for one that isn't acknowledged yet. */
  receipt(taskId: string, options?: ReceiptOptions): Promise<FetchedReceipt>;
  /** What a checker needs of a task, from its miners. For whoever asked the task, and for auditors. */
  evidence(taskId: string, options?: CallOptions): Promise<Evidence>;
  /** The latest tasks with a receipt, the latest first, at most 1,000. For auditors. */
  recentTasks(last: number, options?: CallOptions): Promise<readonly Bytes32[]>;
  /** Hands the router the prompt of a task in the session queue that doesn't have it on chain. Needs the session owner's wallet. */
  handPrompt(handed: HandedPrompt, options?: CallOptions): Promise<void>;
  /** What the miners of such a task answered that have committed. Needs the session owner's wallet. */
  queueAnswers(taskId: Bytes32, options?: CallOptions): Promise<readonly QueueAnswer[]>;
  /** Has every task of the wallet's session written to a place of its owner's: see docs/SINKS.md. Needs the session owner's wallet, as do the next two. */
  setSink(target: SinkTargetText, options?: CallOptions): Promise<SinkState>;
  /** Throws SDK_REFUSED with the reason `sink_not_set` where there is none. */
  sink(options?: CallOptions): Promise<SinkState>;
  /** What waits is kept for the session's next sink, or given up. */
  removeSink(request?: { readonly discards?: boolean }, options?: CallOptions): Promise<RemovedSink>;
  /** Vector stores that stand for a place in the caller's own database. */
  readonly vectorStores: VectorStoreCalls;
  openSession(session: NewSession, options?: CallOptions): Promise<OpenedSession>;
  /** What the router sponsors of onboarding. Throws SDK_REFUSED with the status 404 where it sponsors nobody. */
  onboardingOffer(options?: CallOptions): Promise<OnboardingOffer>;
  /** Opens a session by one signature, from any chain of the network, at the router's cost. Needs a wallet. */
  onboard(request: OnboardRequest, options?: OnboardOptions): Promise<Onboarded>;
  /** Changes some of a session's parameters: the router hears of it within its next looks at the chain. */
  updateSession(change: SessionChange): Promise<{ readonly txHash: Bytes32 }>;
  /** Dedicates a node to a session, by the address that it signs with. */
  dedicate(request: { readonly account: number; readonly node: Address }): Promise<{ readonly txHash: Bytes32 }>;
  undedicate(request: { readonly account: number; readonly node: Address }): Promise<{ readonly txHash: Bytes32 }>;
  /** Deposits, and lets the router's operator spend that much more. */
  topUp(
    request: { readonly account: number; readonly wei: bigint },
    options?: CallOptions,
  ): Promise<{ readonly txHash: Bytes32 }>;
  /** Asks for the deposit back; `finaliseSession` pays it out at `closeAt`. */
  closeSession(account: number): Promise<{ readonly closeAt: number; readonly txHash: Bytes32 }>;
  finaliseSession(account: number): Promise<{ readonly refundWei: bigint; readonly txHash: Bytes32 }>;
  listSessions(options?: CallOptions): Promise<readonly OwnedSession[]>;
  /**
   * Lets the router sign a session's debits within caps, which the chain enforces: custody `delegated` from the moment the router sees
   * it. A key can be added to a session once. Throws SDK_NO_SPENDING_KEY when the router publishes none.
   */
  delegate(delegation: Delegation, options?: CallOptions): Promise<{ readonly key: Address; readonly txHash: Bytes32 }>;
  /** Ends that with the running epoch: custody `self` again. Throws SDK_NO_SPENDING_KEY as above. */
  revokeDelegation(
    request: { readonly account: number; readonly key?: Address },
    options?: CallOptions,
  ): Promise<{ readonly key: Address; readonly txHash: Bytes32 }>;
  /** Buys a bearer with the wallet's signature. Calls do so themselves when there is no API key. */
  access(options?: CallOptions): Promise<{ readonly bearer: string; readonly expires: number }>;
  lane(options?: CallOptions): Promise<LaneStatus>;
  /** What the session is promised, how the router says it was served, and what it got back: see docs/SESSIONS.md. */
  service(options?: CallOptions): Promise<ServiceStatus>;
  /** Signs what the lane is owed. Calls do so themselves now and then, and whenever the router asks. With custody `self` alone. */
  payLane(options?: CallOptions): Promise<bigint>;
  createKey(
    request: { readonly account: number; readonly name: string; readonly budgetWei?: bigint },
    options?: CallOptions,
  ): Promise<CreatedKey>;
  revokeKey(keyHash: Hex, options?: CallOptions): Promise<void>;
};

/**
 * A client of one router.
 *
 * @example
 * const cortensor = createCortensor({ baseUrl: "http://127.0.0.1:8080", apiKey });
 * for await (const event of cortensor.streamChat("What is Cortensor?")) if (event.kind === "text") show(event.text);
 */
export function createCortensor(options: CortensorOptions): Cortensor {
  const http = createHttp(options);
  const info = new KnownInfo(http);
  const readLaneAddress = async (bounds: CallOptions): Promise<Address> => (await info.known(bounds)).router.operator;
  const desk = options.wallet === undefined ? undefined : createWalletDesk(options.wallet);
  const purse = createPurse({
    http,
    apiKey: options.apiKey,
    desk,
    account: options.wallet?.account,
    readLaneAddress,
    nowMs: options.nowMs ?? Date.now,
  });
  const wallet = () => {
    if (desk === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "wallet" });
    return desk;
  };
  const paid = createPaidAsks({ purse, readInfo: (bounds) => info.having(() => true, bounds) });
  const sealed = openSealedCalls(options, { http, purse, info, paid });
  return {
    ...inferenceCalls({ http, paid, sealed }),
    canaries: sealed.canaries,
    ...adminCalls(http, options.adminToken),
    models: async (bounds = {}) => (await info.read(bounds)).models,
    info: (bounds = {}) => info.read(bounds),
    ...networkCalls(http),
    receipt: (taskId, bounds = {}) => fetchReceipt(http, taskId, bounds),
    ...evidenceCalls({ http, purse, auditorToken: options.auditorToken }),
    async openSession(session, bounds = {}) {
      const opened = await wallet().openSession({ ...session, lane: session.lane ?? (await readLaneAddress(bounds)) });
      purse.useAccount(opened.account);
      return opened;
    },
    ...onboardingCalls(options, { http, purse, wallet, readRouter: readLaneAddress }),
    async updateSession(change) {
      const { txHash } = await wallet().updateSession(change);
      return { txHash };
    },
    async dedicate(request) {
      const { txHash } = await wallet().dedicate(request);
      return { txHash };
    },
    async undedicate(request) {
      const { txHash } = await wallet().undedicate(request);
      return { txHash };
    },
    async topUp(request, bounds = {}) {
      const { txHash } = await wallet().topUp({ ...request, lane: await readLaneAddress(bounds) });
      return { txHash };
    },
    closeSession: async (account) => wallet().closeSession(account),
    finaliseSession: async (account) => wallet().finaliseSession(account),
    listSessions: async (bounds = {}) => wallet().listSessions((await info.known(bounds)).router),
    async delegate(delegation, bounds = {}) {
      const key = delegation.key ?? spendingKeyOf(await info.known(bounds));
      const { txHash } = await wallet().delegate({ ...delegation, key });
      return { key, txHash };
    },
    async revokeDelegation(request, bounds = {}) {
      const key = request.key ?? spendingKeyOf(await info.known(bounds));
      const { txHash } = await wallet().revokeDelegation({ account: request.account, key });
      return { key, txHash };
    },
    access: (bounds = {}) => purse.access(bounds),
    ...queueCalls({ http, purse }),
    ...sinkCalls({ http, purse }),
    vectorStores: vectorStoreCalls({ http, bearer: (bounds) => purse.bearer(bounds) }),
    lane: (bounds = {}) => purse.lane(bounds),
    service: (bounds = {}) => readService({ http, purse }, bounds),
    payLane: (bounds = {}) => purse.payLane(bounds),
  };
}

/** What a new wallet asks of a router, which brings its order and pays. */
function onboardingCalls(
  { wallet: own, nowMs = Date.now }: CortensorOptions,
  parts: {
    readonly http: Http;
    readonly purse: Purse;
    readonly wallet: () => WalletDesk;
    readonly readRouter: (bounds: CallOptions) => Promise<Address>;
  },
): Pick<Cortensor, "onboardingOffer" | "onboard"> {
  const { http, purse, wallet, readRouter } = parts;
  return {
    onboardingOffer: (bounds = {}) => fetchOffer(http, bounds),
    async onboard(request, onboarding = {}) {
      const desk = wallet();
      if (own === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "wallet" });
      const order = { http, desk, privateKey: own.privateKey, readRouter, nowMs };
      const onboarded = await onboard(order, request, onboarding);
      if (onboarded.account > 0) purse.useAccount(onboarded.account);
      return onboarded;
    },
  };
}

type SealedParts = { readonly http: Http; readonly purse: Purse; readonly info: KnownInfo; readonly paid: PaidAsks };

function openSealedCalls(options: CortensorOptions, { http, purse, info, paid }: SealedParts) {
  const deployment = options.deployment ?? options.wallet?.deployment;
  const nowMs = options.nowMs ?? Date.now;
  const parts = { http, info, account: purse.account, nowMs, pay: paid.whole };
  return createSealedCalls({ ...options, deployment }, parts);
}

/** What anybody may see of the network. */
function networkCalls(http: Http): Pick<Cortensor, "network" | "watch" | "epochs" | "virtualBlock"> {
  return {
    network: async (bounds = {}) => (await http.json({ path: "/api/v1/network", ...bounds }, networkView)).value,
    watch: (bounds = {}) => watchNetwork(http, bounds),
    epochs: async (bounds = {}) => (await http.json({ path: "/api/v1/epochs", ...bounds }, epochsView)).value,
    virtualBlock: async (epoch, bounds = {}) =>
      (await http.json({ path: `/api/v1/virtual-blocks/${epoch}`, ...bounds }, shownVirtualBlock)).value,
  };
}

type InferenceCalls = Pick<Cortensor, "chat" | "streamChat" | "complete" | "streamComplete" | "embed" | "quote">;

function inferenceCalls({
  http,
  paid,
  sealed,
}: {
  readonly http: Http;
  readonly paid: PaidAsks;
  readonly sealed: SealedCalls;
}): InferenceCalls {
  const ask = createAsk(http);
  const { bind, whole, streamed } = paid;
  return {
    chat: (messages, options = {}) =>
      whole(options, (bound) =>
        sealed.isSealed(bound) ? wholeAnswer(sealed.chat(messages, bound)) : ask.chat(messages, bound),
      ),
    complete: (prompt, options = {}) =>
      whole(options, (bound) =>
        sealed.isSealed(bound) ? wholeAnswer(sealed.complete(prompt, bound)) : ask.complete(prompt, bound),
      ),
    embed: async (texts, options = {}) => {
      sealed.requireOpen("embed");
      return whole(options, (bound) => ask.embed(texts, bound));
    },
    quote: async (work, options = {}) => {
      sealed.requireOpen("quote");
      return fetchQuote(http, work, { ...options, ...(await bind(options)) });
    },
    streamChat: (messages, options = {}) =>
      streamed(options, (bound) =>
        sealed.isSealed(bound) ? sealed.chat(messages, bound) : ask.streamChat(messages, bound),
      ),
    streamComplete: (prompt, options = {}) =>
      streamed(options, (bound) =>
        sealed.isSealed(bound) ? sealed.complete(prompt, bound) : ask.streamComplete(prompt, bound),
      ),
  };
}

function adminCalls(http: Http, adminToken: string | undefined): Pick<Cortensor, "createKey" | "revokeKey"> {
  const bearer = () => {
    if (adminToken === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "adminToken" });
    return adminToken;
  };
  return {
    async createKey(request, bounds = {}) {
      const call = { path: "/api/v1/admin/keys", body: request, bearer: bearer(), ...bounds };
      return (await http.json(call, createdKey)).value;
    },
    async revokeKey(keyHash, bounds = {}) {
      const path = `/api/v1/admin/keys/${keyHash}`;
      await http.json({ method: "DELETE", path, bearer: bearer(), ...bounds }, z.object({}));
    },
  };
}

function evidenceCalls({
  http,
  purse,
  auditorToken,
}: {
  readonly http: Http;
  readonly purse: Purse;
  readonly auditorToken: string | undefined;
}): Pick<Cortensor, "evidence" | "recentTasks"> {
  return {
    evidence: async (taskId, bounds = {}) =>
      fetchEvidence(http, taskId, { ...bounds, bearer: auditorToken ?? (await purse.bearer(bounds)) }),
    async recentTasks(last, bounds = {}) {
      if (auditorToken === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "auditorToken" });
      return fetchRecentTasks(http, last, { ...bounds, bearer: auditorToken });
    },
  };
}

function sinkCalls({ http, purse }: { http: Http; purse: Purse }): Pick<Cortensor, "setSink" | "sink" | "removeSink"> {
  const bearing = async (bounds: CallOptions) => ({ ...bounds, bearer: await purse.bearer(bounds) });
  return {
    setSink: async (target, bounds = {}) => setSink(http, target, await bearing(bounds)),
    sink: async (bounds = {}) => fetchSink(http, await bearing(bounds)),
    removeSink: async ({ discards = false } = {}, bounds = {}) => removeSink(http, discards, await bearing(bounds)),
  };
}

function queueCalls({ http, purse }: { http: Http; purse: Purse }): Pick<Cortensor, "handPrompt" | "queueAnswers"> {
  const bearing = async (bounds: CallOptions) => ({ ...bounds, bearer: await purse.bearer(bounds) });
  return {
    handPrompt: async (handed, bounds = {}) => handPrompt(http, handed, await bearing(bounds)),
    queueAnswers: async (taskId, bounds = {}) => fetchQueueAnswers(http, taskId, await bearing(bounds)),
  };
}

async function readService({ http, purse }: { http: Http; purse: Purse }, bounds: CallOptions): Promise<ServiceStatus> {
  const bearer = await purse.bearer(bounds);
  return (await http.json({ path: "/api/v1/service", bearer, ...bounds }, serviceStatus)).value;
}

function spendingKeyOf({ router }: NetworkInfo): Address {
  if (router.spendingKey !== undefined) return router.spendingKey;
  throw new SdkError({ code: "SDK_NO_SPENDING_KEY", router: router.address });
}
