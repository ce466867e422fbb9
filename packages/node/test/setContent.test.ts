import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ContentNode, createContentNode } from "@cortensor/data";
import { bytesToHex, sha256Bytes } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { madeBytes } from "../../data/src/content/test/madeBytes.js";
import { endPeer, forkPeer } from "../../data/test/forkPeer.js";
import { createFetchSet } from "../src/guard/fetchSet.js";
import { createSetContent } from "../src/host/setContent.js";
import { onTearDown, tearDown } from "./testNetwork.js";

/** Starting a process and its libraries takes a busy machine most of a minute. */
const SLOW_MS = 240_000;
const LENGTHS = [700, 300_000];
const SETS = LENGTHS.map((length, seed) => madeBytes(length, seed));
const lane = `0x${"11".repeat(20)}` as const;
const { signal } = new AbortController();

afterEach(tearDown);

const nameOf = (bytes: Uint8Array) => bytesToHex(sha256Bytes(bytes));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-sets-"));
  onTearDown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A node of the registry that says where its content is, and serves no sets itself. */
async function endpointOf(answer: string): Promise<string> {
  const server = http.createServer((request, response) => {
    if (request.url === "/v1/content") response.end(answer);
    else response.writeHead(404).end();
  });
  onTearDown(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

async function publisher(does: "serve" | "lie") {
  const peer = await forkPeer({ folder: await newFolder(), does, lengths: does === "serve" ? LENGTHS : [] });
  onTearDown(() => endPeer(peer.child));
  return { ...peer, endpoint: await endpointOf(JSON.stringify({ addresses: peer.addresses })) };
}

/** A guard's process, once it has looked for the sets. */
async function keeper(routers: readonly string[]) {
  const told = { folder: await newFolder(), routers, sets: SETS.map(nameOf) };
  const entry = fileURLToPath(new URL("./setKeeperChild.ts", import.meta.url));
  const loader = new URL("../../engine/test/sourceLoader.mjs", import.meta.url).href;
  const child = fork(entry, [JSON.stringify(told)], { execArgv: ["--conditions=source", "--import", loader] });
  onTearDown(() => endPeer(child));
  const [said] = await once(child, "message");
  return { child, said, endpoint: await endpointOf(JSON.stringify({ addresses: said.addresses })) };
}

async function reader(parts: { readonly routers: readonly string[]; readonly keepers: readonly string[] }) {
  const node: ContentNode = await createContentNode({
    folder: await newFolder(),
    listen: ["/ip4/127.0.0.1/tcp/0"],
    nowSeconds: () => 1_000,
    clock: systemClock,
    log: silentLogger,
  });
  onTearDown(() => node.stop());
  const readKeepers = async () => parts.keepers;
  const content = createSetContent({ node, owner: "reader", readKeepers, clock: systemClock, log: silentLogger });
  const fetchSet = createFetchSet({ chain: { readRouterEndpoints: async () => parts.routers }, content });
  return { node, find: (setCid: `0x${string}`) => fetchSet({ lane, setCid }, signal) };
}

describe("published sets", () => {
  it(
    "are had from guards' processes that read them, when the router that published them is killed; a peer that lies changes nothing",
    async () => {
      const [router, liar] = await Promise.all([publisher("serve"), publisher("lie")]);
      const guard = await keeper([router.endpoint]);
      expect(guard.said).toMatchObject({ found: LENGTHS, pins: LENGTHS.length });
      await endPeer(router.child);
      const late = await reader({ routers: [router.endpoint], keepers: [liar.endpoint, guard.endpoint] });
      for (const set of SETS) expect(await late.find(nameOf(set))).toEqual(Buffer.from(set));
      expect(late.node.stat().pins).toBe(SETS.length);
      await endPeer(guard.child);
      for (const set of SETS) expect(await late.find(nameOf(set))).toEqual(Buffer.from(set));
      const alone = await reader({ routers: [router.endpoint], keepers: [liar.endpoint, guard.endpoint] });
      expect(await alone.find(nameOf(madeBytes(700, 0)))).toBeUndefined();
    },
    SLOW_MS,
  );

  it("are nobody's where nodes say nothing that can be read of where theirs are", async () => {
    const answers = [
      "",
      "{",
      "[]",
      '{"addresses":["nowhere"]}',
      `{"addresses":${JSON.stringify(Array(9).fill("/x"))}}`,
      "x".repeat(5_000),
    ];
    const keepers = [...(await Promise.all(answers.map(endpointOf))), "ftp://x", "no address", "http://127.0.0.1:1"];
    const { find } = await reader({ routers: [], keepers });
    expect(await find(nameOf(madeBytes(5, 0)))).toBeUndefined();
  });
});
