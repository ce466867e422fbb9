import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseProfile } from "@cortensor/chain";
import { createCortensor } from "@cortensor/sdk";

/**
 * Sessions that ask at once, each its requests in turn. Arguments by environment: ASK = {url, apiKey, profile, privacy, sessions, requests,
 * promptBytes, maxTokens}. Prints one JSON object. Its clock starts when one question was answered: a miner's prekeys take a while to be on chain.
 */
const { url, apiKey, profile, privacy, sessions, requests, promptBytes, maxTokens } = JSON.parse(process.env.ASK);
const READY_TRIES = 300;
const READY_EVERY_MS = 200;
const deployment = parseProfile(readFileSync(profile, "utf8"));
const client = () => createCortensor({ baseUrl: url, apiKey, deployment, privacy });
const promptOf = (session, request) => `${session} ${request} ${"abc".repeat(promptBytes)}`.slice(0, promptBytes);
const options = { maxTokens, temperature: 0 };

const probe = client();
for (let tries = 1; ; tries += 1) {
  const outcome = await probe.complete(promptOf("probe", tries), options).catch((error) => error);
  if (!(outcome instanceof Error)) break;
  if (tries >= READY_TRIES) throw outcome;
  await pause(READY_EVERY_MS);
}

const latenciesMs = [];
let failed = 0;
const run = async (session) => {
  const asking = client();
  for (let request = 0; request < requests; request += 1) {
    const startedMs = performance.now();
    try {
      await asking.complete(promptOf(session, request), options);
    } catch (error) {
      failed += 1;
      process.stderr.write(`  ${privacy}: ${error.code ?? error.message}\n`);
    }
    latenciesMs.push(performance.now() - startedMs);
  }
};
const startedMs = performance.now();
await Promise.all(Array.from({ length: sessions }, (_, session) => run(session)));
const seconds = (performance.now() - startedMs) / 1_000;
latenciesMs.sort((a, b) => a - b);
const answered = sessions * requests - failed;
const p50Ms = latenciesMs[Math.floor(latenciesMs.length / 2)];
process.stdout.write(JSON.stringify({ answered, failed, seconds, perSecond: answered / seconds, p50Ms }));
