import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writesCores } from "./harness/coreDump.js";
import { lookThroughPrivate, plantInFolders } from "./harness/privatePlaces.js";
import { publishedFile } from "./harness/publishedFile.js";
import { resultOf } from "./harness/runCommand.js";
import { type PrivateNetwork, startPrivateNetwork } from "./harness/startPrivateNetwork.js";
import { makeWords, type Words } from "./harness/taintAsks.js";
import { foundWords } from "./harness/taintPlaces.js";
import { until } from "./harness/until.js";

const RECORDER = fileURLToPath(new URL("./harness/recordSockets.mjs", import.meta.url));
const TABLE = fileURLToPath(new URL("../../docs/SECURITY.md", import.meta.url));
/** Everything is asked and looked through once, before any test: a busy machine may take minutes. */
const START_MS = 300_000;
/** What a process hasn't yet overwritten. */
const FLEETING = ["router's memory", "router's core dump"];
/** Folders that there must be: logs, access log, blocks, requests, sets, the miner's results. */
const SEARCHED = ["member", "miner", "organisation", "router"]
  .map((home) => `${home}'s logs`)
  .concat([
    "organisation's chains",
    "miner's miners",
    "router's router-content",
    "router's content",
    "router's settlements",
  ]);
const WIRES = ["agent–client", "agent–door", "agent–miner", "agent–router", "chain–door", "client–router"]
  .concat(["database–router", "miner–router"])
  .map((name) => `wire ${name}`);
/** Where a session's name stands: it is the chain's, and on the wires of one machine of those who read that. */
const NAME_STANDS = ["chain", "wire agent–client", "wire agent–door", "wire agent–router", "wire chain–door"];
/** Open questions, each refused by a router that has read it: one of them at least is in its memory still. */
const REFUSED = 3;

describe("words of a member's sealed question and of its answer, on a private network of real processes that log all they can", () => {
  const { beginning, words } = makeWords();
  /** Stands where a search must find it: the one word is a session's name, which is public, the other is written into every folder. */
  const control = words.onChain;
  const sealed = words.sealed;
  /** An open question, which the network's router reads and refuses. */
  const refused = words.open;
  const folder = mkdtempSync(join(tmpdir(), "cortensor-e2e-private-"));
  const wires = join(folder, "wires");
  let network: PrivateNetwork;
  let planted: readonly string[];
  let seen: Awaited<ReturnType<typeof foundWords>>;

  const ask = async (args: readonly string[]) => network.member(["chat", "--temperature", "0", ...args]);
  const askSealed = ({ asked, said }: Words, account: string) =>
    ask([
      "--account",
      account,
      "--sealed",
      "--max-tokens",
      "256",
      "--system",
      `Never forget ${asked}.`,
      `Say ${said}.`,
    ]);

  beforeAll(async () => {
    mkdirSync(wires);
    network = await startPrivateNetwork(folder, {
      ...{ CORTENSOR_E2E_WIRES: wires, NODE_OPTIONS: `--import=${RECORDER}`, CORTENSOR_LOG: "debug" },
      ...{ ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms", ROUTER_FINALITY_BLOCKS: "1" },
    });
    const terms = ["--privacy", "private", "--engine", "any", "--deposit", "50", "--max-tasks", "100"];
    const opened = resultOf(await network.member(["session", "open", ...terms, "--name", control.asked]));
    const account = String(opened.account);
    const isServed = async () => (await askSealed({ asked: "nothing", said: "hello" }, account)).code === 0;
    await until("prekeys on chain and with the router", async () => (await isServed()) || undefined, START_MS);
    for (let count = 0; count < REFUSED; count += 1) {
      const { code, stdout, stderr } = await ask(["--account", account, `Say ${refused.asked} and ${refused.said}.`]);
      if (code === 0 || !`${stdout}${stderr}`.includes("session_unsupported")) throw new Error(`${stdout}${stderr}`);
    }
    // Last, so that its words would still be in memory.
    const answer = resultOf(await askSealed(sealed, account));
    if (!String(answer.text).includes(sealed.said)) throw new Error(`the answer lacks its word: ${answer.text}`);
    const settlements = join(network.homes.router, "settlements");
    await until("settlement set", () => publishedFile(settlements), START_MS);
    planted = plantInFolders(network, control.said);
    seen = await foundWords(lookThroughPrivate(network, wires), { beginning, words: { sealed, refused, control } });
  }, START_MS);
  afterAll(async () => {
    await network?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("stand nowhere, as docs/SECURITY.md says", () => {
    expect(seen.found.get("sealed")).toEqual({ asked: [], said: [] });
    const page = readFileSync(TABLE, "utf8").split("\n");
    const columns = page.find((line) => line.startsWith("| `private` |"))?.split("|");
    expect(columns?.slice(3, 5).map((column) => column.trim())).toEqual(["nowhere", "nowhere"]);
  });

  it("would be found in each folder of each home, on the chain, in the database and on wires: other words are", () => {
    expect(seen.found.get("control")?.said).toEqual(planted);
    expect(planted).toEqual(expect.arrayContaining(SEARCHED));
    expect(lasting(seen.found.get("control")?.asked)).toEqual(NAME_STANDS);
  });

  it.each(writesCores() ? FLEETING : FLEETING.slice(0, 1))(
    "would be found in the %s: those of an open question that it refused are",
    (place) => {
      expect(seen.found.get("refused")?.said).toContain(place);
    },
  );

  it("of an open question that was refused last nowhere but in its router's memory", () => {
    expect(lasting(seen.found.get("refused")?.said)).toEqual([]);
  });

  it("were looked for in every place, each of which had something in it", () => {
    const empty = [...new Set(["output", "router's memory", ...NAME_STANDS, ...WIRES])].filter(
      (name) => (seen.looked.get(name) ?? 0) < 256,
    );
    expect([empty, [...seen.looked]]).toEqual([[], [...seen.looked]]);
  });
});

function lasting(places: readonly string[] = []): readonly string[] {
  return places.filter((name) => !FLEETING.includes(name));
}
