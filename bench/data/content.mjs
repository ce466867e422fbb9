import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { createContentNode, parseCid } from "@cortensor/data";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { ROOT } from "../../scripts/run.mjs";
import { load, startOurs } from "../router/arms.mjs";
import { folderBytes } from "./folderBytes.mjs";
import { madeBody } from "./madeBody.mjs";
import { median, round, spread } from "./spread.mjs";

const REPEATS = Number(process.env.BENCH_REPEATS ?? 7);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
/** Objects of each size: a set of some hundred receipts, and a file of several blocks. */
const OBJECTS = Number(process.env.BENCH_OBJECTS ?? 200);
const SIZES = [
  { name: "16 KiB", bytes: 16_384, objects: OBJECTS },
  { name: "4 MiB", bytes: 4_194_304, objects: Math.max(1, Math.round(OBJECTS / 10)) },
];
const LISTEN = ["/ip4/127.0.0.1/tcp/0"];

const say = (line) => process.stderr.write(`${line}\n`);

/** What keeping and giving content by CID costs beside plain files, and beside a router that keeps none. */
export async function measureContent() {
  const figures = [];
  for (const size of SIZES) figures.push(...(await measureObjects(size)));
  return [...figures, await measureRouter()];
}

/** Puts, gets from its own store, and gets from a peer in another process; and the same bytes as files, as durably written. */
async function measureObjects({ name, bytes, objects }) {
  const home = mkdtempSync(path.join(tmpdir(), "cortensor-bench-content-"));
  const [folder, files, theirs] = ["content", "files", "peer"].map((one) => path.join(home, one));
  mkdirSync(files);
  const peer = await startPeer({ folder: theirs, bytes, objects });
  const node = await createContentNode({ ...nodeParts(folder), listen: LISTEN, peers: peer.addresses });
  try {
    const bodies = Array.from({ length: objects }, (_, at) => madeBody(bytes, at));
    const cids = [];
    const put = await timed(bodies, async (one) => cids.push((await node.put([one], DATUM)).cid));
    const write = await timed(bodies, (one, at) => writeDurably(path.join(files, String(at)), one));
    const get = await timed(cids, (cid) => drain(node, cid, bytes));
    const read = await timed(bodies, (_, at) => readFile(path.join(files, String(at))));
    const kept = folderBytes(folder);
    const fetch = await timed(peer.cids, (cid) => drain(node, cid, bytes));
    say(`  ${name}: put ${put} ms, file ${write} ms; get ${get} ms, file ${read} ms; from a peer ${fetch} ms`);
    const shape = { text: name, objects };
    return [
      { metric: "content_put_ms", value: put, unit: "ms", file: write, ...shape },
      { metric: "content_get_ms", value: get, unit: "ms", file: read, ...shape },
      { metric: "content_fetch_ms", value: fetch, unit: "ms", from: "a peer's process", ...shape },
      { metric: "content_bytes_ratio", value: round(kept / (bytes * objects)), unit: "ratio", ...shape },
    ];
  } finally {
    await node.stop();
    await peer.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Requests a second of two networks that settle each second: one whose router gives its sets to peers, and one whose router has no content. */
async function measureRouter() {
  const settle = { ROUTER_SETTLE_AGE: "1s" };
  const args = ["--guards", "0"];
  const spec = { connections: 50, seconds: SECONDS, stream: false, tokens: 16 };
  const networks = [];
  try {
    networks.push({ name: "on", arm: await startOurs("at-once", { args, env: settle }) });
    const none = { ...settle, ROUTER_CONTENT_LISTEN: "none" };
    networks.push({ name: "off", arm: await startOurs("at-once", { args, env: none }) });
    const seen = { on: [], off: [] };
    for (const { arm } of networks) await load(arm, spec);
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      for (const { name, arm } of repeat % 2 === 0 ? networks : networks.toReversed()) {
        const { perSecond, failed } = await load(arm, spec);
        if (failed > 0) throw new Error(`${failed} requests failed with content ${name}`);
        seen[name].push(perSecond);
        say(`  content ${name}: ${perSecond.toFixed(0)}/s`);
      }
    }
    const arms = Object.fromEntries(
      Object.entries(seen).map(([name, rates]) => [name, { perSecond: round(median(rates)), spread: spread(rates) }]),
    );
    return {
      metric: "content_router_ratio",
      value: round(median(seen.on) / median(seen.off)),
      unit: "ratio",
      arms,
      spread: spread(seen.on.map((rate, at) => rate / seen.off[at])),
      repeats: REPEATS,
      seconds: SECONDS,
    };
  } finally {
    for (const { arm } of networks) await arm.stop();
  }
}

const DATUM = { kind: "dataset", privacy: "open", form: "plain", owner: "bench", untilSeconds: undefined };

function nodeParts(folder) {
  return { folder, nowSeconds: () => 1_000, clock: systemClock, log: silentLogger };
}

/** Milliseconds that the middle one took. */
async function timed(items, work) {
  const times = [];
  for (const [at, item] of items.entries()) {
    const startedMs = performance.now();
    await work(item, at);
    times.push(performance.now() - startedMs);
  }
  return round(median(times));
}

async function drain(node, cid, bytes) {
  let length = 0;
  for await (const part of node.get(cid, { signal: new AbortController().signal })) length += part.length;
  if (length !== bytes) throw new Error(`${length} bytes instead of ${bytes}`);
}

/** A file that is on the disk, as a block is, when this resolves. */
async function writeDurably(file, bytes) {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A node of content in a process of its own, with as many objects that ours hasn't. */
async function startPeer(told) {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/data/contentPeer.mjs"), JSON.stringify(told)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`the peer ended with ${code}`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  const { addresses, cids } = JSON.parse(line);
  const stop = async () => {
    child.kill("SIGTERM");
    await ended.catch(() => undefined);
  };
  return { addresses, cids: cids.map(parseCid), stop };
}
