import {
  type ConfigOf,
  count,
  describeConfig,
  duration,
  hexKey,
  list,
  type Parser,
  path,
  port,
  text,
  url,
  wei,
} from "@cortensor/runtime";
import { LISTEN_DEFAULT, listenAddresses } from "../host/index.js";

/** Relays asked for one round: each costs a request an epoch. */
const RELAYS_MAX = 8;
const relays: Parser<readonly string[]> = (value) => {
  const urls = list(url("http", "https"))(value);
  if (urls.length > RELAYS_MAX) throw new Error(`expected at most ${RELAYS_MAX} URLs`);
  return urls;
};

/** Everything a guard is told at its start. */
export const guardConfig = describeConfig({
  profilePath: { env: "GUARD_PROFILE", parse: path, says: "The network's profile file." },
  signerKey: {
    env: "GUARD_SIGNER_KEY",
    parse: hexKey,
    says: "The guard's registered signing key: signs attestations and the transactions that post them.",
  },
  operatorKey: {
    env: "GUARD_OPERATOR_KEY",
    parse: hexKey,
    fallback: undefined,
    says: "The owner's key: with it the guard registers itself and joins the queue; without it the owner does.",
  },
  storeFolder: {
    env: "GUARD_STORE",
    parse: path,
    says: "Folder of what it signed and committed to. Without it a guard may sign twice, and lose its stake: keep it, and give it to one process.",
  },
  host: {
    env: "GUARD_HOST",
    parse: text,
    fallback: "127.0.0.1",
    says: "Address to listen on, for other guards and for whoever checks.",
  },
  port: { env: "GUARD_PORT", parse: port, fallback: 8660, says: "Port to listen on; 0 lets the system choose." },
  endpoint: {
    env: "GUARD_ENDPOINT",
    parse: url("http", "https"),
    fallback: undefined,
    says: "Public URL that other guards are told; without it the one that it listens on.",
  },
  setsFolder: {
    env: "GUARD_SETS",
    parse: path,
    fallback: undefined,
    says: "Folder of published settlement sets, looked in before routers are asked.",
  },
  dutyModel: {
    env: "GUARD_DUTIES",
    parse: text,
    fallback: undefined,
    says: "Model that it checks others' tasks with: `embedded`, a GGUF path, URL or owner/repo/file.gguf. Without one it draws no duties.",
  },
  dutyClaimWei: {
    env: "GUARD_DUTY_CLAIM",
    parse: wei,
    fallback: 10n ** 18n,
    unit: "wei",
    says: "What its duties must have earned before it claims: much more than the gas of a claim is worth in COR.",
  },
  contentListen: {
    env: "GUARD_CONTENT_LISTEN",
    parse: listenAddresses,
    fallback: LISTEN_DEFAULT,
    says: "libp2p addresses to give content to peers at, comma-separated, or `none`; the default is any free port, for this machine alone.",
  },
  contentPeers: {
    env: "GUARD_CONTENT_PEERS",
    parse: list(text),
    fallback: [],
    says: "Peers to ask for content, as /ip4/…/tcp/…/p2p/<id>, comma-separated; nodes of the registry tell of themselves.",
  },
  finalityBlocks: {
    env: "GUARD_FINALITY_BLOCKS",
    parse: count,
    fallback: 13,
    unit: "blocks",
    says: "Blocks on top of an epoch's last before anything of it is signed: the deepest reorganisation that is expected.",
  },
  pollMs: {
    env: "GUARD_POLL",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Pause between two looks at the chain and at other guards.",
  },
  linksPath: {
    env: "GUARD_LINKS",
    parse: path,
    fallback: undefined,
    says: "File of ways between chains whose outboxes it signs, as `cortensor relay` takes it. Its key pays for posting on the chains that they lead to.",
  },
  solanaUrl: {
    env: "GUARD_SOLANA_RPC",
    parse: url("http", "https"),
    fallback: undefined,
    says: "An RPC of the Solana cluster whose deposits it signs: one of its own, not every guard's.",
  },
  solanaVault: {
    env: "GUARD_SOLANA_VAULT",
    parse: text,
    fallback: undefined,
    says: "The vault there: a token account. Without it no deposits are signed.",
  },
  solanaGenesis: {
    env: "GUARD_SOLANA_GENESIS",
    parse: text,
    fallback: undefined,
    says: "The cluster's genesis hash: an RPC of another is refused.",
  },
  solanaProgram: {
    env: "GUARD_SOLANA_PROGRAM",
    parse: text,
    fallback: undefined,
    says: "The program there that holds tasks.",
  },
  solanaHub: {
    env: "GUARD_SOLANA_HUB",
    parse: text,
    fallback: undefined,
    says: "The network's hub in that program: an account. Without it no verdicts on tasks are signed.",
  },
  solanaKeypair: {
    env: "GUARD_SOLANA_KEYPAIR",
    parse: path,
    fallback: undefined,
    says: "File of the Solana key that pays for posting verdicts' roots, as Solana's own tools keep it.",
  },
  drandUrls: {
    env: "GUARD_DRAND_URLS",
    parse: relays,
    fallback: undefined,
    says: "Relays of the network's drand chain, comma-separated, with its chain hash: https://api.drand.sh/52db…e971. Without them others post its rounds.",
  },
  peerTimeoutMs: {
    env: "GUARD_PEER_TIMEOUT",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Time that another guard, or a relay of drand, has to answer.",
  },
});

export type GuardConfig = ConfigOf<typeof guardConfig>;
