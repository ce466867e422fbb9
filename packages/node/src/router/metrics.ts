import type { MetricCounter, MetricGauge, MetricHistogram, Metrics } from "@cortensor/runtime";

/** Everything a router counts. */
export type RouterMetrics = {
  readonly tasks: MetricCounter<"outcome">;
  readonly taskSeconds: MetricHistogram;
  readonly waiting: MetricGauge<"priority">;
  readonly waitSeconds: MetricHistogram<"priority">;
  readonly firstTokenSeconds: MetricHistogram;
  readonly tokensOut: MetricCounter;
  readonly refusals: MetricCounter<"code">;
  readonly refusedByMiner: MetricCounter<"code">;
  readonly handovers: MetricCounter<"reason">;
  readonly handoverGap: MetricHistogram;
  readonly receipts: MetricCounter;
  readonly receiptSeconds: MetricHistogram;
  readonly notes: MetricCounter;
  readonly storeFailures: MetricCounter;
  readonly reoffers: MetricCounter<"outcome">;
  readonly batchesFromMiners: MetricCounter<"outcome">;
  readonly settlements: MetricCounter<"outcome">;
  readonly workRecords: MetricCounter<"outcome">;
  readonly claims: MetricCounter<"outcome">;
  readonly setChallenges: MetricCounter<"outcome">;
  readonly sessionCredits: MetricCounter<"outcome">;
  readonly verifications: MetricCounter<"outcome">;
  readonly checks: MetricCounter<"outcome">;
  readonly queueTasks: MetricCounter<"outcome">;
  readonly queueRefusals: MetricCounter<"code">;
  readonly oracle: MetricCounter<"outcome">;
};

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

export function createRouterMetrics(
  metrics: Metrics,
  read: {
    readonly running: () => number;
    readonly miners: () => number;
    readonly verifiedMiners: () => number;
    readonly receiptsPending: () => number;
  },
): RouterMetrics {
  const gauge = (name: string, help: string, value: () => number) => metrics.gauge({ name, help, read: value });
  gauge("router_tasks_running", "Tasks running now.", read.running);
  gauge("router_miners", "Miners connected now.", read.miners);
  gauge("router_miners_verified", "Miners connected and verified now.", read.verifiedMiners);
  gauge("router_receipts_pending", "Receipts not yet in the database.", read.receiptsPending);
  const seconds = (name: string, help: string) => metrics.histogram({ name, help, buckets: SECONDS });
  const one = (name: string, help: string) => metrics.counter({ name, help });
  const byOutcome = (name: string, help: string) => metrics.counter({ name, help, labels: ["outcome"] });
  return {
    tasks: byOutcome("router_tasks_total", "Tasks by how they ended."),
    waiting: metrics.gauge({
      name: "router_tasks_waiting",
      help: "Tasks that wait for a miner now, by class.",
      labels: ["priority"],
    }),
    waitSeconds: metrics.histogram({
      name: "router_wait_seconds",
      help: "From the arrival of a task that had to wait to its first miner.",
      labels: ["priority"],
      buckets: SECONDS,
    }),
    taskSeconds: seconds("router_task_seconds", "From admission to the last event."),
    firstTokenSeconds: seconds("router_first_token_seconds", "From admission to the first text."),
    tokensOut: one("router_tokens_out_total", "Output tokens charged."),
    refusals: metrics.counter({ name: "router_refusals_total", help: "Requests refused, by code.", labels: ["code"] }),
    refusedByMiner: metrics.counter({
      name: "router_miner_refusals_total",
      help: "Assignments that miners declined.",
      labels: ["code"],
    }),
    handovers: metrics.counter({
      name: "router_handovers_total",
      help: "Segments lost, by reason.",
      labels: ["reason"],
    }),
    handoverGap: seconds("router_handover_gap_seconds", "From the loss of a miner to its successor's first token."),
    receipts: one("router_receipts_total", "Receipts acknowledged."),
    receiptSeconds: seconds("router_receipt_seconds", "From the end of a task to its durable receipt."),
    notes: one("router_credit_notes_total", "Credit notes signed for miners."),
    storeFailures: one("router_store_failures_total", "Writes of receipts that failed and are tried again."),
    reoffers: byOutcome("router_reoffers_total", "Results that miners offered again, by what came of it."),
    batchesFromMiners: byOutcome("router_miner_batches_total", "Signed batches from miners."),
    settlements: byOutcome("router_settlements_total", "Settlements by what became of them."),
    workRecords: byOutcome("router_work_records_total", "Work records by what became of them."),
    sessionCredits: byOutcome(
      "router_session_credits_total",
      "Credits given to sessions on chain, by what became of them.",
    ),
    claims: byOutcome("router_bond_claims_total", "Claims on segments, by whether the books could answer them."),
    setChallenges: byOutcome("router_set_challenges_total", "Challenges of settlement sets, by what became of them."),
    queueTasks: byOutcome("router_queue_tasks_total", "Tasks of the session queue, by what became of them."),
    queueRefusals: metrics.counter({
      name: "router_queue_refusals_total",
      help: "Tasks of the session queue that weren't served, by reason.",
      labels: ["code"],
    }),
    oracle: byOutcome("router_oracle_requests_total", "Contracts' requests, by how this router ended them."),
    checks: byOutcome("router_checks_total", "Answers given to a checker, by its verdict or why there is none."),
    verifications: byOutcome("router_verifications_total", "Challenges of miners, by what came of them."),
  };
}
