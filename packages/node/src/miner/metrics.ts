import type { MetricCounter, MetricGauge, MetricHistogram, Metrics } from "@cortensor/runtime";

export type TaskEnding = "stop" | "length" | "abort" | "error" | "refused" | "failed" | "linkLost" | "mismatch";

/** What a miner counts. */
export type MinerMetrics = {
  readonly tasks: MetricCounter<"ending">;
  readonly refusals: MetricCounter<"code">;
  readonly tokens: MetricCounter<"direction">;
  readonly receipts: MetricCounter<"verdict">;
  readonly notes: MetricCounter<"verdict">;
  readonly unpaid: MetricCounter;
  readonly acknowledgements: MetricCounter<"verdict">;
  readonly firstTokenSeconds: MetricHistogram;
  readonly pauses: MetricCounter;
  readonly links: MetricGauge;
  readonly probes: MetricCounter<"outcome">;
  readonly bodies: MetricCounter<"outcome">;
  readonly bodiesPut: MetricCounter<"outcome">;
  readonly checks: MetricCounter<"outcome">;
  readonly lifeActs: MetricCounter<"act" | "outcome">;
  readonly lifeState: MetricGauge<"state">;
  readonly lifeLevel: MetricGauge;
  readonly pingedAt: MetricGauge;
  readonly engineSeconds: MetricCounter<"work">;
  readonly engineCpuSeconds: MetricCounter<"work">;
  readonly seatSteps: MetricCounter<"step" | "outcome">;
};

export type MinerGauges = {
  readonly running: () => number;
  readonly queued: () => number;
  readonly outbox: () => number;
  readonly bodyBytes: () => number;
};

export function createMinerMetrics(metrics: Metrics, gauges: MinerGauges): MinerMetrics {
  metrics.gauge({ name: "miner_running_tasks", help: "Tasks that an engine works on.", read: gauges.running });
  metrics.gauge({ name: "miner_queued_tasks", help: "Tasks that wait for a free sequence.", read: gauges.queued });
  metrics.gauge({ name: "miner_outbox_results", help: "Results whose receipt has not come.", read: gauges.outbox });
  metrics.gauge({
    name: "miner_body_bytes",
    help: "Bytes of what checkers may ask for.",
    read: gauges.bodyBytes,
  });
  return {
    tasks: metrics.counter({ name: "miner_tasks_total", help: "Tasks, by how they ended.", labels: ["ending"] }),
    refusals: metrics.counter({ name: "miner_refusals_total", help: "Tasks refused, by code.", labels: ["code"] }),
    tokens: metrics.counter({ name: "miner_tokens_total", help: "Tokens read and made.", labels: ["direction"] }),
    receipts: metrics.counter({ name: "miner_receipts_total", help: "Receipts, by verdict.", labels: ["verdict"] }),
    notes: metrics.counter({
      name: "miner_credit_notes_total",
      help: "Credit notes, by verdict.",
      labels: ["verdict"],
    }),
    unpaid: metrics.counter({ name: "miner_unpaid_results_total", help: "Results that a router would not pay." }),
    acknowledgements: metrics.counter({
      name: "miner_acknowledgements_total",
      help: "Acknowledged checkpoints, by verdict.",
      labels: ["verdict"],
    }),
    firstTokenSeconds: metrics.histogram({
      name: "miner_first_token_seconds",
      help: "From assignment to the first token.",
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    }),
    pauses: metrics.counter({
      name: "miner_pauses_total",
      help: "Pauses because output was not acknowledged.",
    }),
    links: metrics.gauge({ name: "miner_links", help: "Routers connected." }),
    probes: metrics.counter({
      name: "miner_probes_total",
      help: "Probes, its own verifications' and other miners', by what came of them.",
      labels: ["outcome"],
    }),
    bodies: metrics.counter({
      name: "miner_bodies_asked_total",
      help: "Bodies that routers asked for, by whether there was one.",
      labels: ["outcome"],
    }),
    bodiesPut: metrics.counter({
      name: "miner_bodies_put_total",
      help: "Bodies for peers, by what came of them: `dropped` where more waited than may.",
      labels: ["outcome"],
    }),
    checks: metrics.counter({
      name: "miner_checks_total",
      help: "Checks of other miners' results, by the verdict or why there is none.",
      labels: ["outcome"],
    }),
    lifeActs: metrics.counter({
      name: "miner_life_steps_total",
      help: "What the node sent to the chain about its life and network tasks, by what and what came of it.",
      labels: ["act", "outcome"],
    }),
    lifeState: metrics.gauge({
      name: "miner_life_state",
      help: "1 for the state of the node's life on chain, 0 for those that it had before.",
      labels: ["state"],
    }),
    lifeLevel: metrics.gauge({ name: "miner_life_level", help: "The level that the pool knows of the node." }),
    pingedAt: metrics.gauge({ name: "miner_life_pinged_seconds", help: "Chain time of the node's last sign of life." }),
    ...createEngineCounters(metrics),
    seatSteps: metrics.counter({
      name: "miner_queue_steps_total",
      help: "Transactions for tasks of the session queue, by step and by whether they were done.",
      labels: ["step", "outcome"],
    }),
  };
}

function createEngineCounters(metrics: Metrics): Pick<MinerMetrics, "engineSeconds" | "engineCpuSeconds"> {
  return {
    engineSeconds: metrics.counter({
      name: "miner_engine_seconds_total",
      help: "Time in which the model ran, by what for; embeddings aren't counted.",
      labels: ["work"],
    }),
    engineCpuSeconds: metrics.counter({
      name: "miner_engine_cpu_seconds_total",
      help: "Processor time of the engine, by what for; embeddings aren't counted.",
      labels: ["work"],
    }),
  };
}
