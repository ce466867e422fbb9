import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createChainReader,
  type NetworkProfile,
  parseProfile,
  readHead,
  readSettlements,
  readWorkRecords,
} from "@cortensor/chain";
import { decodeSettlementSet, decodeVerdictDocument, hexToBytes } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonLine } from "./harness/jsonLines.js";
import { findProcesses } from "./harness/processes.js";
import { publishedFile } from "./harness/publishedFile.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { until } from "./harness/until.js";

/** Where a network has lived, and left its public data: see `npm run deep -- audit`. */
const HOME = process.env.CORTENSOR_AUDIT_HOME ?? "";
const OUT = process.env.CORTENSOR_AUDIT_OUT;
/** What a network on one machine publishes to nobody. */
const UNPUBLISHED = /^(verdicts of |planted results|a virtual block of epoch \d+$)/;
/** Epochs that audits are about, at least. */
const EPOCHS_MIN = 5;
/** Minutes, where others use the machine too. */
const AUDIT_MS = 840_000;
/** Of an epoch with work in it, well behind the first. */
const VICTIM_SHARE = 0.5;

type Found = {
  readonly differences: readonly string[];
  readonly missing: readonly string[];
  readonly epochs: readonly JsonLine[];
  readonly seconds: number;
};

/** Minutes of a real network, after it has ended: nothing runs but its chain. Audits change nothing, so that they may run at once. */
describe("the life of a network of which nothing is left but public data", {
  timeout: 900_000,
  concurrent: true,
}, () => {
  const copies = mkdtempSync(join(tmpdir(), "cortensor-e2e-audited-"));
  const counts: Record<string, number> = {};
  let chain: StartedProcess;
  let profile: NetworkProfile;
  /** Its last epoch whose duties can't be shown any more. */
  let last: number;

  beforeAll(async () => {
    profile = parseProfile(readFileSync(join(HOME, "network.json"), "utf8"));
    chain = startProcess(HOME, ["chain", "--port", new URL(profile.rpcUrls[0] ?? "").port]);
    const reader = createChainReader({ profile });
    const { timestamp } = await until("chain that answers", () => readHead(reader).catch(() => undefined));
    last = Math.floor((timestamp - profile.t0) / profile.epochSeconds) - 3;
    expect(last).toBeGreaterThanOrEqual(EPOCHS_MIN);
  });
  afterAll(async () => {
    await endAll(chain);
    rmSync(copies, { recursive: true });
    const lines = { epochs: last + 1, ...counts };
    process.stdout.write(`${JSON.stringify(lines)}\n`);
    if (OUT !== undefined) writeFileSync(OUT, JSON.stringify(lines));
  });

  const audit = async (...args: readonly string[]): Promise<Found> => {
    const startedMs = performance.now();
    const network = ["--network", join(HOME, "network.json")];
    const outcome = await runCommand(["--home", HOME, "audit", ...args, ...network], { withinMs: AUDIT_MS });
    const { differences = [], missing = [], epochs = [] } = resultOf(outcome) as Readonly<Record<string, JsonLine[]>>;
    expect(outcome.code, outcome.stderr).toBe(differences.length === 0 ? 0 : 1);
    return {
      differences: differences.map(({ what, where, expected, found }) => `${what}: ${where}: ${expected}, ${found}`),
      missing: missing.map(({ what }) => String(what)),
      epochs,
      seconds: (performance.now() - startedMs) / 1_000,
    };
  };
  const all = () => `0..${last}`;
  const expectWhole = ({ differences, missing }: Found): void => {
    expect(differences).toEqual([]);
    expect(missing.filter((what) => !UNPUBLISHED.test(what))).toEqual([]);
  };
  /** A copy of a folder of the home, changed. */
  const copyOf = (name: string, change: (folder: string) => void): string => {
    const folder = mkdtempSync(join(copies, `${name}-`));
    cpSync(join(HOME, name), folder, { recursive: true });
    change(folder);
    return folder;
  };
  const flip = (file: string, at: number): void => {
    const bytes = readFileSync(file);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  };
  const victim = (): string => String(Math.floor(last * VICTIM_SHARE));

  it("runs nothing but its chain", () => {
    const programs = findProcesses(chain).map(({ command }) => command.join(" "));
    expect(programs.some((command) => /postgres| router | miner | guard | up /.test(command))).toBe(false);
  });

  it("has every balance, and every settlement", async () => {
    expect((await audit("balances")).differences).toEqual([]);
    expect((await audit("settlement")).differences).toEqual([]);
  });

  it("has every root that guards posted, and every beacon", async () => {
    const found = await audit("epoch", all());
    expectWhole(found);
    const roots = found.epochs.flatMap((epoch) => epoch.roots as readonly JsonLine[]);
    const posted = roots.filter(({ state }) => state === "posted");
    counts.roots = posted.length;
    counts.gaps = roots.length - posted.length;
    expect(found.epochs).toHaveLength(last + 1);
    expect(posted.every(({ root, posted: said }) => root === said)).toBe(true);
    expect(posted.length).toBeGreaterThan(roots.length / 2);
  });

  it("has every virtual block that guards show, byte by byte", async () => {
    // Those that were made after the last look at the guards are kept by nobody.
    const newest = Math.min(last, Math.max(...shownBlocks()));
    const found = await audit("vblock", `0..${newest}`, "--block", join(HOME, "virtual-blocks"));
    expectWhole(found);
    counts.virtualBlocks = found.epochs.filter(({ block }) => block !== undefined).length;
    expect(counts.virtualBlocks).toBeGreaterThan(last / 2);
  });

  it("has every duty, who did it, and the reasons of each verdict", async () => {
    const found = await audit("verdict", all(), "--verdicts", join(HOME, "verdicts"));
    expectWhole(found);
    for (const what of ["tasks", "drawn", "done", "documents"] as const) {
      counts[what] = found.epochs.reduce((sum, epoch) => sum + Number(epoch[what]), 0);
      expect(counts[what], what).toBeGreaterThan(0);
    }
  });

  it("has the ranking of each epoch", async () => {
    const found = await audit("ranking", all());
    expectWhole(found);
    const [miner] = (found.epochs.at(-1)?.ranking ?? []) as readonly JsonLine[];
    expect(Number(miner?.reputationPpm)).toBeGreaterThan(0);
  });

  it("shows a settlement set of which one byte was changed, and one of which one leaf was", async () => {
    const { blockNumber: toBlock } = await readHead(createChainReader({ profile }));
    const settled = await readSettlements(createChainReader({ profile }), { fromBlock: profile.deployBlock, toBlock });
    const [first] = settled;
    const { setCid, settlementId } = first ?? { setCid: "", settlementId: "" };
    const file = join(HOME, "settlements", setCid);
    const { entries } = decodeSettlementSet(readFileSync(file));
    const leafAt = readFileSync(file).indexOf(hexToBytes(entries[0]?.resultsHash ?? "0x"));
    expect(leafAt).toBeGreaterThan(0);
    const ways = [
      { what: "epoch", at: readFileSync(file).length - 1 },
      { what: "ranking", at: leafAt },
      { what: "verdict", at: leafAt },
    ];
    for (const { what, at } of ways) {
      const sets = copyOf("settlements", (folder) => flip(join(folder, setCid), at));
      const { differences } = await audit(what, victim(), "--sets", sets);
      expect(differences.map((one) => one.replace(/, 0x\w+$/, ""))).toEqual([
        `setTampered: settlement ${settlementId}: ${setCid}`,
      ]);
    }
  });

  it("shows a work record that was changed", async () => {
    const records = await workRecords();
    const sets = copyOf("settlements", (folder) => flip(join(folder, records[0] ?? ""), 60));
    const { differences } = await audit("epoch", victim(), "--sets", sets);
    expect(differences).toEqual([
      expect.stringMatching(new RegExp(`^workTampered: work of lane 0x\\w+, epoch \\d+: ${records[0]}, 0x\\w+$`)),
    ]);
  });

  it("shows a document of verdicts that was changed, and names one that is missing", async () => {
    const cid = publishedFile(join(HOME, "verdicts")) ?? "";
    const { epoch, validator } = decodeVerdictDocument(readFileSync(join(HOME, "verdicts", cid)));
    const changed = copyOf("verdicts", (folder) => flip(join(folder, cid), 100));
    const { differences } = await audit("verdict", String(epoch), "--verdicts", changed);
    expect(differences).toEqual([
      expect.stringMatching(new RegExp(`^verdictsTampered: verdicts of ${validator}, epoch ${epoch}: ${cid}, 0x\\w+$`)),
    ]);
    const without = copyOf("verdicts", (folder) => rmSync(join(folder, cid)));
    const { missing } = await audit("verdict", String(epoch), "--verdicts", without);
    expect(missing).toContain(`the verdicts of ${validator} in epoch ${epoch}`);
  });

  it("shows a virtual block that was changed", async () => {
    const epoch =
      shownBlocks()
        .filter((one) => one <= last)
        .sort((left, right) => left - right)[0] ?? 0;
    const file = join(
      copyOf("virtual-blocks", (folder) => flip(join(folder, `${epoch}.bin`), 20)),
      `${epoch}.bin`,
    );
    const { differences } = await audit("vblock", String(epoch), "--block", file);
    expect(differences.length).toBeGreaterThan(0);
    expect(differences.every((one) => one.startsWith(`virtualBlock: epoch ${epoch}`))).toBe(true);
  });

  /** Epochs of which a copy of the virtual block was kept. */
  const shownBlocks = (): readonly number[] =>
    readdirSync(join(HOME, "virtual-blocks")).map((name) => Number.parseInt(name, 10));

  /** Of lanes, in the order of the chain. */
  const workRecords = async (): Promise<readonly string[]> => {
    const reader = createChainReader({ profile });
    const { blockNumber: toBlock } = await readHead(reader);
    const posted = await readWorkRecords(reader, { fromBlock: profile.deployBlock, toBlock });
    return posted.map(({ recordCid }) => recordCid);
  };
});
