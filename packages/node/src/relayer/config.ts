import {
  type ConfigOf,
  count,
  describeConfig,
  duration,
  hexKey,
  list,
  path,
  port,
  text,
  wei,
} from "@cortensor/runtime";

/** Everything a relayer is told at its start. */
export const relayerConfig = describeConfig({
  linksPath: { env: "RELAY_LINKS", parse: path, fallback: undefined, says: "File of the ways that it relays." },
  profile: {
    env: "RELAY_PROFILE",
    parse: text,
    fallback: undefined,
    says: "Deployed profile, by file or name: it relays between the layers, and has each told of the other.",
  },
  rollups: {
    env: "RELAY_ROLLUPS",
    parse: list(text),
    fallback: [],
    says: "Files of OP Stack chains of that profile, comma-separated, or `<file>=<rpc>` of one above it: what they send to their parents is proved and carried out there.",
  },
  key: {
    env: "RELAY_KEY",
    parse: hexKey,
    says: "Key that pays for its transactions on each chain: with no other right than to pay.",
  },
  finalityBlocks: {
    env: "RELAY_FINALITY_BLOCKS",
    parse: count,
    fallback: 13,
    unit: "blocks",
    says: "Blocks on top of a message before it is read, as the guards that sign have it.",
  },
  pollMs: { env: "RELAY_POLL", parse: duration, fallback: 5_000, unit: "ms", says: "Pause between two looks." },
  reportPollMs: {
    env: "RELAY_REPORT_POLL",
    parse: duration,
    fallback: 60_000,
    unit: "ms",
    says: "Pause between two looks for what a layer isn't told yet.",
  },
  hourWei: {
    env: "RELAY_HOUR_MAX",
    parse: wei,
    fallback: 50_000_000_000_000_000n,
    unit: "wei",
    says: "Most that it pays within an hour to have layers told of each other, of each chain's coin.",
  },
  withdrawalHourWei: {
    env: "RELAY_WITHDRAWAL_HOUR_MAX",
    parse: wei,
    fallback: 50_000_000_000_000_000n,
    unit: "wei",
    says: "Most that it pays within an hour to carry withdrawals of one rollup, of its parent's coin.",
  },
  host: { env: "RELAY_HOST", parse: text, fallback: "127.0.0.1", says: "Address to serve health and metrics on." },
  port: { env: "RELAY_PORT", parse: port, fallback: 8670, says: "Port to serve them on; 0 lets the system choose." },
});

export type RelayerConfig = ConfigOf<typeof relayerConfig>;
