import {
  boolean,
  type ConfigOf,
  describeConfig,
  duration,
  hexKey,
  list,
  type Parser,
  path,
  port,
  positiveInt,
  text,
  url,
  wei,
} from "@cortensor/runtime";
import { listenAddresses } from "../host/index.js";

const percent: Parser<number> = (value) => {
  const number = positiveInt(value);
  if (number > 100) throw new Error("expected 1 to 100");
  return number;
};

/** Everything a miner is told at its start. */
export const minerConfig = describeConfig({
  profilePath: { env: "MINER_PROFILE", parse: path, says: "The network's profile file." },
  signerKey: {
    env: "MINER_SIGNER_KEY",
    parse: hexKey,
    says: "The miner's registered signing key: signs batches and certifies connections.",
  },
  sealingKey: {
    env: "MINER_SEALING_KEY",
    parse: hexKey,
    says: "The miner's registered sealing key (X25519): opens what is sealed to it.",
  },
  operatorKey: {
    env: "MINER_OPERATOR_KEY",
    parse: hexKey,
    fallback: undefined,
    says: "The operator's key: with it the miner keeps its own registration true; without it the operator does.",
  },
  routerUrls: {
    env: "MINER_ROUTERS",
    parse: list(url("ws", "wss")),
    says: "Routers to serve, comma-separated, e.g. ws://127.0.0.1:8640/wire.",
  },
  outboxFolder: {
    env: "MINER_OUTBOX",
    parse: path,
    says: "Folder of the results whose receipts have not come: worth money, keep it.",
  },
  weiPerTokenIn: {
    env: "MINER_WEI_PER_TOKEN_IN",
    parse: wei,
    fallback: 1_000_000_000_000n,
    unit: "wei",
    says: "Price of a prompt token.",
  },
  weiPerTokenOut: {
    env: "MINER_WEI_PER_TOKEN_OUT",
    parse: wei,
    fallback: 3_000_000_000_000n,
    unit: "wei",
    says: "Price of an output token.",
  },
  hostedHosts: {
    env: "MINER_HOSTED_HOSTS",
    parse: list((value) => value),
    fallback: [],
    says: "Hosts of which prompts' documents may be fetched, comma-separated, each `host` or `host:port`. None by default.",
  },
  allowsHostedLoopback: {
    env: "MINER_HOSTED_LOOPBACK",
    parse: boolean,
    fallback: false,
    says: "Whether such a host may be this machine, also without TLS: for networks of one machine.",
  },
  contentFolder: {
    env: "MINER_CONTENT",
    parse: path,
    fallback: undefined,
    says: "Folder of content from which documents are read by their CIDs. Without it none are.",
  },
  contentPeers: {
    env: "MINER_CONTENT_PEERS",
    parse: list((value) => value),
    fallback: [],
    says: "Peers that are asked for what the folder lacks, and alone may connect, comma-separated.",
  },
  contentListen: {
    env: "MINER_CONTENT_LISTEN",
    parse: listenAddresses,
    fallback: [],
    says: "libp2p addresses at which those peers reach the folder, comma-separated, or `none`, the default.",
  },
  publishesBodies: {
    env: "MINER_BODIES",
    parse: boolean,
    fallback: false,
    says: "Whether bodies of open tasks, prompts and answers among them, are put into that folder for those peers to read.",
  },
  queueMax: {
    env: "MINER_QUEUE_MAX",
    parse: positiveInt,
    fallback: 16,
    says: "Tasks that may wait for a free sequence of an engine.",
  },
  owedMaxWei: {
    env: "MINER_OWED_MAX",
    parse: wei,
    fallback: 10_000_000_000_000_000_000n,
    unit: "wei",
    says: "Most that an operator may owe: results without a receipt, receipts without a note, running tasks. No more work beyond.",
  },
  bondMinWei: {
    env: "MINER_BOND_MIN",
    parse: wei,
    fallback: 0n,
    unit: "wei",
    says: "Least bond of a router's operator.",
  },
  bondSharePercent: {
    env: "MINER_BOND_SHARE",
    parse: percent,
    fallback: 50,
    unit: "percent",
    says: "Part of an operator's bond that must cover all that isn't settled with this miner.",
  },
  chainPollMs: {
    env: "MINER_CHAIN_POLL",
    parse: duration,
    fallback: 5_000,
    unit: "ms",
    says: "Pause between two looks at operators' bonds and credits.",
  },
  isForPool: {
    env: "MINER_POOL",
    parse: boolean,
    fallback: true,
    says: "Whether sessions may be given the node out of the pool; false keeps it for whoever names it.",
  },
  hasDuties: {
    env: "MINER_DUTIES",
    parse: boolean,
    fallback: false,
    says: "Whether it checks others' tasks while it has none of its own, once its level lets it. Its signing key pays for the gas.",
  },
  dutyClaimWei: {
    env: "MINER_DUTY_CLAIM",
    parse: wei,
    fallback: 10n ** 18n,
    unit: "wei",
    says: "What its duties must have earned before it claims: much more than the gas of a claim is worth in COR.",
  },
  metricsPort: {
    env: "MINER_METRICS_PORT",
    parse: port,
    fallback: undefined,
    says: "Port of /health, /ready and /metrics; without it there is none, and 0 lets the system choose.",
  },
  metricsHost: {
    env: "MINER_METRICS_HOST",
    parse: text,
    fallback: "127.0.0.1",
    says: "Address that port listens on: whoever reaches it reads the miner's figures.",
  },
  drainMs: {
    env: "MINER_DRAIN",
    parse: duration,
    fallback: 5_000,
    unit: "ms",
    says: "Time that running tasks have to end when the miner is asked to stop.",
  },
});

export type MinerConfig = ConfigOf<typeof minerConfig>;
