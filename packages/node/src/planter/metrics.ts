import type { MetricCounter, Metrics } from "@cortensor/runtime";

/** What a planter counts. */
export type PlanterMetrics = {
  readonly committed: MetricCounter;
  readonly asked: MetricCounter;
  readonly opened: MetricCounter;
  readonly lost: MetricCounter;
};

export function createPlanterMetrics(metrics: Metrics): PlanterMetrics {
  return {
    committed: metrics.counter({ name: "planter_committed_total", help: "Plants that it committed to." }),
    asked: metrics.counter({ name: "planter_asked_total", help: "Plants whose question was answered as planned." }),
    opened: metrics.counter({ name: "planter_opened_total", help: "Plants that it opened." }),
    lost: metrics.counter({
      name: "planter_lost_total",
      help: "Plants that nothing comes of: not answered as planned, or not settled, or not opened in time.",
    }),
  };
}
