import type { MetricCounter, MetricGauge, Metrics } from "@cortensor/runtime";

/** What a judge counts. */
export type JudgeMetrics = {
  readonly acts: MetricCounter<"act" | "outcome">;
  readonly found: MetricCounter<"outcome">;
  readonly followed: MetricGauge;
};

export function createJudgeMetrics(metrics: Metrics): JudgeMetrics {
  return {
    acts: metrics.counter({
      name: "judge_acts_total",
      help: "What it sent to the chain in disputes, by what became of it.",
      labels: ["act", "outcome"],
    }),
    found: metrics.counter({
      name: "judge_results_total",
      help: "Disputed results that it made again, by what it found.",
      labels: ["outcome"],
    }),
    followed: metrics.gauge({ name: "judge_disputes", help: "Disputes that it follows." }),
  };
}
