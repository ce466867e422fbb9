import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ChainReader,
  createChainReader,
  readHead,
  readSettlements,
  type SettlementRecord,
} from "@cortensor/chain";
import { encodeReceiptDocument } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonLine } from "./harness/jsonLines.js";
import { type RouterKeys, readRouterKeys, settleWrongly } from "./harness/lyingRouter.js";
import { makeHome } from "./harness/makeHome.js";
import { findProcesses } from "./harness/processes.js";
import { type CommandOutcome, resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { until, within } from "./harness/until.js";

/** Answers, each settled before the next is asked: as many settlements. */
const ANSWERS = 3;

describe("with every router, miner and database off, and the chain alone running", () => {
  const home = makeHome("e2e-audit");
  const receiptFile = join(home, "receipt.json");
  let profile: Network["profile"];
  let account: number;
  let network: Network | undefined;
  let keys: RouterKeys;
  let chain: StartedProcess | undefined;
  let fromRouter: CommandOutcome;
  let settlements: readonly SettlementRecord[];

  beforeAll(async () => {
    const args = ["--scripted", "at-once", "--miners", "2"];
    const started = await startNetwork({ home, args, env: { ROUTER_SETTLE_AGE: "500ms" } });
    network = started;
    profile = started.profile;
    account = started.account;
    keys = readRouterKeys(started);
    for (let answer = 1; answer <= ANSWERS; answer += 1) {
      const { taskId } = await started.client.chat(`What is ${answer} plus ${answer}?`, { maxTokens: 8 });
      const document = await started.client.receipt(taskId, { waitMs: 10_000 });
      writeFileSync(receiptFile, JSON.stringify(encodeReceiptDocument(document)));
      settlements = await until(`settlement ${answer}`, async () => {
        const found = await settled(started.chain);
        return found.length === answer ? found : undefined;
      });
    }
    fromRouter = await runCommand(["--home", home, "audit", "settlement", "--sets", started.url]);
    await started.stop();
    network = undefined;
    chain = startProcess(home, ["chain", "--port", new URL(started.rpcUrl).port]);
    await until("chain that answers", () =>
      settled(createChainReader({ profile })).then(
        ({ length }) => (length === ANSWERS ? true : undefined),
        () => undefined,
      ),
    );
  });
  afterAll(async () => {
    await network?.stop();
    if (chain !== undefined) await endAll(chain);
    rmSync(home, { recursive: true, force: true });
  });

  const audit = (...args: readonly string[]) =>
    runCommand(["--home", home, "audit", ...args, "--network", join(home, "network.json")]);

  /** What an audit says that differs: nothing and code 0, or a list and code 1. */
  const differencesOf = async (...args: readonly string[]): Promise<readonly string[]> => {
    const outcome = await audit(...args);
    const error = outcome.lines.find(({ event }) => event === "error");
    expect([outcome.code, error?.code], outcome.stderr).toEqual(
      error === undefined ? [0, undefined] : [1, "CLI_AUDIT_DIFFERS"],
    );
    const { differences } = resultOf(outcome) as { readonly differences: readonly JsonLine[] };
    expect(differences.length > 0).toBe(error !== undefined);
    return differences.map(({ what, where }) => `${what}: ${where}`);
  };

  /** A copy of the published sets, changed. */
  const setsWithout = (change: (folder: string) => void): string => {
    const folder = join(home, "copies", String(Math.random()));
    mkdirSync(folder, { recursive: true });
    const source = join(home, "settlements");
    for (const name of readdirSync(source)) copyFileSync(join(source, name), join(folder, name));
    change(folder);
    return folder;
  };

  it("runs nothing else", () => {
    if (chain === undefined) throw new Error("the chain was never started");
    const programs = findProcesses(chain).map(({ command }) => command.join(" "));
    expect(programs.some((command) => /postgres| router | miner | up /.test(command))).toBe(false);
    expect(settlements).toHaveLength(ANSWERS);
  });

  it("verifies a receipt from its file", async () => {
    const outcome = await runCommand(["--home", home, "receipt", "verify", receiptFile]);
    expect([outcome.code, resultOf(outcome).valid]).toEqual([0, true]);
  });

  it("recomputes every balance", async () => {
    const outcome = await audit("balances");
    expect(outcome.code, outcome.stdout).toBe(0);
    const { differences, owedWei, heldWei, settlements: count } = resultOf(outcome);
    expect(differences).toEqual([]);
    expect(BigInt(String(owedWei))).toBeGreaterThan(0n);
    expect([owedWei, count]).toEqual([heldWei, ANSWERS]);
  });

  it("recomputes every settlement as it did with the router's own sets, and proves where a receipt's task is paid and where it isn't", async () => {
    const outcome = await audit("settlement", "--receipt", receiptFile);
    expect(outcome.code, outcome.stdout).toBe(0);
    const audited = resultOf(outcome).settlements as readonly JsonLine[];
    const places = audited.map(({ receipt }) => (receipt as JsonLine).kind);
    expect(places).toEqual(["absent", "absent", "present"]);
    expect(audited.map(({ setCid, tasks }) => [setCid, tasks])).toEqual(
      (resultOf(fromRouter).settlements as readonly JsonLine[]).map(({ setCid, tasks }) => [setCid, tasks]),
    );
    const [absent] = audited.map(({ receipt }) => receipt as JsonLine);
    expect(Object.keys(absent ?? {}).length, "a neighbour at least").toBeGreaterThan(1);
  });

  it("names a set that was changed by one bit", async () => {
    const [first] = settlements;
    const sets = setsWithout((folder) => {
      const file = join(folder, String(first?.setCid));
      const bytes = readFileSync(file);
      bytes[70] = (bytes[70] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    });
    expect(await differencesOf("settlement", "--sets", sets)).toEqual([
      `setTampered: settlement ${first?.settlementId}`,
    ]);
  });

  it("names a set that is missing, unless only another settlement is asked about", async () => {
    const [, second, other] = settlements;
    const sets = setsWithout((folder) => rmSync(join(folder, String(second?.setCid))));
    expect(await differencesOf("settlement", "--sets", sets)).toEqual([
      `setMissing: settlement ${second?.settlementId}`,
    ]);
    expect(await differencesOf("settlement", "--sets", sets, "--id", String(other?.settlementId))).toEqual([]);
  });

  it("names a credit that a lying settlement raised beyond its set, though every balance adds up", async () => {
    const lie = await within(
      "lying settlement",
      settleWrongly({ profile, account, keys, folder: join(home, "settlements") }),
    );
    expect(await differencesOf("balances")).toEqual([]);
    expect(await differencesOf("settlement")).toEqual([
      `creditOfPayee: settlement ${lie.settlementId}, payee ${lie.payee}`,
    ]);
  });
});

/** Every settlement so far. */
async function settled(chain: ChainReader): Promise<readonly SettlementRecord[]> {
  const { blockNumber } = await readHead(chain);
  return readSettlements(chain, { fromBlock: chain.profile.deployBlock, toBlock: blockNumber });
}
