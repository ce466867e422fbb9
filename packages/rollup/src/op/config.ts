import { type ConfigOf, describeConfig, duration, hexKey } from "@cortensor/runtime";

/** What whoever deploys a chain is told. */
export const rollupDeployConfig = describeConfig({
  deployerKey: {
    env: "ROLLUP_DEPLOYER_KEY",
    parse: hexKey,
    says: "Pays for the contracts on the parent, and has no power over them afterwards.",
  },
});

/** What a sequencer is told. */
export const rollupConfig = describeConfig({
  batcherKey: {
    env: "ROLLUP_BATCHER_KEY",
    parse: hexKey,
    says: "Posts the chain's blocks to the parent, and pays for it.",
  },
  proposerKey: { env: "ROLLUP_PROPOSER_KEY", parse: hexKey, says: "Posts outputs to the parent, and pays for it." },
  roundMs: {
    env: "ROLLUP_ROUND",
    parse: duration,
    fallback: 100,
    unit: "ms",
    says: "Time between two looks at the parent; a transaction that comes in is looked at once.",
  },
  postMs: {
    env: "ROLLUP_POST",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Time between two posts: what came meanwhile shares a batch.",
  },
  padMs: {
    env: "ROLLUP_PAD",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Time after which an output that waits for more blocks gets empty ones.",
  },
});

/** What a verifier is told. */
export const rollupVerifierConfig = describeConfig({
  challengerKey: {
    env: "ROLLUP_CHALLENGER_KEY",
    parse: hexKey,
    fallback: undefined,
    says: "Removes wrong outputs, and pays for it; without it they are only named.",
  },
  everyMs: {
    env: "ROLLUP_VERIFY",
    parse: duration,
    fallback: 2_000,
    unit: "ms",
    says: "Time between two looks at the parent.",
  },
});

export type RollupConfig = ConfigOf<typeof rollupConfig>;
