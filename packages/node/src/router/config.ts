import {
  boolean,
  type ConfigOf,
  count,
  describeConfig,
  duration,
  hexBytes,
  hexKey,
  list,
  type Parser,
  path,
  port,
  positiveInt,
  Secret,
  secret,
  text,
  url,
  wei,
} from "@cortensor/runtime";

const share: Parser<number> = (value) => {
  const number = Number(value);
  if (!/^(0|1|0?\.\d+)$/.test(value) || number > 1) throw new Error("expected a share, 0 to 1");
  return number;
};

/** Everything a router is told at its start. */
export const routerConfig = describeConfig({
  host: {
    env: "ROUTER_HOST",
    parse: text,
    fallback: "127.0.0.1",
    says: "Address to listen on, for clients and miners.",
  },
  port: {
    env: "ROUTER_PORT",
    parse: port,
    fallback: 8640,
    says: "Port for clients and miners; 0 lets the system choose.",
  },
  profilePath: { env: "ROUTER_PROFILE", parse: path, says: "The network's profile file." },
  signerKey: {
    env: "ROUTER_SIGNER_KEY",
    parse: hexKey,
    says: "The router's registered signing key: signs batches and settlement transactions.",
  },
  operator: { env: "ROUTER_OPERATOR", parse: hexBytes(20), says: "Account that owns this router: its lane." },
  spendingKeys: {
    env: "ROUTER_SPENDING_KEYS",
    parse: secret(list(hexBytes(32))),
    fallback: new Secret<readonly `0x${string}`[]>([]),
    says: "Keys that sign debits of custodial and delegated sessions, comma-separated.",
  },
  databaseUrl: {
    env: "ROUTER_DATABASE_URL",
    parse: secret(url("postgres", "postgresql")),
    fallback: undefined,
    says: "Postgres of this operator's routers; without it one is started beside the router.",
  },
  adminToken: {
    env: "ROUTER_ADMIN_TOKEN",
    parse: secret(text),
    fallback: undefined,
    says: "Bearer token that may create and revoke API keys; without it nobody may.",
  },
  auditorToken: {
    env: "ROUTER_AUDITOR_TOKEN",
    parse: secret(text),
    fallback: undefined,
    says: "Bearer token that may read the evidence behind answers, prompts included; without it only who asked may.",
  },
  tlsCertPath: { env: "ROUTER_TLS_CERT", parse: path, fallback: undefined, says: "PEM file of the TLS certificate." },
  tlsKeyPath: { env: "ROUTER_TLS_KEY", parse: path, fallback: undefined, says: "PEM file of the TLS key." },
  acceptTimeoutMs: {
    env: "ROUTER_ACCEPT_TIMEOUT",
    parse: duration,
    fallback: 10_000,
    unit: "ms",
    says: "Longest wait for a miner to accept a task before another is asked.",
  },
  firstTokenTimeoutMs: {
    env: "ROUTER_FIRST_TOKEN_TIMEOUT",
    parse: duration,
    fallback: 60_000,
    unit: "ms",
    says: "Longest wait from acceptance to the first token: the queue and the prompt.",
  },
  silenceTimeoutMs: {
    env: "ROUTER_SILENCE_TIMEOUT",
    parse: duration,
    fallback: 5_000,
    unit: "ms",
    says: "Longest pause of a miner between two tokens before another takes over.",
  },
  taskTimeoutMs: {
    env: "ROUTER_TASK_TIMEOUT",
    parse: duration,
    fallback: 600_000,
    unit: "ms",
    says: "Longest life of a task, hand-overs included.",
  },
  abortGraceMs: {
    env: "ROUTER_ABORT_GRACE",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Time a miner has to send the result of an aborted task; without it the acknowledged part is paid.",
  },
  handoversMax: {
    env: "ROUTER_HANDOVERS_MAX",
    parse: count,
    fallback: 5,
    says: "Hand-overs of one task before it is given up.",
  },
  copiesWaitMs: {
    env: "ROUTER_COPIES_WAIT",
    parse: duration,
    fallback: 10_000,
    unit: "ms",
    says: "How long the last of a task's copies are waited for once most have arrived.",
  },
  comparisonAccount: {
    env: "ROUTER_COMPARISON_ACCOUNT",
    parse: count,
    fallback: undefined,
    says: "The operator's session that pays for comparing copies; without it no copies are served.",
  },
  distancesPath: {
    env: "ROUTER_DISTANCES",
    parse: path,
    fallback: undefined,
    says: "File of calibrated distances; without it no copy is called an outlier.",
  },
  tasksMax: {
    env: "ROUTER_TASKS_MAX",
    parse: positiveInt,
    fallback: 25_000,
    says: "Tasks running or waiting at once; more are told to come back later.",
  },
  waitingMax: {
    env: "ROUTER_WAITING_MAX",
    parse: positiveInt,
    fallback: 16_384,
    says: "Tasks waiting for a miner; keep it below ROUTER_TASKS_MAX, which counts them too.",
  },
  waitingClientMax: {
    env: "ROUTER_WAITING_CLIENT_MAX",
    parse: positiveInt,
    fallback: 1_024,
    says: "Tasks of one client waiting; never more than places are free, so that few clients can't fill the queue.",
  },
  receiptsPendingMax: {
    env: "ROUTER_RECEIPTS_PENDING_MAX",
    parse: positiveInt,
    fallback: 50_000,
    says: "Receipts not yet in Postgres; beyond it new requests are told to come back later.",
  },
  chunkWei: {
    env: "ROUTER_CHUNK_WEI",
    parse: wei,
    fallback: 0n,
    unit: "wei",
    says: "What a self-custody client may owe between debits; 0 is 128 typical tasks.",
  },
  priceSpread: {
    env: "ROUTER_PRICE_SPREAD",
    parse: positiveInt,
    fallback: 2,
    says: "Miners dearer than this many times the cheapest offer of a model get no work.",
  },
  requireVerified: {
    env: "ROUTER_REQUIRE_VERIFIED",
    parse: boolean,
    fallback: true,
    says: "Whether a miner gets work only while it is verified; false where a network has no verifier yet.",
  },
  stakePerFee: {
    env: "ROUTER_STAKE_PER_FEE",
    parse: count,
    fallback: 1,
    says: "Stake a miner's operator needs per wei of fees in flight; 0 asks for none.",
  },
  exploration: {
    env: "ROUTER_EXPLORATION",
    parse: share,
    fallback: 0.05,
    says: "Share of tasks given to any able miner, so that scores stay fresh.",
  },
  refundsMaxWei: {
    env: "ROUTER_REFUNDS_MAX_WEI",
    parse: wei,
    fallback: 1_000_000_000_000_000_000n,
    unit: "wei",
    says: "Most that is given back of cut tasks' fees in one epoch, over all sessions; the rest waits for the next.",
  },
  settleReceiptsMin: {
    env: "ROUTER_SETTLE_RECEIPTS",
    parse: positiveInt,
    fallback: 1_000,
    says: "Unsettled receipts at which a settlement is sent.",
  },
  settleAgeMs: {
    env: "ROUTER_SETTLE_AGE",
    parse: duration,
    fallback: 60_000,
    unit: "ms",
    says: "Age of the oldest unsettled receipt at which a settlement is sent.",
  },
  finalityBlocks: {
    env: "ROUTER_FINALITY_BLOCKS",
    parse: count,
    fallback: 12,
    says: "Blocks on top of a settlement before it counts as final: the deepest reorganisation that is expected.",
  },
  chainPollMs: {
    env: "ROUTER_CHAIN_POLL",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Pause between two looks at the chain.",
  },
});

export type RouterConfig = ConfigOf<typeof routerConfig>;
