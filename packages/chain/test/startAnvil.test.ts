import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { anvilKey, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createRpcClient } from "../src/chainReader.js";
import { createSender } from "../src/chainWriter.js";

const HOLDER = `0x${"51".repeat(20)}` as const;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anvil-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Sends one wei, and resolves to what the holder has then. */
async function sendOneWei(url: string): Promise<bigint> {
  const { client } = createRpcClient({ rpcUrls: [url], chainId: 31_337 });
  const sender = createSender({ client, chainId: 31_337, privateKey: anvilKey(0) });
  await sender.send({ call: "test", to: HOLDER, value: 1n });
  return client.getBalance({ address: HOLDER });
}

it("finds its chain again after a stop, and the last written one after a kill, also of half a file", async () => {
  const request = { chainId: 31_337, statePath: join(folder, "chain", "state.json") };
  const first = await startAnvil(request);
  expect(await sendOneWei(first.url)).toBe(1n);
  await first.stop();

  const second = await startAnvil(request);
  expect(await sendOneWei(second.url)).toBe(2n);
  process.kill(second.pid, "SIGKILL");
  await second.exited;
  await writeFile(request.statePath, (await readFile(request.statePath, "utf8")).slice(0, 100));

  const third = await startAnvil(request);
  try {
    const { client } = createRpcClient({ rpcUrls: [third.url], chainId: 31_337 });
    expect(await client.getBalance({ address: HOLDER })).toBe(1n);
  } finally {
    await third.stop();
  }
});

it("refuses a port that is taken, with what anvil printed, and leaves no process", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  try {
    const address = taken.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    await expect(startAnvil({ chainId: 31_337, port: address.port })).rejects.toThrow(/address already in use/i);
  } finally {
    taken.close();
  }
});

it("isn't mistaken for another chain of the same id that answers on its port", async () => {
  const other = await startAnvil({ chainId: 31_337 });
  try {
    await expect(startAnvil({ chainId: 31_337, port: other.port })).rejects.toThrow(/address already in use/i);
  } finally {
    await other.stop();
  }
});

it("ends when its signal aborts", async () => {
  const controller = new AbortController();
  const anvil = await startAnvil({ chainId: 31_337, signal: controller.signal });
  controller.abort();
  await anvil.exited;
  expect(isAlive(anvil.pid)).toBe(false);
});

it("ends with the process that started it, even when that one is killed", async () => {
  const { spawn } = await import("node:child_process");
  const launcher = new URL("../../../tools/anvil/startAnvil.mjs", import.meta.url).href;
  const program = `import { startAnvil } from ${JSON.stringify(launcher)};
    const anvil = await startAnvil({ chainId: 31337 });
    console.log(anvil.pid);
    setInterval(() => undefined, 60_000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(parent.stdout.setEncoding("utf8"), "data");
  const pid = Number.parseInt(String(line), 10);
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  const deadline = Date.now() + 20_000;
  while (isAlive(pid) && Date.now() < deadline) await sleep(20);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
