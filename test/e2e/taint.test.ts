import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writesCores } from "./harness/coreDump.js";
import { fetchAsPeer } from "./harness/fetchAsPeer.js";
import { type DocumentHost, startDocumentHost } from "./harness/startDocumentHost.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { askEveryWay, makeWords, WAYS, type Way } from "./harness/taintAsks.js";
import { foundWords, lookEverywhere, portsOf, type WordPlaces } from "./harness/taintPlaces.js";
import { until } from "./harness/until.js";

const RECORDER = fileURLToPath(new URL("./harness/recordSockets.mjs", import.meta.url));
/** Everything is asked and looked through once, before any test: a busy machine may take minutes. */
const START_MS = 300_000;
const TABLE = fileURLToPath(new URL("../../docs/SECURITY.md", import.meta.url));

/** Where anybody's words may be for a while: what a router that reads them hasn't yet overwritten. It is looked for, and not required. */
const FLEETING = ["router's memory", "router's core dump"];
/** The client's own connection to its router: HTTP on the loopback here, TLS where the router listens to others. */
const CLIENT = "wire client–router";
const MINER = "miner's store";

/**
 * Where each word stands when all is done, as its label and docs/DATA.md say; every other place is a leak. A request that Node's parser took
 * from the socket isn't on the client's wire as recorded: answers are.
 */
const EXPECTED: Readonly<Record<Way, WordPlaces>> = {
  open: { asked: [MINER], said: [MINER, CLIENT] },
  sealed: { asked: [], said: [] },
  canary: { asked: [], said: [] },
  unaudited: { asked: [], said: [] },
  sink: {
    asked: ["client's database", "database", MINER, "wire database–router"],
    said: ["client's database", "database", MINER, CLIENT, "wire database–router"],
  },
  file: { asked: [MINER, CLIENT], said: [MINER, CLIENT] },
  hosted: { asked: [MINER, "wire client–miner", CLIENT], said: [MINER, CLIENT] },
  byCid: { asked: [MINER, "router's requests", CLIENT], said: [MINER, "router's requests", CLIENT] },
  onChain: {
    asked: ["chain", MINER, "wire chain–router", CLIENT],
    said: ["chain", MINER, "wire chain–router", CLIENT],
  },
};

describe("words of prompts and answers, by every way to ask, on real processes that log all they can", () => {
  const { beginning, words } = makeWords();
  const folder = mkdtempSync(join(tmpdir(), "cortensor-e2e-taint-"));
  const wires = join(folder, "wires");
  const clientFolder = join(folder, "client");
  const recording = { CORTENSOR_E2E_WIRES: wires, NODE_OPTIONS: `--import=${RECORDER}` };
  let network: Network;
  let host: DocumentHost;
  let seen: Awaited<ReturnType<typeof foundWords>>;
  let set: Buffer;

  beforeAll(async () => {
    for (const one of [wires, clientFolder]) mkdirSync(one);
    host = await startDocumentHost();
    network = await startNetwork({
      args: ["--scripted", "at-once", "--miners", "1", "--guards", "1"],
      env: {
        ...recording,
        CORTENSOR_LOG: "debug",
        ROUTER_SINK_FILES: "true",
        ROUTER_SETTLE_AGE: "500ms",
        ROUTER_CHAIN_POLL: "200ms",
        MINER_HOSTED_HOSTS: `127.0.0.1:${host.port}`,
        MINER_HOSTED_LOOPBACK: "true",
      },
    });
    set = await network.client.chat("hello").then(() => fetchAsPeer(network, { folder, env: recording }));
    await askEveryWay({ network, host, clientFolder }, words);
    await until("guard", () => network.guardPids()[0]);
    const places = lookEverywhere(network, { wires, clientFolder, listeners: portsOf(network, host) });
    seen = await foundWords(places, { beginning, words });
  }, START_MS);
  afterAll(async () => {
    await network?.stop();
    await host?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(WAYS)("stand where the table says and nowhere else: %s", (way) => {
    const found = seen.found.get(way);
    const lasting = (places: readonly string[] = []) => places.filter((name) => !FLEETING.includes(name));
    expect({ asked: lasting(found?.asked), said: lasting(found?.said) }).toEqual(EXPECTED[way]);
  });

  it.each(writesCores() ? FLEETING : FLEETING.slice(0, 1))(
    "are in a %s when it reads them, and never when they are sealed",
    (place) => {
      const inMemory = WAYS.filter((way) => seen.found.get(way)?.said.includes(place));
      expect(inMemory).not.toEqual([]);
      for (const sealed of ["sealed", "canary", "unaudited"] as const) {
        expect(inMemory).not.toContain(sealed);
        expect(seen.found.get(sealed)?.asked).not.toContain(place);
      }
    },
  );

  it("were looked for in every place, each of which had something in it", () => {
    const empty = ["chain", "database", "guard's memory", "guard's store", "logs", "output", MINER, "router's memory"]
      .concat(["router's content", "router's files", "router's requests", "settlements", "client's database"])
      .concat(["chain–guard", "chain–miner", "chain–router", "database–router"].map((name) => `wire ${name}`))
      .concat(["miner–router", "content–router"].map((name) => `wire ${name}`))
      .filter((name) => (seen.looked.get(name) ?? 0) < 256);
    expect([empty, [...seen.looked]]).toEqual([[], [...seen.looked]]);
  });

  it("would be as unseen between peers of content: what one was given there doesn't show", () => {
    const recorded = readdirSync(wires).filter((name) => name.startsWith("content."));
    const bytes = Buffer.concat(recorded.map((name) => readFileSync(join(wires, name))));
    expect(bytes.length).toBeGreaterThan(set.length);
    for (let at = 0; at + 32 <= set.length; at += 32) expect(bytes.includes(set.subarray(at, at + 32))).toBe(false);
  });

  it("are where docs/SECURITY.md says", () => {
    const page = readFileSync(TABLE, "utf8");
    for (const way of WAYS) {
      const { asked, said } = EXPECTED[way];
      const row = page.split("\n").find((line) => line.startsWith(`| \`${way}\` |`));
      const columns = row?.split("|").slice(3, 5);
      expect([way, columns?.map((column) => column.trim())]).toEqual([way, [asked, said].map(namesOf)]);
    }
  });
});

function namesOf(places: readonly string[]): string {
  return places.length === 0 ? "nowhere" : places.join(", ");
}
