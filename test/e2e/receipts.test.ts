import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const REQUESTS = 1_000;
const AT_ONCE = 16;
/** Operations with registered keys of one node in a second, at a load below a thousand requests a second. */
const OPERATIONS_PER_SECOND_MAX = 4;
const VERIFY_RECEIPTS = fileURLToPath(new URL("./harness/verifyReceipts.mjs", import.meta.url));

describe(`${REQUESTS} requests`, () => {
  let network: Network;
  const taskIds: string[] = [];
  let loadSeconds = 0;
  let before: Counts;
  let after: Counts;

  beforeAll(async () => {
    network = await startNetwork();
    // Verifying a miner takes signatures too, of which no request is the cause.
    await until("two verified miners", async () => {
      const { miners } = await network.client.network();
      return miners.filter(({ verifiedUntil }) => verifiedUntil !== undefined).length === 2 ? true : undefined;
    });
    before = await readCounts(network);
    const startedMs = performance.now();
    let asked = 0;
    const work = async (): Promise<void> => {
      while (asked < REQUESTS) {
        asked += 1;
        const answer = await network.client.chat(`What is ${asked % 50} plus ${asked % 7}?`, { maxTokens: 4 });
        taskIds.push(answer.taskId);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    loadSeconds = (performance.now() - startedMs) / 1_000;
    after = await readCounts(network);
  });
  afterAll(() => network?.stop());

  it("have as many receipts, each fetched and verified by a fresh process", async () => {
    expect(new Set(taskIds).size).toBe(REQUESTS);
    const { valid, invalid, feesWei } = await verifyInFreshProcess(network, taskIds);
    expect(invalid).toEqual([]);
    expect(valid).toBe(REQUESTS);
    const totals = await until("totals of all receipts", async () => {
      const view = await network.client.network();
      return view.totals.receipts === REQUESTS ? view.totals : undefined;
    });
    expect(totals.feesWei).toBe(BigInt(feesWei));
  });

  it("cost the router and each miner no more signatures than a few a second", () => {
    const signed = after.signed - before.signed;
    const verified = after.verified - before.verified;
    const fromMiners = after.minerBatches - before.minerBatches;
    expect(signed).toBeGreaterThan(0);
    expect(fromMiners).toBeGreaterThan(0);
    expect(signed / loadSeconds, "signatures of the router").toBeLessThanOrEqual(OPERATIONS_PER_SECOND_MAX);
    expect(fromMiners / 2 / loadSeconds, "signatures of a miner").toBeLessThanOrEqual(OPERATIONS_PER_SECOND_MAX);
    expect(verified, "each batch of a miner is verified, and once").toBe(fromMiners);
    expect(signed + verified, "and far fewer than requests").toBeLessThan(REQUESTS / 2);
  });
});

type Counts = { readonly signed: number; readonly verified: number; readonly minerBatches: number };

async function readCounts(network: Network): Promise<Counts> {
  const text = await (await fetch(`${network.url}/metrics`)).text();
  const sumOf = (name: string): number =>
    text
      .split("\n")
      .filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  return {
    signed: sumOf('cortensor_secp256k1_operations_total{operation="sign"}'),
    verified: sumOf('cortensor_secp256k1_operations_total{operation="verify"}'),
    minerBatches: sumOf("cortensor_router_miner_batches_total"),
  };
}

type Verified = { readonly valid: number; readonly invalid: readonly unknown[]; readonly feesWei: string };

function verifyInFreshProcess(network: Network, taskIds: readonly string[]): Promise<Verified> {
  const child = spawn(process.execPath, [VERIFY_RECEIPTS, network.url, join(network.home, "network.json")]);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.end(taskIds.join("\n"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(stdout) as Verified);
      else reject(new Error(`the verifier ended with ${code}: ${stderr}`));
    });
  });
}
