import { expect, it } from "vitest";
import { createMetrics, renderMetrics } from "./createMetrics.js";

it("renders counters, gauges and histograms of its own registry alone", async () => {
  const metrics = createMetrics();
  createMetrics().counter({ name: "foreign_total", help: "Another role's." }).add({});
  const requests = metrics.counter({ name: "requests_total", help: "Requests.", labels: ["route"] });
  requests.add({ route: "chat" });
  requests.add({ route: "chat" }, 2);
  metrics.gauge({ name: "queue_length", help: "Waiting.", read: () => 4 });
  metrics.gauge({ name: "open_streams", help: "Open." }).set({}, 9);
  metrics.histogram({ name: "wait_seconds", help: "Wait.", buckets: [0.1, 1] }).observe({}, 0.5);
  const { body, contentType } = await renderMetrics(metrics);
  expect(contentType).toContain("text/plain");
  expect(body).toContain('cortensor_requests_total{route="chat"} 3');
  expect(body).toContain("cortensor_queue_length 4");
  expect(body).toContain("cortensor_open_streams 9");
  expect(body).toContain('cortensor_wait_seconds_bucket{le="1"} 1');
  expect(body).not.toContain("foreign");
});
