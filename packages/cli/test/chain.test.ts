import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccessLog } from "../src/chains/accessLog.js";
import { runInHome } from "./runInHome.js";

const account = (digit: string): `0x${string}` => `0x${digit.repeat(40)}`;
const MODEL = `0x${"ab".repeat(32)}`;

describe("cortensor chain", () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-chain-"));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const create = (...args: string[]) => runInHome(home, ["chain", "create", ...args]);
  const clinic = [
    ...["--template", "health", "--name", "clinic", "--chain-id", "41001", "--model", MODEL],
    ...["--member", `owner:${account("1")}:care`, "--member", `auditor:${account("2")}`],
    ...["--node", `${account("3")}:eu`],
  ];

  it("makes a plan of a template, says what that doesn't cover, and reads its own file back", async () => {
    const made = await create(...clinic);
    expect(made).toMatchObject({ name: "clinic", chainId: 41_001 });
    expect(JSON.stringify(made.uncovered)).toContain("business associate agreement");
    const again = await create(String(made.plan));
    expect(again).toEqual(made);
    expect(await runInHome(home, ["chain", "show", "clinic"])).toMatchObject({ chainId: 41_001, plan: made.plan });
  });

  it.each(["finance", "public-sector", "research"])("has the template %s", async (template) => {
    const region = { finance: "eu", "public-sector": "national", research: "any" }[template] ?? "";
    const team = { finance: "desk", "public-sector": "services", research: "lab" }[template] ?? "";
    const args = ["--template", template, "--name", template, "--chain-id", "41002", "--model", MODEL];
    const who = ["--member", `owner:${account("1")}:${team}`, "--node", `${account("3")}:${region}`];
    expect(await create(...args, ...who)).toMatchObject({ name: template });
  });

  it("refuses what isn't a plan by each of its faults, and writes nothing", async () => {
    const { plan } = await create(...clinic);
    const json = JSON.parse(await readFile(String(plan), "utf8"));
    const file = join(home, "broken.json");
    await writeFile(file, JSON.stringify({ ...json, name: "broken", chainId: json.parent.chainId, hipaa: true }));
    await expect(create(file)).rejects.toMatchObject({
      data: { code: "CLI_BAD_FILE", file, problem: expect.stringContaining("hipaa") },
    });
    await expect(runInHome(home, ["chain", "show", "broken"])).rejects.toMatchObject({
      data: { code: "CLI_BAD_FILE" },
    });
    await expect(create(...clinic.slice(0, 6))).rejects.toMatchObject({ data: { code: "CLI_BAD_FILE" } });
    await expect(create("--template", "none", "--name", "x", "--chain-id", "1")).rejects.toMatchObject({
      data: { code: "CLI_BAD_ARGUMENT", argument: "--template" },
    });
  });

  it("writes what Orbit's and the OP Stack's own deployers take, and asks for COR's address where it needs it", async () => {
    const orbit = await create(...clinic, "--for", "orbit");
    const config = JSON.parse(await readFile(String(orbit.config), "utf8"));
    expect(config.prepareChainConfig).toMatchObject({ chainId: 41_001, arbitrum: { InitialChainOwner: account("1") } });
    const intent = await create(...clinic, "--for", "op-stack");
    expect(await readFile(String(intent.config), "utf8")).toContain("[[chains]]");
    await expect(create(...clinic, "--for", "orbit", "--gas-token", "cor")).rejects.toMatchObject({
      data: { code: "CLI_BAD_ARGUMENT", argument: "--cor-address" },
    });
  });

  it("keeps a door's log for as long as it is told, and no longer", async () => {
    const file = join(home, "door", "access.jsonl");
    const log = new AccessLog(file);
    for (const at of [100, 200, 300]) log.note({ at, outcome: "refused", reason: "noBearer" });
    await log.write();
    await log.prune(200);
    log.note({ at: 400, account: account("1"), role: "member", by: "word", method: "eth_call", outcome: "passed" });
    await log.write();
    const kept = (await readFile(file, "utf8")).trim().split("\n");
    expect(kept.map((line) => JSON.parse(line).at)).toEqual([200, 300, 400]);
  });
});
