import type { MetricCounter, Metrics } from "@cortensor/runtime";

/** What a validator counts. */
export type ValidatorMetrics = {
  readonly drawn: MetricCounter;
  readonly done: MetricCounter<"outcome">;
  readonly missed: MetricCounter;
  readonly shown: MetricCounter;
  readonly engineSeconds: MetricCounter;
  readonly engineCpuSeconds: MetricCounter;
  readonly disputes: MetricCounter<"outcome">;
  readonly claimed: MetricCounter;
};

export function createValidatorMetrics(metrics: Metrics): ValidatorMetrics {
  return {
    drawn: metrics.counter({ name: "validator_duties_drawn_total", help: "Duties drawn by its own secrets." }),
    done: metrics.counter({
      name: "validator_duties_done_total",
      help: "Duties that it committed a verdict to, by what it found.",
      labels: ["outcome"],
    }),
    missed: metrics.counter({
      name: "validator_duties_missed_total",
      help: "Duties without a verdict when verdicts had to be committed to.",
    }),
    shown: metrics.counter({
      name: "validator_epochs_shown_total",
      help: "Epochs whose secret it showed.",
    }),
    engineSeconds: metrics.counter({
      name: "validator_engine_seconds_total",
      help: "Time in which the model ran for duties.",
    }),
    engineCpuSeconds: metrics.counter({
      name: "validator_engine_cpu_seconds_total",
      help: "Processor time of the engine for duties.",
    }),
    disputes: metrics.counter({
      name: "validator_disputes_total",
      help: "Disputes over results that it found wrong, and tries that were refused, or without the bond.",
      labels: ["outcome"],
    }),
    claimed: metrics.counter({ name: "validator_claims_total", help: "Claims of what its duties had earned." }),
  };
}
