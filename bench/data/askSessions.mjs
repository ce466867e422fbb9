import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseProfile } from "@cortensor/chain";
import { createCortensor } from "@cortensor/sdk";

/**
 * Sessions that ask at once, each its requests in turn. Arguments by environment: ASK = {url, apiKeys, profile, privacy, requests,
 * promptBytes, maxTokens, canaries}, one session a key. Prints one JSON object. A refusal is counted by its reason and not asked again. Its clock starts when one question was answered: a miner's prekeys take a while to be on chain.
 */
const { url, apiKeys, profile, privacy, requests, promptBytes, maxTokens, canaries } = JSON.parse(process.env.ASK);
const READY_TRIES = 300;
const READY_EVERY_MS = 200;
const deployment = parseProfile(readFileSync(profile, "utf8"));
const client = (apiKey) =>
  createCortensor({ baseUrl: url, apiKey, deployment, privacy, ...(canaries && { canaries }) });
const promptOf = (session, request) => `${session} ${request} ${"abc".repeat(promptBytes)}`.slice(0, promptBytes);
const options = { maxTokens, temperature: 0 };

const probe = client(apiKeys[0]);
for (let tries = 1; ; tries += 1) {
  const outcome = await probe.complete(promptOf("probe", tries), options).catch((error) => error);
  if (!(outcome instanceof Error)) break;
  if (tries >= READY_TRIES) throw outcome;
  await pause(READY_EVERY_MS);
}

const latenciesMs = [];
const refusals = {};
const run = async (apiKey, session) => {
  const asking = client(apiKey);
  for (let request = 0; request < requests; request += 1) {
    const startedMs = performance.now();
    try {
      await asking.complete(promptOf(session, request), options);
    } catch (error) {
      const { reason = error.message, detail = "" } = error.data ?? {};
      if (refusals[reason] === undefined) process.stderr.write(`  ${privacy}: ${reason} ${detail}\n`);
      refusals[reason] = (refusals[reason] ?? 0) + 1;
    }
    latenciesMs.push(performance.now() - startedMs);
  }
};
const startedMs = performance.now();
const before = process.cpuUsage();
await Promise.all(apiKeys.map(run));
const seconds = (performance.now() - startedMs) / 1_000;
const { user, system } = process.cpuUsage(before);
latenciesMs.sort((a, b) => a - b);
const failed = Object.values(refusals).reduce((sum, count) => sum + count, 0);
const answered = apiKeys.length * requests - failed;
const p50Ms = latenciesMs[Math.floor(latenciesMs.length / 2)];
const cpuSeconds = (user + system) / 1_000_000;
const perSecond = answered / seconds;
process.stdout.write(JSON.stringify({ answered, failed, refusals, seconds, perSecond, p50Ms, cpuSeconds }));
