import type { MetricCounter, MetricGauge, MetricHistogram, Metrics } from "@cortensor/runtime";

/** What a guard counts. */
export type GuardMetrics = {
  readonly signed: MetricCounter<"kind">;
  readonly refused: MetricCounter<"why">;
  readonly gathered: MetricCounter<"kind">;
  readonly posts: MetricCounter<"outcome">;
  readonly attested: MetricCounter<"kind">;
  readonly empty: MetricCounter<"kind">;
  readonly rootSeconds: MetricHistogram;
  readonly freezes: MetricCounter;
  readonly virtualBlocks: MetricCounter;
  readonly workReports: MetricCounter;
  readonly deadlines: MetricCounter<"of" | "outcome">;
  readonly drandRounds: MetricCounter<"outcome">;
  readonly sourceRoots: MetricCounter<"outcome">;
  readonly epoch: MetricGauge;
};

export function createGuardMetrics(metrics: Metrics): GuardMetrics {
  const kind = ["kind"] as const;
  return {
    signed: metrics.counter({ name: "guard_signatures_total", help: "Roots signed, by kind.", labels: kind }),
    refused: metrics.counter({
      name: "guard_unsigned_epochs_total",
      help: "Kinds of epochs that ended without this guard's signature and without a root, by why.",
      labels: ["why"],
    }),
    gathered: metrics.counter({
      name: "guard_signatures_gathered_total",
      help: "Other guards' signatures seen, by kind.",
      labels: kind,
    }),
    posts: metrics.counter({
      name: "guard_posts_total",
      help: "Roots sent to the chain, by whether they were the first.",
      labels: ["outcome"],
    }),
    attested: metrics.counter({
      name: "guard_attested_epochs_total",
      help: "Epochs that have a root on chain, by kind.",
      labels: kind,
    }),
    empty: metrics.counter({
      name: "guard_empty_epochs_total",
      help: "Epochs that ended without a root, by kind.",
      labels: kind,
    }),
    rootSeconds: metrics.histogram({
      name: "guard_root_seconds",
      help: "From an epoch's end until its root was seen on chain, in chain time.",
      buckets: [1, 3, 10, 30, 60, 120, 300, 600],
    }),
    freezes: metrics.counter({ name: "guard_freezes_total", help: "Guards frozen by a proof of this one's." }),
    virtualBlocks: metrics.counter({ name: "guard_virtual_blocks_total", help: "Virtual blocks made." }),
    workReports: metrics.counter({
      name: "guard_work_reports_total",
      help: "Work records reported, since nobody showed them.",
    }),
    deadlines: metrics.counter({
      name: "guard_deadlines_total",
      help: "Deadlines of nodes and of network tasks that this guard enforced, by whether it was the first.",
      labels: ["of", "outcome"],
    }),
    drandRounds: metrics.counter({
      name: "guard_drand_rounds_total",
      help: "Rounds of drand that were this guard's turn, by whether it posted one, another had, or no relay showed it.",
      labels: ["outcome"],
    }),
    sourceRoots: metrics.counter({
      name: "guard_source_roots_total",
      help: "Roots of outboxes and of deposits on Solana that this guard signed, posted, or sent when another had.",
      labels: ["outcome"],
    }),
    epoch: metrics.gauge({ name: "guard_epoch", help: "Epoch of the chain's time." }),
  };
}
