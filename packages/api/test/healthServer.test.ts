import { createMetrics } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createHealthServer } from "../src/index.js";

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

async function serve(reasons: readonly string[]): Promise<string> {
  const metrics = createMetrics();
  metrics.counter({ name: "tasks_total", help: "Tasks." }).add({}, 3);
  const health = () => ({ live: true, ready: reasons.length === 0, reasons });
  const server = createHealthServer({ health, metrics });
  close = async () => void (await server.close());
  return server.listen({ host: "127.0.0.1", port: 0 });
}

describe("a role's health server", () => {
  it("shows that the role lives and serves, and what it counts", async () => {
    const url = await serve([]);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ live: true });
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ ready: true, reasons: [] });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("cortensor_tasks_total 3");
  });

  it("says with 503 why the role can't serve, and still lives", async () => {
    const url = await serve(["No router is connected."]);
    const ready = await fetch(`${url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false, reasons: ["No router is connected."] }]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("has no other route", async () => {
    const url = await serve([]);
    expect((await fetch(`${url}/v1/models`)).status).toBe(404);
  });

  it("ends while a client holds its connection open", async () => {
    const url = await serve([]);
    await (await fetch(`${url}/health`, { keepalive: true })).text();
    await close?.();
    close = undefined;
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });
});
