import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pickFreePort } from "@cortensor/runtime";
import { createCortensor } from "@cortensor/sdk";
import { startCommand } from "../startCommand.mjs";

/** Time for miners to be verified. */
const READY_MS = 300_000;
/** Any able miner is as likely to be asked as any other, whatever it did before: so the liar keeps its share. */
const EVEN = { ROUTER_EXPLORATION: "1" };

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
      args: [
        "up",
        "--profile",
        "single",
        "--port",
        String(port),
        "--rpc-port",
        String(rpcPort),
        "--miners",
        String(honest),
        "--guards",
        "0",
      ],
      event: "result",
      env: EVEN,
    });
    stops.push(up.stop);
    const { url, apiKey, model } = up.ready;
    const adversary = await startCommand(path.join(folder, "liar"), {
      args: ["adversary", "--cheat", cheat, "--network", url, "--slots", "1"],
      event: "miner.ready",
      env: EVEN,
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
