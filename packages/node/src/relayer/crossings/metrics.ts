import type { MetricCounter, MetricGauge, Metrics } from "@cortensor/runtime";

/** What sending over crossings counts. */
export type CrossingMetrics = {
  readonly acts: MetricCounter<"crossing" | "act" | "outcome">;
  readonly gas: MetricCounter<"crossing" | "act">;
  readonly due: MetricGauge<"crossing">;
};

export function createCrossingMetrics(metrics: Metrics): CrossingMetrics {
  return {
    acts: metrics.counter({
      name: "crossing_acts_total",
      help: "Transactions that tell one layer of another, by kind and whether the chain took them or the hour's cap held them back.",
      labels: ["crossing", "act", "outcome"],
    }),
    gas: metrics.counter({
      name: "crossing_gas_total",
      help: "Gas that these transactions used.",
      labels: ["crossing", "act"],
    }),
    due: metrics.gauge({
      name: "crossing_due",
      help: "Nodes, stakes and roots that no message tells the other layer of yet, and that may be told now.",
      labels: ["crossing"],
    }),
  };
}
