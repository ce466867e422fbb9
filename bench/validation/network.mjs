import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pickFreePort } from "@cortensor/runtime";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";

const ENTRY = path.join(ROOT, "packages/cli/bin/cortensor.mjs");
/** Time for a process, with its engine, to say that it is ready, and for its miners to be verified. */
const READY_MS = 300_000;
/** Any able miner is as likely to be asked as any other, whatever it did before: so the liar keeps its share. */
const EVEN = { ROUTER_EXPLORATION: "1" };

/** A command of `cortensor`. Resolves with the line by which it says that it is ready. */
async function startCommand(home, { args, event }) {
  const child = spawn(process.execPath, [ENTRY, "--json", "--home", home, ...args], {
    env: { ...process.env, ...EVEN, CORTENSOR_PASSPHRASE: "of a bench" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const ready = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${args[0]} was not ready in ${READY_MS} ms`)), READY_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.event !== event) return;
      clearTimeout(timer);
      resolve(said);
    });
    child.once("close", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  const stop = async () => {
    child.kill("SIGINT");
    await closed;
  };
  return { ready, stop };
}

/** A local network of so many honest miners and one that cheats, each of an owner of its own. Resolves when all are verified. */
export async function startLyingNetwork({ honest, cheat }) {
  const folder = mkdtempSync(path.join(tmpdir(), "cortensor-validation-"));
  const stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [port, rpcPort] = [await pickFreePort(), await pickFreePort()];
    const up = await startCommand(path.join(folder, "network"), {
      args: ["up", "--port", String(port), "--rpc-port", String(rpcPort), "--miners", String(honest), "--guards", "0"],
      event: "result",
    });
    stops.push(up.stop);
    const { url, apiKey, model } = up.ready;
    const adversary = await startCommand(path.join(folder, "liar"), {
      args: ["adversary", "--cheat", cheat, "--network", url, "--slots", "1"],
      event: "miner.ready",
    });
    stops.push(adversary.stop);
    const client = createCortensor({ baseUrl: url, apiKey });
    await untilVerified(client, honest + 1);
    return { url, apiKey, model, client, liar: adversary.ready.address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilVerified(client, count) {
  for (const endsAt = Date.now() + READY_MS; Date.now() < endsAt; ) {
    const { miners } = await client.network();
    if (miners.filter(({ verifiedUntil }) => verifiedUntil !== undefined).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`there were not ${count} verified miners within ${READY_MS} ms`);
}
