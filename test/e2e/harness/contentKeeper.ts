import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettlements } from "@cortensor/chain";
import { createContentNode } from "@cortensor/data";
import { type Bytes32, SET_BYTES_MAX } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import type { Network } from "./startNetwork.js";

const ENTRY = fileURLToPath(new URL("./keepContent.mjs", import.meta.url));
/** Longest time for the keeper to have one set: its router may be on its way back. */
const KEEP_MS = 20_000;

/** A peer that keeps a network's settlement sets: a process, which can be killed and started again over the same folder. */
export type ContentKeeper = {
  /** Has it keep what the chain names and it didn't say that it has. False while it is dead, and where it couldn't have all. */
  readonly keepUp: () => Promise<boolean>;
  /** What it said that it has. */
  readonly kept: ReadonlySet<Bytes32>;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Of what the chain names, what a peer that knows nobody but the keeper gets from it. */
  readonly readBack: () => Promise<{ readonly named: number; readonly back: number }>;
  readonly stop: () => Promise<void>;
};

export async function startContentKeeper(network: Network): Promise<ContentKeeper> {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-keeper-"));
  const kept = new Set<Bytes32>();
  let { child, addresses, gone } = await startChild(folder, network);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return {
    kept,
    kill,
    async keepUp() {
      const due = (await namedSets(network)).filter((sha256) => !kept.has(sha256));
      const peers = due.length === 0 ? [] : await routerAddresses(network);
      for (const sha256 of due) if (await ask(child, gone, { sha256, peers })) kept.add(sha256);
      return due.every((sha256) => kept.has(sha256));
    },
    async restart() {
      ({ child, addresses, gone } = await startChild(folder, network));
    },
    async readBack() {
      const named = await namedSets(network);
      return { named: named.length, back: await countHad(named, addresses) };
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startChild(folder: string, { url }: Network) {
  const child = fork(ENTRY, [join(folder, "content"), `${url}/api/v1/settlements`]);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the keeper ended with ${code}`);
  });
  ended.catch(() => undefined);
  const [said] = await Promise.race([once(child, "message"), ended]);
  const addresses: readonly string[] = said.addresses;
  const death = new AbortController();
  child.once("exit", () => death.abort());
  return { child, addresses, gone: death.signal };
}

/** False where it died over it, or nobody gave it the set. */
async function ask(
  child: ChildProcess,
  gone: AbortSignal,
  told: { readonly sha256: Bytes32; readonly peers: readonly string[] },
): Promise<boolean> {
  if (!child.connected) return false;
  const late = AbortSignal.any([AbortSignal.timeout(KEEP_MS), gone]);
  const answered = once(child, "message", { signal: late });
  child.send(told, () => undefined);
  return answered.then(
    ([said]) => said.kept === told.sha256,
    () => false,
  );
}

/** The settlement sets that the chain names, each once. */
async function namedSets({ chain }: Network): Promise<readonly Bytes32[]> {
  const toBlock = await chain.client.getBlockNumber();
  const settlements = await readSettlements(chain, { fromBlock: 0n, toBlock });
  return [...new Set(settlements.map(({ setCid }) => setCid))];
}

/** Where the router gives its content; nowhere while it is away. */
async function routerAddresses({ url }: Network): Promise<readonly string[]> {
  try {
    const response = await fetch(`${url}/v1/content`);
    const said: { readonly addresses?: readonly string[] } = await response.json();
    return said.addresses ?? [];
  } catch {
    // Killed: the keeper asks those that it knows.
    return [];
  }
}

async function countHad(named: readonly Bytes32[], peers: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-reader-"));
  const parts = { folder, peers, clock: systemClock, log: silentLogger, nowSeconds: () => 1_000 };
  const node = await createContentNode(parts);
  try {
    let had = 0;
    for (const sha256 of named) {
      const { signal } = new AbortController();
      if ((await node.findWhole(sha256, { bytesMax: SET_BYTES_MAX, signal })) !== undefined) had += 1;
    }
    return had;
  } finally {
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
