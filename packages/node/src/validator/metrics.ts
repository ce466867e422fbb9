import type { MetricCounter, Metrics } from "@cortensor/runtime";

/** What a validator counts. */
export type ValidatorMetrics = {
  readonly drawn: MetricCounter;
  readonly done: MetricCounter<"outcome">;
  readonly missed: MetricCounter;
  readonly shown: MetricCounter;
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
  };
}
