import { readFileSync } from "node:fs";
import path from "node:path";
import { createChainReader, parseProfile, readHead } from "@cortensor/chain";
import { createEpochDesk } from "@cortensor/node";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import { createCortensor } from "@cortensor/sdk";
import { startCommand } from "../startCommand.mjs";
import { startOwnEngines } from "./ownEngines.mjs";
import { countPledges, keepPublic, openBoard, readDuties } from "./publicData.mjs";
import { startLoad } from "./steadyLoad.mjs";
import { readWork, workBetween } from "./workMeter.mjs";

export const MINERS = 1;
export const GUARDS = 5;
/** Some fifteen in an epoch of thirty seconds: two cores make and check them with room to spare. */
export const TASKS_PER_SECOND = 0.5;
/** From an epoch's end until its duties can't be shown any more, and the virtual block that has them is made. */
const EPOCHS_AFTER = 4;
const LOOK_MS = 250;
const SEED = 25;

/**
 * A local network of real engines under steady load: each epoch's work, by what for, from the first epoch on whose duties all guards can draw. When it ends its public data lie in its
 * home, and nothing runs any more.
 */
export async function runNetwork({ home, epochs: count, say }) {
  const stop = new AbortController();
  const [port, rpcPort, minerPort] = [await pickFreePort(), await pickFreePort(), await pickFreePort()];
  const args = [
    "up",
    "--profile",
    "single",
    "--port",
    String(port),
    "--rpc-port",
    String(rpcPort),
    "--miners",
    String(MINERS),
  ];
  const env = { GUARD_DUTIES: "embedded", MINER_METRICS_PORT: String(minerPort), ROUTER_SETTLE_AGE: "3s" };
  say(`starting a local network of ${GUARDS} guards that do duties`);
  const up = await startCommand(home, { args: [...args, "--guards", String(GUARDS)], event: "guards.ready", env });
  try {
    const profile = parseProfile(readFileSync(path.join(home, "network.json"), "utf8"));
    const apiKey = readFileSync(path.join(home, "api-key"), "utf8").trim();
    const chain = createChainReader({ profile });
    const client = createCortensor({ baseUrl: `http://127.0.0.1:${port}`, apiKey });
    const endpoints = await endpointsOf(chain, stop.signal);
    const metrics = [`http://127.0.0.1:${minerPort}`, ...endpoints];
    const seen = await measure({ chain, client, endpoints, metrics, count, say });
    const lastEpoch = seen.firstEpoch + count - 1;
    await untilEpoch(profile, lastEpoch + EPOCHS_AFTER);
    const duties = await readDuties(
      openBoard(chain, home),
      seen.parts.map(({ epoch }) => epoch),
    );
    const documents = await keepPublic({ chain, home, endpoints, lastEpoch: lastEpoch + EPOCHS_AFTER - 1 });
    const { blockNumber } = await readHead(chain);
    say(`${documents} documents of verdicts, ${blockNumber} blocks`);
    return { ...seen, duties, epochMs: profile.epochSeconds * 1_000, validators: GUARDS, miners: MINERS };
  } finally {
    stop.abort();
    await up.stop();
  }
}

async function endpointsOf(chain, signal) {
  const desk = createEpochDesk({ chain, clock: systemClock, signal });
  for (;;) {
    const { guards } = await desk.overview();
    const endpoints = guards.flatMap(({ endpoint, isUp }) => (isUp && endpoint !== undefined ? [endpoint] : []));
    if (endpoints.length === GUARDS) return endpoints;
    await pause(LOOK_MS);
  }
}

/** Load, and the work of each epoch; a last one is for the checks of the one before. */
async function measure({ chain, client, endpoints, metrics, count, say }) {
  const { profile } = chain;
  const own = await startOwnEngines({ seed: SEED + 1, tasksPerSecond: TASKS_PER_SECOND, guards: GUARDS });
  const load = startLoad({ client, tasksPerSecond: TASKS_PER_SECOND, seed: SEED });
  try {
    const firstEpoch = await firstWhole(chain, endpoints);
    say(`measuring from epoch ${firstEpoch} on, for ${count} epochs`);
    await untilEpoch(profile, firstEpoch);
    const [asked, owned] = [load.sizes.length, own.costs.length];
    let before = await readWork(metrics);
    const works = [];
    for (let epoch = firstEpoch; epoch <= firstEpoch + count; epoch += 1) {
      await untilEpoch(profile, epoch + 1);
      const after = await readWork(metrics);
      works.push({ epoch, ...workBetween(before, after) });
      before = after;
      const { answer, duty } = works.at(-1);
      say(`  epoch ${epoch}: answers ${answer.toFixed(2)} s, duties ${duty.toFixed(2)} s, ${load.sizes.length} tasks`);
    }
    await load.stop();
    const [sizes, costs] = [load.sizes.slice(asked), own.costs.slice(owned)];
    return { firstEpoch, parts: partsOf(works), works, sizes, costs, ...outcomeOf(load, own) };
  } finally {
    await load.stop();
    await own.stop();
  }
}

function outcomeOf(load, { tokensPerSecond }) {
  return { failed: load.failed, missed: load.missed(), tokensPerSecond, tasksPerSecond: TASKS_PER_SECOND };
}

/** What answers of an epoch cost, and their checks, which are made in the next. */
function partsOf(works) {
  return works.slice(0, -1).map(({ epoch, answer, check }, index) => ({
    ...{ epoch, under: answer, over: check + (works[index + 1]?.duty ?? 0) },
  }));
}

/** The first epoch to come for which all guards have committed to a secret, and all their engines have worked: they start with their first duty. */
async function firstWhole(chain, endpoints) {
  for (;;) {
    const next = epochNow(chain.profile) + 1;
    const works = await Promise.all(endpoints.map((endpoint) => readWork([endpoint])));
    const isWarm = works.every(({ duty }) => duty > 0) && (await countPledges(chain, next)) === GUARDS;
    if (isWarm) return next;
    await pause(LOOK_MS);
  }
}

/** A local chain's time is the machine's. */
function epochNow({ t0, epochSeconds }) {
  return Math.floor((Date.now() / 1_000 - t0) / epochSeconds);
}

async function untilEpoch(profile, epoch) {
  while (epochNow(profile) < epoch) await pause(LOOK_MS);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
