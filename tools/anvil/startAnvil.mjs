import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installTool } from "../install.mjs";

/** A state file of many blocks is loaded within a second; the rest is a busy machine. */
const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 25;
/** Time to write the state on SIGTERM. */
const STOP_TIMEOUT_MS = 10_000;
/** What is kept of the output, for the error that tells why anvil ended. */
const OUTPUT_CHARS_MAX = 8_192;
const STATE_INTERVAL_SECONDS = 1;

/**
 * Ends the chain with whoever started it, however that ended: the shell's input closes with its parent. Prints the chain's
 * own process id first, and removes its socket's folder last. Where there are such sockets there is a shell.
 */
const KEEPER = `
exec 3<&0
"$@" 3<&- & child=$!
echo "$child"
trap 'kill -TERM "$child" 2>/dev/null' TERM INT
{ while read -r _ <&3; do :; done; kill -TERM "$child" 2>/dev/null; } >/dev/null 2>&1 & keeper=$!
exec 3<&-
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
kill "$keeper" 2>/dev/null
rm -rf "$ANVIL_OWN"
exit "$code"
`;

const KEYS = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
  "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
  "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
  "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
  "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
  "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
  "0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
  "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
];

export function anvilKey(index) {
  const key = KEYS[index];
  if (key === undefined) throw new Error(`anvil funds ${KEYS.length} accounts; there is no number ${index}`);
  return key;
}

export async function startAnvil(request) {
  const { chainId, signal, log = () => undefined } = request;
  signal?.throwIfAborted();
  const binary = await installTool("anvil", { log, signal });
  const port = request.port ?? (await freePort());
  if (request.statePath !== undefined) mkdirSync(dirname(request.statePath), { recursive: true });

  const own = makeOwnSocket();
  const child = spawnKept(binary, anvilArgs(request, port, own), own);
  const exited = collectExit(child);
  const stop = () => stopChild(child, exited);
  const stopOnAbort = () => void stop();
  signal?.addEventListener("abort", stopOnAbort, { once: true });
  void exited.then(() => signal?.removeEventListener("abort", stopOnAbort));

  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady({ url, chainId, own, exited, signal });
    return { url, port, chainId, pid: await child.chainPid, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In a process group of its own: a terminal's Ctrl-C is for the supervisor, which stops its chain last. */
function spawnKept(binary, args, own) {
  const stdio = ["pipe", "pipe", "pipe"];
  const env = { ...process.env, ANVIL_OWN: own === undefined ? "" : dirname(own) };
  const child =
    own === undefined
      ? spawn(binary, args, { stdio })
      : spawn("/bin/sh", ["-c", KEEPER, "anvil", binary, ...args], { stdio, env, detached: true });
  child.stdout.setEncoding("utf8");
  child.chainPid =
    own === undefined
      ? Promise.resolve(child.pid)
      : new Promise((resolve) => child.stdout.once("data", (line) => resolve(Number.parseInt(line, 10))));
  child.once("exit", () => child.stdin.destroy());
  return child;
}

/** Where this anvil alone can be asked: on its port another process may answer. Windows has no such sockets. */
function makeOwnSocket() {
  return process.platform === "win32" ? undefined : join(mkdtempSync(join(tmpdir(), "anvil-")), "own.ipc");
}

function anvilArgs(request, port, own) {
  const { chainId, statePath, blockSeconds, mnemonic, accounts, optimism, sequenced } = request;
  const args = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId), "--silent"];
  if (statePath !== undefined) {
    const kept = restoreState(statePath) ? "--state" : "--dump-state";
    args.push(kept, statePath, "--state-interval", String(STATE_INTERVAL_SECONDS));
  }
  if (blockSeconds !== undefined) args.push("--block-time", String(blockSeconds));
  if (mnemonic !== undefined) args.push("--mnemonic", mnemonic);
  if (accounts !== undefined) args.push("--accounts", String(accounts));
  if (optimism === true) args.push("--network", "optimism");
  if (own !== undefined) args.push("--ipc", own);
  if (sequenced !== undefined) args.push(...sequencedArgs(sequenced));
  return args;
}

/**
 * Blocks when they are asked for alone, of what was sent, in its order; nobody has money at the start. What the pool would refuse for want of
 * money is let in: a deposit that can't pay what it sends still mints.
 */
function sequencedArgs({ genesisPath, gasLimit, keepsStates }) {
  const flags = ["--no-mining", "--disable-pool-balance-checks", "--disable-default-create2-deployer"];
  if (!keepsStates) flags.push("--prune-history");
  return [...flags, "--order", "fifo", "--accounts", "0", "--init", genesisPath, "--gas-limit", String(gasLimit)];
}

/**
 * Whether there is a state to load. A chain that was killed while writing leaves half a file, which anvil would refuse: the
 * one that the last start began with is put back.
 */
function restoreState(statePath) {
  const spare = `${statePath}.spare`;
  if (isJsonFile(statePath)) {
    copyFileSync(statePath, spare);
    return true;
  }
  if (!isJsonFile(spare)) return false;
  copyFileSync(spare, statePath);
  return true;
}

function isJsonFile(path) {
  if (!existsSync(path)) return false;
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return true;
  } catch {
    return false;
  }
}

function collectExit(child) {
  let output = "";
  const keep = (chunk) => {
    output = (output + chunk).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, output: `${output}${error.message}` }));
    child.once("close", (code, signal) => resolve({ code, signal, output: output.trim() }));
  });
}

async function waitUntilReady({ url, chainId, own, exited, signal }) {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let ended;
  void exited.then((exit) => {
    ended = exit;
  });
  for (;;) {
    signal?.throwIfAborted();
    if (ended !== undefined)
      throw new Error(`anvil ended before it was ready: ${ended.output || `code ${ended.code}`}`);
    // On a port that was taken another process answers, and anvil is about to end.
    const [found, ours] = await Promise.all([ask(url, METADATA), own === undefined ? undefined : askOwn(own)]);
    const isOurs = own === undefined || (ours !== undefined && ours.instanceId === found?.instanceId);
    if (found !== undefined && isOurs && ended === undefined) {
      if (found.chainId === chainId) return;
      throw new Error(`${url} answers as chain ${found.chainId}, not ${chainId}`);
    }
    if (Date.now() > deadline) {
      const why = found === undefined ? "did not answer" : "isn't what answers";
      throw new Error(`anvil ${why} on ${url} within ${READY_TIMEOUT_MS} ms`);
    }
    await sleep(READY_POLL_MS);
  }
}

const METADATA = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "anvil_metadata", params: [] });

/** What a chain says of itself; undefined while nothing answers. */
async function ask(url, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(1_000) }).catch(
    () => undefined,
  );
  if (answer === undefined || !answer.ok) return undefined;
  return readMetadata(await answer.text());
}

/** The same by the socket that is this anvil's own. */
function askOwn(own) {
  return new Promise((resolve) => {
    const socket = createConnection(own, () => socket.write(METADATA));
    let text = "";
    socket.setTimeout(1_000, () => socket.destroy());
    socket.setEncoding("utf8").on("data", (chunk) => {
      text = (text + chunk).slice(0, OUTPUT_CHARS_MAX);
      if (readMetadata(text) !== undefined) socket.destroy();
    });
    // A socket that isn't there yet closes too.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(readMetadata(text)));
  });
}

function readMetadata(text) {
  try {
    const { chainId, instanceId } = JSON.parse(text).result;
    return { chainId, instanceId };
  } catch {
    return undefined;
  }
}

async function stopChild(child, exited) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
