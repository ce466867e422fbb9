import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asked, askMany } from "./harness/askMany.js";
import { countSignatures, type SignatureCounts } from "./harness/countSignatures.js";
import { freePorts } from "./harness/freePorts.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const REQUESTS = 10_000;
const CONNECTIONS = 50;
/** The miner's certificate, its verification, and its prekeys. */
const SEEN_BY_ROUTER = 3;
/** One secp256k1 operation of all nodes together for so many requests … */
const REQUESTS_PER_OPERATION = 100;
/** … or, at a load below a thousand requests a second, so many of each node in a second. */
const OPERATIONS_PER_SECOND = 4;

describe(`${REQUESTS} requests over ${CONNECTIONS} connections`, () => {
  let network: Network;
  let metricsUrls: Readonly<Record<"router" | "miner", string>>;
  let asked: Asked;
  let before: Readonly<Record<string, SignatureCounts>>;
  let made: Readonly<Record<string, SignatureCounts>>;
  let seconds: number;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const env = { MINER_METRICS_PORT: String(port) };
    network = await startNetwork({ args: ["--scripted", "at-once", "--miners", "1"], env });
    metricsUrls = { router: `${network.url}/metrics`, miner: `http://127.0.0.1:${port}/metrics` };
    before = await until("miner's prekeys at the router", async () => {
      const counts = await countAll(metricsUrls);
      return (counts.router?.verified ?? 0) >= SEEN_BY_ROUTER ? counts : undefined;
    });
    const startedMs = performance.now();
    asked = await askMany(network, { requests: REQUESTS, connections: CONNECTIONS });
    const after = await countAll(metricsUrls);
    seconds = (performance.now() - startedMs) / 1_000;
    made = Object.fromEntries(
      Object.entries(after).map(([node, { signed, verified }]) => [
        node,
        { signed: signed - (before[node]?.signed ?? 0), verified: verified - (before[node]?.verified ?? 0) },
      ]),
    );
  });
  afterAll(() => network?.stop());

  it("are all answered, each as a task of its own", () => {
    expect(asked.statuses).toEqual({ 200: REQUESTS });
    expect(new Set(asked.tasks).size).toBe(REQUESTS);
  });

  it("are counted beside what the link itself cost: each side's certificate, the miner's verification and prekeys, and their posting", () => {
    expect(before).toEqual({ router: { signed: 3, verified: SEEN_BY_ROUTER }, miner: { signed: 4, verified: 1 } });
  });

  it("cost router and miner together one signature or verification per hundred, or four a second each", () => {
    const counts = Object.values(made);
    const operations = counts.reduce((sum, { signed, verified }) => sum + signed + verified, 0);
    const perSecond = Math.round(asked.finished / asked.seconds);
    process.stdout.write(
      `${perSecond} requests/s; in ${seconds.toFixed(2)} s ${operations} operations: ${JSON.stringify(made)}\n`,
    );
    for (const [node, { signed, verified }] of Object.entries(made)) {
      expect(signed, `signatures of the ${node}`).toBeGreaterThan(0);
      expect(verified, `verifications of the ${node}`).toBeGreaterThan(0);
    }
    const allowed = Math.max(REQUESTS / REQUESTS_PER_OPERATION, OPERATIONS_PER_SECOND * counts.length * seconds);
    expect(operations).toBeLessThanOrEqual(allowed);
  });

  it("leave a miner that says it is alive and ready, and serves nothing else", async () => {
    const { origin } = new URL(metricsUrls.miner);
    const paths = ["health", "ready", "v1/models"];
    const [health, ready, models] = await Promise.all(paths.map((path) => fetch(`${origin}/${path}`)));
    expect([health?.status, await health?.json()]).toEqual([200, { live: true }]);
    expect([ready?.status, await ready?.json()]).toEqual([200, { ready: true, reasons: [] }]);
    expect(models?.status).toBe(404);
  });
});

async function countAll(urls: Readonly<Record<string, string>>): Promise<Readonly<Record<string, SignatureCounts>>> {
  return Object.fromEntries(
    await Promise.all(Object.entries(urls).map(async ([node, url]) => [node, await countSignatures(url)] as const)),
  );
}
