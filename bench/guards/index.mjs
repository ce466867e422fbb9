import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createChainReader, parseProfile, readHead } from "@cortensor/chain";
import { createEpochDesk } from "@cortensor/node";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import { createCortensor } from "@cortensor/sdk";
import { report } from "../report.mjs";
import { startCommand } from "../startCommand.mjs";

/**
 * What a guard costs while nothing is wrong: processor time of each of five guards of a local network, whose epochs last thirty seconds and
 * who look once a second. Nobody asks anything; each epoch has its roots and its virtual block.
 */
const MINUTES = Number(process.env.BENCH_MINUTES ?? 5);
const GUARDS = 5;
/** Epochs that pass before it is measured: the set is fixed, and code is warm. */
const WARM_EPOCHS = 3;
/** Share of a core that a guard may take. */
const PERCENT_MAX = 2;
const POLL_MS = 1_000;

const say = (line) => process.stderr.write(`${line}\n`);
const round = (value) => Number(value.toPrecision(3));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Seconds of processor time that a guard's process says it has used. */
async function usedSeconds(endpoint) {
  const text = await (await fetch(new URL("/metrics", endpoint))).text();
  const found = /^cortensor_process_cpu_seconds_total ([\d.e+-]+)$/m.exec(text);
  if (found === null) throw new Error(`${endpoint} tells no processor time`);
  return Number(found[1]);
}

const folder = mkdtempSync(path.join(tmpdir(), "cortensor-bench-guards-"));
const stop = new AbortController();
const [port, rpcPort] = [await pickFreePort(), await pickFreePort()];
const args = [
  "up",
  "--profile",
  "single",
  "--port",
  String(port),
  "--rpc-port",
  String(rpcPort),
  "--scripted",
  "at-once",
  "--miners",
  "1",
];
say(`starting a local network with ${GUARDS} guards`);
const up = await startCommand(folder, { args: [...args, "--guards", String(GUARDS)], event: "guards.ready" });
try {
  const { profile } = await createCortensor({ baseUrl: `http://127.0.0.1:${port}` }).info();
  const chain = createChainReader({ profile: parseProfile(JSON.stringify(profile)) });
  const desk = createEpochDesk({ chain, clock: systemClock, signal: stop.signal });
  const untilEpoch = async (isIt) => {
    for (;;) {
      const view = await desk.overview();
      if (isIt(view)) return view;
      await pause(POLL_MS);
    }
  };
  const isWhole = ({ missing }) => missing.length === 0;
  const warm = await untilEpoch(({ epochs }) => epochs.filter(isWhole).length >= WARM_EPOCHS);
  const endpoints = warm.guards.map(({ endpoint }) => endpoint);
  const sample = async () => ({ at: performance.now(), used: await Promise.all(endpoints.map(usedSeconds)) });
  say(`measuring for ${MINUTES} minutes`);
  const before = await sample();
  await pause(MINUTES * 60_000);
  const after = await sample();
  const seconds = (after.at - before.at) / 1_000;
  const shares = after.used.map((used, index) => (100 * (used - before.used[index])) / seconds);
  const { epochs } = await desk.overview();
  const { blockNumber } = await readHead(chain);
  const facts = {
    ...{ guards: GUARDS, minutes: MINUTES, epochSeconds: chain.profile.epochSeconds, blocks: Number(blockNumber) },
    each: shares.map(round),
    wholeEpochs: epochs.filter(({ epoch, ...of }) => epoch > warm.epoch && isWhole(of)).length,
  };
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  report("guards", [{ metric: "core_percent", value: round(mean), unit: "%", atMost: PERCENT_MAX, ...facts }]);
} finally {
  stop.abort();
  await up.stop();
  rmSync(folder, { recursive: true, force: true });
}
