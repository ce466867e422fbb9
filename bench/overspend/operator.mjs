import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import {
  addSpendingKey,
  addVerifier,
  createChainWriter,
  deployNetwork,
  depositBond,
  depositToSession,
  formatProfile,
  openSession,
  registerNode,
  setAllotment,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { pickFreePort, startPostgres } from "@cortensor/runtime";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";
import { anvilKey, startAnvil } from "../../tools/anvil/startAnvil.mjs";

const COR = 10n ** 18n;
const CHAIN_ID = 31_337;
const YEAR_SECONDS = 365 * 86_400;
/** Time for a process to say that it is ready. */
const READY_MS = 60_000;
const ENTRY = path.join(ROOT, "packages/cli/bin/cortensor.mjs");
const freshKey = () => `0x${randomBytes(32).toString("hex")}`;
const ended = (child) =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once("close", resolve))
    : undefined;

/** A command of `cortensor`, configured by its environment alone. Resolves when it says that it is ready. */
async function startRole(home, { name, args, env, event }) {
  const log = openSync(path.join(home, `${name}.log`), "a");
  const child = spawn(process.execPath, [ENTRY, "--json", "--home", path.join(home, name), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", log],
  });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in ${READY_MS} ms`)), READY_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (JSON.parse(line).event !== event) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("close", (code) => reject(new Error(`${name} ended with ${code}; its log lies in ${home}`)));
  });
  const end = async (signal) => {
    child.kill(signal);
    await ended(child);
  };
  return { stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/**
 * One operator with two routers on one Postgres (fsync and synchronous commit on), and another with two miners that serve both routers:
 * chain, database, routers and miners are processes of their own. Its parts are started without a supervisor: what is killed stays dead
 * until it is started again.
 */
export async function startOperator() {
  const home = mkdtempSync(path.join(tmpdir(), "cortensor-overspend-"));
  // As root the server runs as another account, which must get in.
  chmodSync(home, 0o755);
  const closing = [() => rmSync(home, { recursive: true, force: true })];
  const stop = async () => {
    for (const close of closing.reverse()) await close();
  };
  try {
    return { ...(await build(home, closing)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(home, closing) {
  const anvil = await startAnvil({ chainId: CHAIN_ID });
  closing.push(() => anvil.stop());
  const profile = await deployNetwork({
    name: "overspend",
    chainId: CHAIN_ID,
    rpcUrls: [anvil.url],
    privateKey: anvilKey(0),
    epochSeconds: 600,
    save: () => undefined,
  });
  const profilePath = path.join(home, "network.json");
  writeFileSync(profilePath, formatProfile(profile));
  const postgres = await startPostgres({ folder: path.join(home, "postgres") });
  closing.push(() => postgres.stop());
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  const [owner, minerOwner] = [1, 2].map((index) => createChainWriter({ profile, privateKey: anvilKey(index) }));
  for (const { account } of [owner, minerOwner]) await transferCor(treasury, { to: account, wei: 10_000n * COR });
  await depositBond(owner, { wei: 1_000n * COR });
  await stake(minerOwner, { wei: 1_000n * COR });

  const spendingKey = freshKey();
  const adminToken = freshKey();
  const routers = [];
  for (const name of ["router-1", "router-2"]) {
    const signerKey = freshKey();
    const port = await pickFreePort();
    const url = `http://127.0.0.1:${port}`;
    await registerNode(owner, { signerKey, roles: ["router"], endpoint: url });
    await transferNative(treasury, { to: addressOfPrivateKey(signerKey), wei: COR });
    await addVerifier(treasury, addressOfPrivateKey(signerKey));
    const env = {
      ROUTER_PORT: String(port),
      ROUTER_PROFILE: profilePath,
      ROUTER_SIGNER_KEY: signerKey,
      ROUTER_OPERATOR: owner.account,
      ROUTER_SPENDING_KEYS: spendingKey,
      ROUTER_DATABASE_URL: postgres.url,
      ROUTER_ADMIN_TOKEN: adminToken,
      ROUTER_SETTLE_AGE: "500ms",
      ROUTER_CHAIN_POLL: "200ms",
      ROUTER_FINALITY_BLOCKS: "0",
    };
    const start = () => startRole(home, { name, args: ["router"], env, event: "router.ready" });
    let role = await start();
    closing.push(() => role.stop());
    routers.push({
      url,
      client: createCortensor({ baseUrl: url, adminToken }),
      /** Ends it as a power cut would. */
      kill: () => role.kill(),
      restart: async () => {
        role = await start();
      },
    });
  }
  for (const name of ["miner-1", "miner-2"]) {
    const signerKey = freshKey();
    await registerNode(minerOwner, { signerKey, roles: ["miner"] });
    const env = {
      MINER_PROFILE: profilePath,
      MINER_SIGNER_KEY: signerKey,
      MINER_SEALING_KEY: freshKey(),
      // With it the miner registers its sealing key and its kernel class by itself, to be verified.
      MINER_OPERATOR_KEY: anvilKey(2),
      MINER_ROUTERS: routers.map(({ url }) => `${url.replace("http", "ws")}/wire`).join(","),
      MINER_OUTBOX: path.join(home, `${name}-outbox`),
    };
    const role = await startRole(home, { name, args: ["miner", "--scripted", "in-turns"], env, event: "miner.ready" });
    closing.push(() => role.stop());
  }
  /** A session of the operator's own: its deposit, all of it allotted to its lane, and the routers' key to sign its debits. */
  const openAccount = async (wei) => {
    const { account } = await openSession(owner, { name: "overspend" });
    await depositToSession(owner, { account, wei });
    await setAllotment(owner, { account, lane: owner.account, wei });
    const caps = { capPerEpochWei: 10_000n * COR, totalCapWei: 10_000n * COR };
    const expires = Math.floor(Date.now() / 1000) + YEAR_SECONDS;
    await addSpendingKey(owner, { account, key: addressOfPrivateKey(spendingKey), ...caps, expires });
    return account;
  };
  return {
    profile,
    profilePath,
    databaseUrl: postgres.url,
    lane: owner.account,
    chain: treasury,
    routers,
    openAccount,
  };
}
