import { type ConfigOf, count, describeConfig, duration, hexKey, path, port, text } from "@cortensor/runtime";

/** Everything a relayer is told at its start. */
export const relayerConfig = describeConfig({
  linksPath: { env: "RELAY_LINKS", parse: path, says: "File of the ways that it relays." },
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
  host: { env: "RELAY_HOST", parse: text, fallback: "127.0.0.1", says: "Address to serve health and metrics on." },
  port: { env: "RELAY_PORT", parse: port, fallback: 8670, says: "Port to serve them on; 0 lets the system choose." },
});

export type RelayerConfig = ConfigOf<typeof relayerConfig>;
