import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  chargedPrices,
  chosenTerms,
  hashAccess,
  hashBatch,
  hashDebit,
  hashReceipt,
  type InferenceRequest,
  keccak256,
  leafHash,
  llmTokensUp,
  merkleTree,
  PLAIN_TERMS,
  payeesHash,
  paymentDomain,
  priceWei,
  recoverSigner,
  registryDomain,
  resultsHash,
  type SignedDebit,
  serviceLevelOf,
  signDigest,
  splitsHash,
  splitsOf,
  surchargesOf,
  typedDataDigest,
  utf8ToBytes,
} from "@cortensor/protocol";
import type {
  Caller,
  CopiesView,
  Gateway,
  InferEvent,
  InferOptions,
  NetworkEvent,
  Quote,
  QuoteRequest,
  RateView,
  ReceiptDocument,
  Refusal,
} from "../src/index.js";
import { EMPTY_DESKS } from "./emptyDesks.js";
import { Gate } from "./gate.js";
import { readPlan } from "./plannedWords.js";
import { checkpointOf, proofsOf } from "./shownProofs.js";
import { SOME_BODY } from "./someBody.js";

/**
 * A router of one process and no miner, for the routes' tests: it says what the prompt tells it to (`say: a b c`), one word a token, takes
 * money for it, signs receipts and refuses what a router refuses. A held gate makes each token wait for its release.
 */
export type TestGateway = Gateway & {
  readonly seen: {
    readonly requests: InferenceRequest[];
    readonly options: InferOptions[];
    readonly aborted: Bytes32[];
    readonly debits: SignedDebit[];
    readonly quotes: QuoteRequest[];
  };
  readonly gate: Gate;
  emit(event: NetworkEvent): void;
  /** What the lane may owe before the next answer wants a debit. */
  chunkWei: bigint;
  rate: RateView;
};

export const API_KEY = "ck-test-key";
export const ADMIN_TOKEN = "admin-test-token";
export const AUDITOR_TOKEN = "auditor-test-token";
export const OWNER_KEY = `0x${"11".repeat(32)}` as const;
export const ROUTER_KEY = `0x${"22".repeat(32)}` as const;
export const OPERATOR: Address = `0x${"33".repeat(20)}`;
export const SPENDING_KEY: Address = `0x${"77".repeat(20)}`;
export const CHAIN_ID = 31_337;
export const REGISTRY: Address = `0x${"44".repeat(20)}`;
export const PAYMENT: Address = `0x${"55".repeat(20)}`;
export const ACCOUNT = 7;
/** Whose judges are shown results. */
export const DISPUTE = 3;
/** Whose validators are shown tasks. */
export const DUTY_EPOCH = 5;
export const SET_CID: Bytes32 = `0x${"5e".repeat(32)}`;
/** What every miner of the test gateway shows. */
const FEE_PER_TOKEN = 10n;
const RATE: RateView = {
  weiPerLlmToken: 3n,
  source: "test",
  postedAt: 1_700_000_000,
  ageSeconds: 10,
  ageMaxSeconds: 86_400,
  isFresh: true,
};

/** What became of three copies. */
export const COPIES: CopiesView = {
  asked: 3,
  arrived: 3,
  answer: 1,
  distances: [0.25, 0, 1.5].map((distance, replica) => ({ replica, distance })),
  outliers: [2],
};

export function createTestGateway(): TestGateway {
  const seen: TestGateway["seen"] = { requests: [], options: [], aborted: [], debits: [], quotes: [] };
  const gate = new Gate();
  const receipts = new Map<Bytes32, ReceiptDocument>();
  const listeners = new Set<(event: NetworkEvent) => void>();
  const keys = new Map<string, Caller>([
    [API_KEY, { account: ACCOUNT, custody: "custodial" }],
    ["ck-poor", { account: 8, custody: "custodial" }],
  ]);
  const keyNames = new Map<Bytes32, string>();
  let tasks = 0;
  let spentWei = 0n;
  const debitedWei = () => seen.debits.at(-1)?.debit.cumulativeWei ?? 0n;

  async function* infer(caller: Caller, request: InferenceRequest, options: InferOptions): AsyncGenerator<InferEvent> {
    seen.requests.push(request);
    seen.options.push(options);
    if (caller.account === 8) return yield failed("insufficient_balance", "The session has nothing left.");
    if (caller.custody === "self" && spentWei - debitedWei() >= gateway.chunkWei) {
      return yield failed("debit_required", "Sign the debit first.");
    }
    const plan = readPlan(request);
    if (plan.failFirst !== undefined) {
      return yield { kind: "failed", refusal: { ...plan.failFirst, retryAfterSeconds: 3 } };
    }
    tasks += 1;
    const taskId = keccak256(utf8ToBytes(`task ${tasks}`));
    const nIn = 5;
    yield { kind: "started", taskId };
    let nOut = 0;
    const words = plan.words.slice(0, request.params.maxTokens);
    for (const word of words) {
      await gate.pass(options.signal);
      if (options.signal.aborted) break;
      if (plan.failAfter === nOut) return yield failed("miner_failed", "Every miner failed.");
      yield { kind: "text", text: (nOut === 0 ? "" : " ") + word, ids: [nOut] };
      nOut += 1;
    }
    const isAborted = options.signal.aborted;
    if (isAborted) seen.aborted.push(taskId);
    if (plan.endsEarly) return;
    const finish = isAborted ? "abort" : words.length < plan.words.length ? "length" : "stop";
    const feeWei = BigInt(nIn + nOut) * FEE_PER_TOKEN;
    spentWei += feeWei;
    receipts.set(taskId, signReceipt({ taskId, caller, feeWei, nIn, nOut, finish }));
    const copies = options.choice?.redundancy === 3 ? { copies: COPIES } : {};
    yield { kind: "done", taskId, finish, nIn, nOut, feeWei, segments: 1, label: "proved", ...copies };
  }

  const gateway: TestGateway = {
    seen,
    gate,
    chunkWei: 10_000n,
    rate: { ...RATE },
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    authenticate: (bearer) => keys.get(bearer),
    models: () => [modelCard("test-model", false), modelCard("owner/test-embed", true)],
    infer,
    async embed(_caller, { texts }, options) {
      seen.options.push(options);
      tasks += 1;
      const vectors = texts.map((text) => Float32Array.of(text.length, 0.5, -0.25));
      return {
        kind: "vectors",
        taskId: keccak256(utf8ToBytes(`task ${tasks}`)),
        vectors,
        nIn: texts.length * 3,
        label: "statistical",
      };
    },
    async quote(_caller, request) {
      seen.quotes.push(request);
      const { rate } = gateway;
      if (request.denomination === "llm" && !rate.isFresh) {
        return { kind: "refused", refusal: { code: "rate_stale", message: "The rate is old." } };
      }
      return { kind: "quoted", quote: toQuote(request, rate) };
    },
    findReceipt: async (taskId) => receipts.get(taskId),
    findSettlementSet: async (setCid) => (setCid === SET_CID ? Uint8Array.from([0, 1, 2, 255]) : undefined),
    service: async ({ account }) => {
      const figures = { asked: 20, answered: 17, first: 17, late: 2 };
      const credit = { reason: "sla", fromEpoch: 3, epoch: 4, sla: 1, figures, wei: 43n, state: "owed" } as const;
      const promise = serviceLevelOf(1);
      return { account, sla: 1, ...(promise === undefined ? {} : { promise }), credits: [credit] };
    },
    lane: async (caller) => ({
      account: caller.account,
      custody: caller.custody,
      lane: OPERATOR,
      allotmentWei: 1_000_000n,
      spentWei,
      debitedWei: debitedWei(),
      heldWei: 0n,
      chunkWei: gateway.chunkWei,
      nextDebit: {
        account: caller.account,
        lane: OPERATOR,
        cumulativeWei: spentWei,
        receiptsRoot: keccak256(utf8ToBytes(`receipts ${spentWei}`)),
        count: receipts.size,
        epoch: 1,
      },
    }),
    async acceptDebit(signed) {
      const digest = typedDataDigest(paymentDomain({ chainId: CHAIN_ID, payment: PAYMENT }), hashDebit(signed.debit));
      if (recoverSigner(digest, signed.signature) !== addressOfPrivateKey(OWNER_KEY)) {
        return { kind: "refused", message: "The debit is not signed by the session's owner." };
      }
      if (signed.debit.cumulativeWei < debitedWei()) {
        return { kind: "refused", message: "The debit is lower than the last." };
      }
      seen.debits.push(signed);
      return { kind: "accepted" };
    },
    async openAccess({ account, expires, signature }) {
      const domain = paymentDomain({ chainId: CHAIN_ID, payment: PAYMENT });
      const signer = recoverSigner(
        typedDataDigest(domain, hashAccess({ account, lane: OPERATOR, expires })),
        signature,
      );
      if (signer !== addressOfPrivateKey(OWNER_KEY)) return { kind: "refused", message: "Not the session's owner." };
      const bearer = `access-${account}-${expires}`;
      keys.set(bearer, { account, custody: "self" });
      return { kind: "opened", bearer };
    },
    ...EMPTY_DESKS,
    keys: {
      isAdmin: (bearer) => bearer === ADMIN_TOKEN,
      async create({ account, name }) {
        if (account === 404) return { kind: "refused", message: "No such session." };
        const key = `ck-${name}`;
        const keyHash = keccak256(utf8ToBytes(key));
        keys.set(key, { account, keyHash, custody: "custodial" });
        keyNames.set(keyHash, key);
        return { kind: "created", key, keyHash };
      },
      revoke: async (keyHash) => keys.delete(keyNames.get(keyHash) ?? ""),
    },
    evidence: {
      isAuditor: (bearer) => bearer === AUDITOR_TOKEN,
      recent: async (limit) => [...receipts.keys()].reverse().slice(0, limit),
      async find(taskId, reader) {
        const document = receipts.get(taskId);
        if (document === undefined) return { kind: "unknown" };
        if (reader !== "auditor" && reader.account !== document.receipt.account) return { kind: "foreign" };
        return {
          kind: "found",
          evidence: {
            taskId,
            bodies: [SOME_BODY],
            missing: document.results,
            checkpoints: [checkpointOf(document)],
            proofs: proofsOf(document),
          },
        };
      },
    },
    duties: {
      async find({ epoch, id, isSealed }) {
        const document = receipts.get(id);
        if (document === undefined || isSealed) return { kind: "unknown" };
        if (epoch !== DUTY_EPOCH) return { kind: "foreign" };
        return { kind: "found", document, bodies: [SOME_BODY], missing: document.results, proofs: proofsOf(document) };
      },
    },
    cases: {
      async find({ number, resultHash }) {
        const document = [...receipts.values()].find(({ results }) => results.includes(resultHash));
        if (document === undefined) return { kind: "unknown" };
        if (number !== DISPUTE) return { kind: "foreign" };
        return { kind: "found", document, bodies: [SOME_BODY], missing: [], proofs: proofsOf(document) };
      },
    },
    network: () => ({
      router: {
        address: addressOfPrivateKey(ROUTER_KEY),
        operator: OPERATOR,
        spendingKey: SPENDING_KEY,
        version: "0.1.0",
        uptimeSeconds: 5,
        isVerifier: true,
      },
      miners: [
        {
          address: MINER,
          models: ["test-model"],
          running: 0,
          queued: 0,
          tokensPerSecond: 100,
          connectedAtMs: 1_000,
          level: 3,
        },
      ],
      totals: { tasks, tokensOut: 0, feesWei: spentWei, receipts: receipts.size, settledReceipts: 0 },
      rate: gateway.rate,
    }),
    watch(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
    health: () => ({ live: true, ready: true, reasons: [] }),
  };
  return gateway;
}

export const MINER: Address = `0x${"66".repeat(20)}`;

function modelCard(id: string, canEmbed: boolean) {
  return {
    id,
    modelId: keccak256(utf8ToBytes(id)),
    contextTokens: 2_048,
    canEmbed,
    miners: 1,
    weiPerTokenIn: FEE_PER_TOKEN,
    weiPerTokenOut: FEE_PER_TOKEN,
  };
}

/** Five tokens in, whatever is asked; the price is the formula's. */
function toQuote({ work, terms, choice, denomination }: QuoteRequest, rate: RateView): Quote {
  const { id, modelId, weiPerTokenIn, weiPerTokenOut } = modelCard("test-model", false);
  const model = { weiPerTokenIn, weiPerTokenOut };
  const asked = chosenTerms({ ...PLAIN_TERMS, ...terms }, choice);
  const nInMax = 5;
  const nOutMax = work.kind === "generation" ? work.request.params.maxTokens : 0;
  const wei = priceWei({ model, terms: asked, nIn: nInMax, nOut: nOutMax });
  return {
    model: id,
    modelId,
    nInMax,
    nOutMax,
    wei,
    ...(denomination === "cor" ? {} : { llmTokens: llmTokensUp(wei, rate.weiPerLlmToken), rate }),
    formula: { model, terms: asked, surcharges: surchargesOf(asked), charged: chargedPrices(model, asked) },
    unavailable: asked.sla > 0 ? ["sla"] : [],
    expires: 1_700_000_060,
  };
}

function failed(code: Refusal["code"], message: string): InferEvent {
  return { kind: "failed", refusal: { code, message } };
}

function signReceipt(parts: {
  readonly taskId: Bytes32;
  readonly caller: Caller;
  readonly feeWei: bigint;
  readonly nIn: number;
  readonly nOut: number;
  readonly finish: "stop" | "length" | "abort";
}): ReceiptDocument {
  const { taskId, caller, feeWei, nIn, nOut, finish } = parts;
  const payees = [{ miner: MINER, replica: 0, segment: 0, from: 0, to: nOut, wei: feeWei }];
  const results = [keccak256(utf8ToBytes(`result of ${taskId}`))];
  const receipt = {
    taskId,
    account: caller.account,
    operator: OPERATOR,
    resultsHash: resultsHash(results),
    payeesHash: payeesHash(payees),
    feeWei,
    nIn,
    nOut,
    custody: caller.custody,
    finish,
    epoch: 1,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
  };
  const other = keccak256(utf8ToBytes("another leaf of the batch"));
  const tree = merkleTree([leafHash(hashReceipt(receipt)), leafHash(other)]);
  const batch = { root: tree.root, count: 2, sequence: 1 };
  const domain = registryDomain({ chainId: CHAIN_ID, registry: REGISTRY });
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), ROUTER_KEY);
  const proof = { batch, signer: addressOfPrivateKey(ROUTER_KEY), signature, path: tree.pathOf(0) };
  return {
    receipt,
    payees,
    results,
    proof,
    custody: caller.custody,
    acknowledgedAtMs: 1_700_000_000_000,
    label: "proved",
  };
}
