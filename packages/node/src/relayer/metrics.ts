import type { MetricCounter, MetricGauge, Metrics } from "@cortensor/runtime";

/** What a relayer counts. */
export type RelayerMetrics = {
  readonly acts: MetricCounter<"link" | "act" | "outcome">;
  readonly gas: MetricCounter<"link">;
  readonly waiting: MetricGauge<"link">;
};

export function createRelayerMetrics(metrics: Metrics): RelayerMetrics {
  return {
    acts: metrics.counter({
      name: "relayer_acts_total",
      help: "Batches handed in and messages tried again, by link and whether the chain took them.",
      labels: ["link", "act", "outcome"],
    }),
    gas: metrics.counter({
      name: "relayer_gas_total",
      help: "Gas that this relayer's transactions used.",
      labels: ["link"],
    }),
    waiting: metrics.gauge({
      name: "relayer_waiting_messages",
      help: "Messages under a root that aren't delivered.",
      labels: ["link"],
    }),
  };
}
