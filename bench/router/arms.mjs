import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../../scripts/run.mjs";
import { startPortkey } from "./portkey.mjs";

/** What both sides say: 34 tokens of three letters or so for ours, as many pieces for the mock. */
export const TOKENS = Array.from({ length: 100 }, (_, index) => String.fromCharCode(97 + (index % 26)).repeat(3));
const QUESTION = TOKENS.join("");
const UP_SECONDS_MAX = 300;

const ended = (child) => new Promise((resolve) => (child.exitCode === null ? child.once("close", resolve) : resolve()));

async function stop(child, signal = "SIGTERM") {
  child.kill(signal);
  await ended(child);
}

/** A program that prints its port as its first line. */
function startPrinting(file, env) {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/router", file)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", (text) => resolve({ port: Number(String(text)), stop: () => stop(child) }));
  });
}

/**
 * Our whole network: chain, Postgres, router and one miner, each its own process, in a folder of its own.
 * @param {string | undefined} pace Of a scripted engine; without one the miner serves the embedded model.
 * @param {{ args?: readonly string[], env?: Record<string, string> }} [options] More of its command line and its environment.
 */
export async function startOurs(pace, { args = [], env = {} } = {}) {
  const home = mkdtempSync(path.join(tmpdir(), "cortensor-bench-"));
  const entry = path.join(ROOT, "packages/cli/bin/cortensor.mjs");
  const up = [
    "up",
    "--profile",
    "single",
    ...(pace === undefined ? [] : ["--scripted", pace]),
    "--miners",
    "1",
    ...args,
  ];
  const child = spawn(process.execPath, [entry, "--json", "--home", home, ...up], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = await new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => {
      child.kill("SIGINT");
      reject(new Error("The network did not come up."));
    }, UP_SECONDS_MAX * 1000);
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const line = text.split("\n").find((one) => one.startsWith('{"event":"result"'));
      if (line === undefined) return;
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
    child.once("close", () => reject(new Error(`The network ended: ${text.slice(-500)}`)));
  });
  return {
    name: "cortensor",
    pid: child.pid,
    port: Number(new URL(ready.url).port),
    url: ready.url,
    apiKey: ready.apiKey,
    account: ready.account,
    home,
    profile: path.join(home, "network.json"),
    headers: { authorization: `Bearer ${ready.apiKey}` },
    model: "scripted",
    prompt: QUESTION,
    stop: async () => {
      await stop(child, "SIGINT");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The peers, over one mock that answers at once: the gateway, a bare pass-through, and the mock itself. */
export async function startPeers() {
  const mock = await startPrinting("mock.mjs", { MOCK_TOKENS: JSON.stringify(TOKENS) });
  const bare = await startPrinting("bare.mjs", { TARGET_PORT: String(mock.port) });
  const gateway = await startPortkey();
  const shape = { headers: {}, model: "mock", prompt: QUESTION };
  const portkey = {
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `http://127.0.0.1:${mock.port}/v1`,
    authorization: "Bearer none",
  };
  return {
    arms: [
      { ...shape, name: "direct", port: mock.port },
      { ...shape, name: "bare", port: bare.port },
      { ...shape, name: "portkey", port: gateway.port, headers: portkey },
    ],
    stop: () => Promise.all([mock.stop(), bare.stop(), stop(gateway.child)]),
  };
}

/** One measurement, by a load generator in its own process. */
export function load(arm, { connections, seconds, stream, tokens }) {
  const body = {
    model: arm.model,
    temperature: 0,
    stream,
    max_tokens: tokens,
    messages: [{ role: "user", content: arm.prompt }],
  };
  const LOAD = JSON.stringify({
    port: arm.port,
    connections,
    seconds,
    path: "/v1/chat/completions",
    headers: arm.headers,
    body,
    stream,
  });
  const child = spawn(process.execPath, [path.join(ROOT, "bench/router/load.mjs")], {
    env: { ...process.env, LOAD },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return ended(child).then(() => JSON.parse(text));
}
