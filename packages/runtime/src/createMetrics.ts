import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Labels come from small closed sets, never ids: each combination is a series kept in memory. */
export type MetricLabels<Label extends string> = { readonly [Key in Label]: string };
export type MetricCounter<Label extends string = never> = { add(labels: MetricLabels<Label>, by?: number): void };
export type MetricGauge<Label extends string = never> = { set(labels: MetricLabels<Label>, value: number): void };
export type MetricHistogram<Label extends string = never> = {
  observe(labels: MetricLabels<Label>, value: number): void;
};

/** One registry per role. Names end in their unit: `_seconds`, `_bytes`, `_total`. */
export type Metrics = {
  counter<Label extends string = never>(spec: MetricSpec<Label>): MetricCounter<Label>;
  gauge<Label extends string = never>(spec: MetricSpec<Label> & { readonly read?: () => number }): MetricGauge<Label>;
  histogram<Label extends string = never>(
    spec: MetricSpec<Label> & { readonly buckets: readonly number[] },
  ): MetricHistogram<Label>;
  /** The registry in the Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
};

export type MetricSpec<Label extends string> = {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
};

export type MetricsOptions = {
  /** Put before each name. Default `cortensor_`. */
  readonly prefix?: string;
  /** Also the process's own: memory, event-loop delay, garbage collection. Default false. */
  readonly withProcess?: boolean;
};

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const prefix = options.prefix ?? "cortensor_";
  if (options.withProcess) collectDefaultMetrics({ register: registry, prefix });
  const shape = <Label extends string>(spec: MetricSpec<Label>) => ({
    name: prefix + spec.name,
    help: spec.help,
    labelNames: [...(spec.labels ?? [])],
    registers: [registry],
  });
  return {
    counter(spec) {
      const counter = new Counter(shape(spec));
      return { add: (labels, by = 1) => counter.inc(labels, by) };
    },
    gauge(spec) {
      const { read } = spec;
      const gauge = new Gauge({
        ...shape(spec),
        ...(read
          ? {
              collect(this: Gauge) {
                this.set(read());
              },
            }
          : {}),
      });
      return { set: (labels, value) => gauge.set(labels, value) };
    },
    histogram(spec) {
      const histogram = new Histogram({ ...shape(spec), buckets: [...spec.buckets] });
      return { observe: (labels, value) => histogram.observe(labels, value) };
    },
    async render() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

export function renderMetrics(metrics: Metrics): Promise<{ readonly contentType: string; readonly body: string }> {
  return metrics.render();
}
