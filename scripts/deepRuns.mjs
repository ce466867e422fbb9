import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INVARIANT_SOURCES, invariantParts } from "./invariantParts.mjs";
import { MESSAGE_SOURCES, messageParts } from "./messageParts.mjs";
import { MUTANT_SOURCES, mutantParts } from "./mutantParts.mjs";
import { runVitest } from "./runners.mjs";
import { SOLANA_PARTS, SOLANA_SOURCES } from "./solanaParts.mjs";

/** Kills of miners and of routers in one part: a few minutes' work. */
const MINER_KILLS = 100;
const ROUTER_KILLS = 40;
/** A network waits more than it works while a killed process starts again: two of them share the cores. */
const NETWORKS_AT_ONCE = 2;
/** What the instants of kills are drawn from, unless CORTENSOR_KILLS_SEED says another. */
const KILLS_SEED = "kills";

/** Honest answers in one part: two or three minutes' work. */
const HONEST_ANSWERS = 1_000;
/** What makes and checks an answer. */
const ACCUSED_SOURCES = [
  ...["protocol", "engine", "proof"].map((name) => `packages/${name}/src`),
  "models/manifest.json",
  "bench/proof/tryHonest.mjs",
];

/** Ways in which the same tokens are made again, as their tests are named. */
const REPLAYS = ["conversations", "fresh process", "two threads"];

/** Cheats that one check of a short answer finds sometimes, not always. */
const DETECTION_CHEATS = ["posthoc-four-bits", "other-temperature"];

/** Ways to cheat that one network meets at once: some ten minutes' work. */
const CROOKS = [
  ["smaller-model", "four-bits", "own-seed", "cut-prompt", "altered-system-prompt", "early-stop"],
  ["padded-count", "posthoc-scorer", "posthoc-four-bits", "other-temperature", "cached-answer", "copied-answer"],
];

/** Sizes of guard sets: epochs with a third of them dead, and as many with a third lying, in one part; and how many such parts. */
const GUARD_RUNS = [
  { guards: 1, epochs: 200, parts: 1 },
  { guards: 4, epochs: 100, parts: 1 },
  { guards: 7, epochs: 100, parts: 1 },
  { guards: 32, epochs: 5, parts: 4 },
];
/** What guards, and the chain that they are tried on, are made of. */
const GUARD_SOURCES = [
  ...["protocol", "runtime", "chain", "api"].map((name) => `packages/${name}/src`),
  ...["src/guard", "src/host", "test"].map((folder) => `packages/node/${folder}`),
  "test/e2e",
];

/** Records that each kill of a sink, of its router or of a database comes in the midst of. */
const SINK_RECORDS = 1_000;
const SINK_COUNTS = { CORTENSOR_SINK_RECORDS: String(SINK_RECORDS), CORTENSOR_SINK_TASKS: String(SINK_RECORDS) };
/** Programs that some parts are tried with, by their names: what isn't installed is said, and its tests are passed over. */
const MARIADB = { name: "mariadb", programs: ["mariadbd"] };
const KUBO = { name: "kubo", programs: ["ipfs", "kubo"] };
const SINK_PARTS = [
  { name: "kills", files: ["packages/data/test/sinkKills", "--testTimeout=300000"], needs: MARIADB },
  { name: "tasks through a router", files: ["packages/node/test/sinks.test", "--testTimeout=900000"] },
  { name: "sets among peers", files: ["packages/node/test/setContent"] },
  {
    name: "what any database must do",
    files: ["mysql", "postgres", "target/tls"].map((part) => `packages/data/src/sinks/${part}`),
    needs: MARIADB,
  },
  { name: "Kubo itself", files: ["packages/data/test/realKubo", "--testTimeout=120000"], needs: KUBO },
];
/** What sinks are made of. */
const SINK_SOURCES = [
  "package-lock.json",
  ...["data/src", "data/test", "runtime/src", "node/src/router"].map((folder) => `packages/${folder}`),
];

/** Epochs under load: a network has lived through five before, and lives through as many as its last duties take. */
const AUDITED_EPOCHS = 42;

/** A part of the simulation keeps one core busy, and no more. */
const SIM_PARTS_AT_ONCE = 2;
/** What the simulation is made of. */
const SIM_SOURCES = ["sim", ...["protocol", "books", "proof", "node"].map((name) => `packages/${name}`)].map(
  (folder) => `${folder}/src`,
);

/**
 * The large counts, in parts of a few minutes. `npm test` runs each at 1–5 %. A record goes on as long as its `sources` stay as
 * they are; where none are named, what is committed of the packages and their end-to-end tests.
 *
 * @typedef {{ name: string, run: () => Promise<{ passed: number, failed: number, seed?: string }> }} Part
 * @type {Record<string, { says: string, sources?: readonly string[], needsBuild?: boolean, atOnce?: number, parts: Part[] | (() => Promise<Part[]>) }>}
 */
export const DEEP_RUNS = {
  invariants: {
    says: "contract invariants over a million calls",
    sources: INVARIANT_SOURCES,
    needsBuild: false,
    parts: invariantParts(),
  },
  mutants: {
    says: "every mutant of every money contract: passed are those that the contracts' tests kill",
    sources: MUTANT_SOURCES,
    needsBuild: false,
    parts: mutantParts,
  },
  quotes: {
    says: "10,000 random requests quoted, handed over and charged",
    parts: [{ name: "all", run: () => runVitest(["quoteCovers"], { env: { CORTENSOR_DEEP: "quotes" } }) }],
  },
  proof: {
    says: "decode replay by recipe, bit by bit over 10,000 tokens at 8 and 16 bits; every cheat as a process, and found",
    parts: [
      ...["Q8_0", "F16"].flatMap((quantisation) =>
        REPLAYS.map((replay) => ({
          name: `replay ${quantisation}, ${replay}`,
          run: () =>
            runVitest(["packages/proof/test/replay", "-t", `at ${quantisation} .*${replay}`], {
              env: { CORTENSOR_DEEP: "proof" },
            }),
        })),
      ),
      {
        name: "adversaries",
        run: () => runVitest(["--config", "vitest.e2e.config.ts", "adversaries"], { env: { CORTENSOR_DEEP: "proof" } }),
      },
    ],
  },
  detection: {
    says: "a cheat's process found within n tasks as often as 1 − (1 − aδ)ⁿ says, at three audit rates: rows beside the counts",
    parts: DETECTION_CHEATS.map((cheat) => ({ name: cheat, run: () => runDetection(cheat) })),
  },
  crooks: {
    says: "each way to cheat as a miner or a validator, in a network that does duties and judges: rows say who found it, what was taken of it, and what it was worth",
    parts: [
      { name: "validators", run: () => runCrooks("crookedValidators", []) },
      ...CROOKS.map((cheats) => ({ name: cheats.join(", "), run: () => runCrooks("crookedMiners", cheats) })),
    ],
  },
  accused: {
    says: "10,000 honest answers through all tiers of the check: failed are those accused in the end",
    sources: ACCUSED_SOURCES,
    parts: honestParts(10_000, HONEST_ANSWERS),
  },
  sim: {
    says: "10,000 random networks simulated, with faults and adversaries: passed are parts without a violation",
    sources: SIM_SOURCES,
    needsBuild: false,
    atOnce: SIM_PARTS_AT_ONCE,
    parts: simParts(10_000, 500),
  },
  machines: {
    says: "136,000 random traces: a quarter each of node life, network tasks, session tasks and disputes; and draws by the 10,000",
    sources: ["packages/protocol/src", "packages/protocol/test"],
    needsBuild: false,
    parts: machineParts(34_000, 8_500),
  },
  sealing: {
    says: "10,000 fuzzed envelopes, as many pieces of noise and of JSON: each is refused by name, or is what was sealed",
    sources: ["packages/protocol/src", "packages/protocol/test"],
    needsBuild: false,
    parts: sealingParts(10_000, 2_500),
  },
  guards: {
    says: "five guards that stand still, and are shown nothing; sets of 1, 4, 7 and 32 with a third of them dead, then lying: rows count empty epochs and conflicting roots",
    sources: GUARD_SOURCES,
    parts: [
      {
        name: "five processes",
        run: () => runVitest(["--config", "vitest.e2e.config.ts", "guardsAway"], { env: { CORTENSOR_DEEP: "guards" } }),
      },
      ...guardParts(),
    ],
  },
  openings: {
    says: "four guards with engines of their own open a sealed task that a beacon drew: its validator checks it, and its owner reads who had it opened; canaries among three miners, one of which cuts prompts",
    sources: [...GUARD_SOURCES, "packages/sdk/src"],
    parts: [
      {
        name: "four processes",
        run: () => runVitest(["--config", "vitest.e2e.config.ts", "openings"], { env: { CORTENSOR_DEEP: "openings" } }),
      },
      {
        name: "three miners",
        run: () => runVitest(["--config", "vitest.e2e.config.ts", "canaries"], { env: { CORTENSOR_DEEP: "openings" } }),
      },
    ],
  },
  layers: {
    says: "one command's network over L1, L2, L3, Base and an SVM: deposits from each, a private session, roots anchored, and coins out of every floor",
    parts: [
      {
        name: "all of it",
        run: () => runVitest(["--config", "vitest.e2e.config.ts", "layers"], { env: { CORTENSOR_DEEP: "layers" } }),
      },
    ],
  },
  sinks: {
    says: "1,000 records to Postgres, to MariaDB where it is installed, and to a webhook, and 1,000 tasks through a router; each side killed in their midst: every one arrives once, in order; content in Kubo where it is installed",
    sources: SINK_SOURCES,
    needsBuild: false,
    parts: SINK_PARTS.map(({ name, files, needs }) => ({ name, run: () => runSinks(files, needs) })),
  },
  content: {
    says: "1,000 tasks through a network of processes; its sink's database, its router and a peer that keeps its sets killed in their midst: every row arrives once, in order, and every set is back",
    parts: [{ name: "1,000 tasks", run: runContent }],
  },
  audit: {
    says: "50 epochs of a real network audited from public data alone, with every process but the chain gone; tampered copies caught",
    parts: [{ name: "50 epochs", run: runAudit }],
  },
  messages: {
    says: "1,000 seeds of messages between chains over faulty relayers, played; 100 seeds over two real chains for each adapter that runs here: each once, and no coin made or lost",
    sources: MESSAGE_SOURCES,
    needsBuild: false,
    parts: messageParts(),
  },
  solana: {
    says: "the program for tasks over Solana: made again of its sources where clang is installed; 400 random traces beside the protocol's machine; 6,000 instructions of noise, and 600 that are nearly right",
    sources: SOLANA_SOURCES,
    needsBuild: false,
    parts: SOLANA_PARTS,
  },
  kills: {
    says: "1,000 miners killed in mid-stream",
    atOnce: NETWORKS_AT_ONCE,
    parts: killParts("killMiner", 1_000, MINER_KILLS),
  },
  routerKills: {
    says: "200 routers and databases killed at random instants under 50 clients of scripted miners",
    atOnce: NETWORKS_AT_ONCE,
    parts: killParts("killRouter", 200, ROUTER_KILLS),
  },
};

/** Each adapter by itself: a seed over two chains is some seconds' work. */
function honestParts(answers, each) {
  return Array.from({ length: answers / each }, (_, part) => ({
    name: `answers ${part * each}…${(part + 1) * each - 1}`,
    run: async () => {
      const { tryHonest } = await import("../bench/proof/tryHonest.mjs");
      return tryHonest({ from: part * each, count: each });
    },
  }));
}

function simParts(seeds, each) {
  return Array.from({ length: seeds / each }, (_, part) => ({
    name: `seeds ${part * each}…${(part + 1) * each - 1}`,
    run: async () => {
      const env = { CORTENSOR_SIM_SEEDS: String(each), CORTENSOR_SIM_FROM: String(part * each) };
      const counts = await runVitest(["sim/src/network/runWorld", "-t", "breaks nothing"], { env });
      return { ...counts, seeds: each };
    },
  }));
}

async function runDetection(cheat) {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-detection-"));
  const out = join(folder, "rows.json");
  try {
    const env = { CORTENSOR_DEEP: "detection", CORTENSOR_DETECTION_CHEAT: cheat, CORTENSOR_DETECTION_OUT: out };
    const counts = await runVitest(["--config", "vitest.e2e.config.ts", "detection"], { env });
    if (!existsSync(out)) return counts;
    const { detection, rows } = JSON.parse(readFileSync(out, "utf8"));
    for (const row of [detection, ...rows]) console.log(JSON.stringify(row));
    return { ...counts, detection, rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A network lives for 50 epochs, the first few of them without load, unless the home of one that has lived is named. */
async function runAudit() {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-audit-"));
  const { CORTENSOR_AUDIT_HOME: home = join(folder, "home") } = process.env;
  try {
    if (process.env.CORTENSOR_AUDIT_HOME === undefined) {
      const { runNetwork } = await import("../bench/overhead/runNetwork.mjs");
      await runNetwork({ home, epochs: AUDITED_EPOCHS, say: console.log });
    }
    const out = join(folder, "counts.json");
    const env = { CORTENSOR_DEEP: "audit", CORTENSOR_AUDIT_HOME: home, CORTENSOR_AUDIT_OUT: out };
    const counts = await runVitest(["--config", "vitest.e2e.config.ts", "auditedLife"], { env });
    return existsSync(out) ? { ...counts, ...JSON.parse(readFileSync(out, "utf8")) } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runCrooks(test, cheats) {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-crooks-"));
  const out = join(folder, "rows.json");
  try {
    const env = { CORTENSOR_DEEP: "crooks", CORTENSOR_CROOKS: cheats.join(","), CORTENSOR_CROOKS_OUT: out };
    const counts = await runVitest(["--config", "vitest.e2e.config.ts", test], { env });
    if (!existsSync(out)) return counts;
    const rows = JSON.parse(readFileSync(out, "utf8"));
    for (const row of rows) console.log(JSON.stringify(row));
    return { ...counts, rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function guardParts() {
  return GUARD_RUNS.flatMap(({ guards, epochs, parts }) =>
    Array.from({ length: parts }, (_, part) => ({
      name: parts === 1 ? `${guards} guards` : `${guards} guards, ${part + 1} of ${parts}`,
      run: () => runGuards({ guards, epochs }),
    })),
  );
}

async function runGuards({ guards, epochs }) {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-guards-"));
  const out = join(folder, "rows.json");
  try {
    const count = { CORTENSOR_GUARDS: String(guards), CORTENSOR_GUARD_EPOCHS: String(epochs) };
    const counts = await runVitest(["packages/node/test/guardSizes"], { env: { ...count, CORTENSOR_GUARDS_OUT: out } });
    if (!existsSync(out)) return counts;
    const rows = JSON.parse(readFileSync(out, "utf8"));
    for (const row of rows) console.log(JSON.stringify(row));
    const add = (key) => rows.reduce((sum, row) => sum + row[key], 0);
    return { ...counts, epochs: add("epochs"), empty: add("empty"), conflicting: add("conflicting"), rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says loudly, and in its record, where a program that it is tried with isn't installed. */
async function runSinks(files, needs) {
  const env = { CORTENSOR_DEEP: "sinks", ...SINK_COUNTS };
  const isThere = needs === undefined || needs.programs.some(isInstalled);
  if (!isThere) console.log(`!! NOT RUN: ${needs.name} isn't installed here`);
  return {
    ...(await runVitest(files, { env })),
    ...(needs === KUBO ? {} : { records: SINK_RECORDS }),
    ...(needs === undefined ? {} : { [needs.name]: isThere ? "run" : "not installed, not run" }),
  };
}

function isInstalled(program) {
  return ["/usr/sbin", ...(process.env.PATH ?? "").split(":")].some((one) => existsSync(join(one, program)));
}

async function runContent() {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-content-"));
  const out = join(folder, "counts.json");
  try {
    const count = { CORTENSOR_CONTENT_TASKS: process.env.CORTENSOR_CONTENT_TASKS ?? "1000" };
    const env = { CORTENSOR_DEEP: "content", ...count, CORTENSOR_CONTENT_OUT: out };
    const counts = await runVitest(["--config", "vitest.e2e.config.ts", "contentKills"], { env });
    return existsSync(out) ? { ...counts, ...JSON.parse(readFileSync(out, "utf8")) } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function machineParts(traces, each) {
  const files = ["packages/protocol/test/machines", "packages/protocol/src/draw"];
  return Array.from({ length: traces / each }, (_, part) => ({
    name: `traces ${part * each}…${(part + 1) * each - 1}`,
    run: async () => {
      const env = {
        CORTENSOR_MACHINE_TRACES: String(each),
        CORTENSOR_MACHINE_FROM: String(part * each),
        CORTENSOR_DRAWS: "10000",
      };
      return { ...(await runVitest([...files, "--testTimeout=600000"], { env })), traces: 4 * each };
    },
  }));
}

function sealingParts(envelopes, each) {
  return Array.from({ length: envelopes / each }, (_, part) => ({
    name: `envelopes ${part * each}…${(part + 1) * each - 1}`,
    run: async () => {
      const env = { CORTENSOR_SEAL_FUZZ: String(each), CORTENSOR_SEAL_FUZZ_SEED: String(part + 1) };
      return { ...(await runVitest(["packages/protocol/test/sealing/fuzzedEnvelopes"], { env })), envelopes: each };
    },
  }));
}

function killParts(test, kills, each) {
  return Array.from({ length: kills / each }, (_, part) => ({
    name: `${test} ${part * each}…${(part + 1) * each - 1}`,
    run: async () => {
      const seed = process.env.CORTENSOR_KILLS_SEED ?? KILLS_SEED;
      const count = { CORTENSOR_KILLS: String(each), CORTENSOR_KILLS_FROM: String(part * each) };
      const env = { CORTENSOR_DEEP: "kills", CORTENSOR_KILLS_SEED: seed, ...count };
      return { ...(await runVitest(["--config", "vitest.e2e.config.ts", test], { env })), seed };
    },
  }));
}
