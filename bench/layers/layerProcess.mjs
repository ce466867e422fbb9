import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createChainReader, parseProfile, readLane } from "@cortensor/chain";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";

const LOOK_MS = 100;
const SETTLED_MS_MAX = 120_000;

/**
 * A layer's processes, below one of their own (`oneLayer.mjs`), and a key for each of its sessions. Each session is a client of its own: of one client only a few
 * assignments may wait for their envelopes.
 */
export async function startLayer({ name, ...layer }) {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/layers/oneLayer.mjs")], {
    env: { ...process.env, LAYER: JSON.stringify(layer) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const { url, adminToken, accounts, operator, profile, home } = await printed(child, name);
  const reader = createChainReader({ profile: parseProfile(readFileSync(profile, "utf8")) });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const apiKeys = [];
  for (const account of accounts) apiKeys.push(await makeKey({ url, adminToken, account }));
  const settledOf = async () => {
    const lanes = await Promise.all(accounts.map((account) => readLane(reader, { account, lane: operator })));
    return lanes.reduce((sum, { count }) => sum + count, 0);
  };
  return { name, pid: child.pid, url, profile, apiKeys, settledOf, stop };
}

/** A session that was just opened is known to its router within a moment. */
async function makeKey({ url, adminToken, account }) {
  const admin = createCortensor({ baseUrl: url, adminToken });
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const made = await admin.createKey({ account, name: `session ${account}` }).catch((error) => error);
    if (!(made instanceof Error)) return made.key;
    if (waitedMs > SETTLED_MS_MAX) throw made;
    await pause(LOOK_MS);
  }
}

/**
 * Resolves once so many of a layer's inferences stand settled on its chain. Its router's totals, which it reads every half second, say when to look: what was just
 * answered may not be in them yet, so that they say nothing by being equal.
 */
export async function untilSettled({ name, url, settledOf }, expected) {
  const client = createCortensor({ baseUrl: url });
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const { settledReceipts } = (await client.network()).totals;
    if (settledReceipts >= expected) break;
    if (waitedMs > SETTLED_MS_MAX) throw new Error(`${name}: ${settledReceipts} of ${expected} are settled`);
    await pause(LOOK_MS);
  }
  const onChain = await settledOf();
  if (onChain !== expected) throw new Error(`${name}: ${onChain} instead of ${expected} are settled on its chain`);
}

/** The one line of JSON that a program prints and goes on. */
function printed(child, what) {
  let text = "";
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const line = text
        .split("\n")
        .slice(0, -1)
        .find((one) => one.startsWith("{"));
      if (line !== undefined) resolve(JSON.parse(line));
    });
    child.once("close", (code) => reject(new Error(`${what} ended with ${code}`)));
  });
}
