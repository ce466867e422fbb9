import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createChainWriter, formatProfile, parseLayerProfile, toNetworkProfile } from "@cortensor/chain";
import { lockFolder } from "@cortensor/runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { commandsToLoad, loadCommands } from "../src/loadCommands.js";
import { createProgram } from "../src/main.js";
import { findNetwork } from "../src/networkAccess.js";
import { contextIn, runInHome } from "./runInHome.js";

const BIN = fileURLToPath(new URL("../bin/cortensor.mjs", import.meta.url));

let anvil: RunningAnvil;
let home: string;
let file: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-deploy-"));
  anvil = await startAnvil({ chainId: 31_337 });
  file = join(home, "my.json");
  const shipped = await readFile(new URL("../../../networks/single.json", import.meta.url), "utf8");
  await writeFile(file, shipped.replace("http://127.0.0.1:8545", anvil.url));
});
afterAll(async () => {
  await anvil?.stop();
  await rm(home, { recursive: true, force: true });
});

/** Runs `cortensor deploy …` to its end, at which it lets its lock go, and resolves to the object it prints. */
async function deploy(...args: string[]): Promise<Record<string, unknown>> {
  const said: string[] = [];
  const context = contextIn(home, { said });
  const program = createProgram((_options, work) => work(context), await loadCommands(commandsToLoad(["deploy"])));
  try {
    await program.parseAsync(["node", "cortensor", "deploy", ...args]);
  } finally {
    await context.shutdown.run();
  }
  return JSON.parse(said.at(-1) ?? "null");
}
const describeNetwork = (network: string) => runInHome(home, ["network", "describe", "--network", network]);

async function deployed() {
  const profile = toNetworkProfile(parseLayerProfile(await readFile(file, "utf8")), {});
  if (profile === undefined) throw new Error("it isn't deployed whole");
  return profile;
}

async function transactions(): Promise<number> {
  const { client, account } = createChainWriter({ profile: await deployed(), privateKey: anvilKey(0) });
  return client.getTransactionCount({ address: account });
}

/** Runs the real program, and kills it as soon as it has said that so many contracts stand. */
async function killAfter(steps: number): Promise<void> {
  const args = [BIN, "deploy", "--profile", file, "--home", home, "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let said = 0;
  for await (const _line of createInterface(child.stdout)) if (++said === steps) child.kill("SIGKILL");
  expect((await exited)[1]).toBe("SIGKILL");
}

it("refuses a profile that can't be deployed whole by each missing part, before it asks for a key", async () => {
  for (const [profile, part] of [
    ["superchain", "ethereum: messenger waits for the OP Stack's own messengers of ethereum→orchestration"],
    ["arbitrum", "ethereum: messenger waits for the inbox of ethereum→arbitrum"],
  ]) {
    const missing = expect.arrayContaining([part]);
    await expect(deploy("--profile", profile ?? "")).rejects.toMatchObject({
      data: { code: "CHAIN_INCOMPLETE", profile, missing },
    });
  }
  await expect(deploy("--profile", "superchain", "--partial")).rejects.toMatchObject({
    data: { code: "CLI_BAD_ARGUMENT", argument: "--as" },
  });
});

it("is no network before it is deployed, and says by which command it becomes one", async () => {
  await expect(describeNetwork(file)).rejects.toMatchObject({
    data: { code: "CLI_NO_NETWORK", hint: expect.stringContaining("cortensor deploy --profile") },
  });
});

it("goes on after a kill with what stands, and a finished deployment sends nothing more", async () => {
  await killAfter(7);
  const done = await deploy("--profile", file);
  expect(done).toMatchObject({ event: "result", file, isWhole: true, missing: [] });
  const sent = await transactions();
  expect(await deploy("--profile", file)).toEqual(done);
  expect(await transactions()).toBe(sent);
}, 120_000);

it("is refused while another deployer holds the profile, by that one's process", async () => {
  const lock = await lockFolder(`${file}.deploy`);
  await expect(deploy("--profile", file)).rejects.toMatchObject({
    data: { code: "CLI_ALREADY_RUNNING", home: `${file}.deploy`, pid: process.pid },
  });
  await lock.release();
  expect(await deploy("--profile", file)).toMatchObject({ isWhole: true });
});

it("describes what was deployed", async () => {
  const { addresses, t0 } = await deployed();
  const said = await describeNetwork(file);
  expect(said).toMatchObject({ event: "result", name: "single", chainId: 31_337, t0 });
  const modules = expect.arrayContaining([
    expect.objectContaining({ module: "stakeVault", address: addresses.stakeVault, version: 1, isOutdated: false }),
  ]);
  expect(said).toMatchObject({ modules });
}, 120_000);

it("takes a network's own profile for one also where the network is called layers", async () => {
  const profile = { ...(await deployed()), name: "layers" };
  const plain = join(home, "network.json");
  await writeFile(plain, formatProfile(profile));
  expect((await findNetwork(contextIn(home), plain)).profile).toEqual(profile);
});
