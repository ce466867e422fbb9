import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickFreePort } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandContext } from "../src/commandContext.js";
import { commandsToLoad, loadCommands } from "../src/loadCommands.js";
import { createProgram } from "../src/main.js";
import { contextIn, runInHome } from "./runInHome.js";

const MODEL = `0x${"ab".repeat(32)}`;
const account = (digit: string): `0x${string}` => `0x${digit.repeat(40)}`;
const MEMBER = account("4");

/** A command that runs until its context is shut down, and the object that it prints first. */
async function started(home: string, args: readonly string[]) {
  const said: string[] = [];
  const context: CommandContext = contextIn(home, { said });
  const program = createProgram((_options, work) => work(context), await loadCommands(commandsToLoad(["chain"])));
  const ended = program.parseAsync(["node", "cortensor", ...args]);
  const result = () => said.map((line) => JSON.parse(line)).find(({ event }) => event === "result");
  while (result() === undefined) {
    const isOver = await Promise.race([ended.then(() => true), new Promise((resolve) => setTimeout(resolve, 20))]);
    if (isOver === true) throw new Error(said.join("\n"));
  }
  return {
    result: result(),
    async stop() {
      await context.shutdown.run();
      await ended;
    },
  };
}

describe("a private network by the command line", () => {
  let home: string;
  let served: Awaited<ReturnType<typeof started>>;
  let entered: Awaited<ReturnType<typeof started>>;
  let network: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-private-"));
    const owner = await contextIn(home).keystore({ mayGenerate: true }).openOrCreate("me");
    const who = ["--member", `owner:${owner.address}:care`, "--member", `auditor:${account("2")}`];
    const what = ["--template", "health", "--name", "clinic", "--chain-id", "41001", "--model", MODEL];
    await runInHome(home, ["chain", "create", ...what, ...who]);
    served = await started(home, ["chain", "serve", "clinic", "--listen", String(await pickFreePort())]);
    network = join(home, "mine.json");
    const door = ["--network", served.result.profile, "--door", served.result.door];
    const agent = ["--as", "me", "--listen", String(await pickFreePort()), "--out", network];
    entered = await started(home, ["chain", "enter", ...door, ...agent]);
  });
  afterAll(async () => {
    await entered?.stop();
    await served?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const member = (...args: string[]) =>
    runInHome(home, ["chain", "member", ...args, "--network", network, "--as", "me"]);
  const rolesNow = async () => {
    const { members } = await runInHome(home, ["chain", "show", "clinic", "--network", network]);
    return Array.isArray(members) ? members.map(({ account: of, role, team }) => [of, role, team]) : [];
  };

  it("is entered by its owner alone, and changed by its commands, in the plan and at the gate", async () => {
    await member("add", "clinic", `member:${MEMBER}:research`);
    expect(await rolesNow()).toContainEqual([MEMBER, "member", 2]);
    await member("role", "clinic", MEMBER, "billing");
    expect(await rolesNow()).toContainEqual([MEMBER, "billing", 2]);
    await member("rotate", "clinic", MEMBER, account("5"));
    expect(await rolesNow()).toContainEqual([account("5"), "billing", 2]);
    await member("remove", "clinic", account("5"));
    expect((await rolesNow()).map(([of]) => of)).not.toContain(account("5"));
    await expect(member("remove", "clinic", account("5"))).rejects.toMatchObject({
      data: { code: "CLI_BAD_ARGUMENT" },
    });
    await expect(member("add", "clinic", `member:${MEMBER}:sales`)).rejects.toMatchObject({
      data: { code: "CLI_BAD_FILE" },
    });
  });

  it("exports its audit log, and keeps a log of its door that names no parameters", async () => {
    const { entries } = await runInHome(home, ["chain", "audit-log", "--network", network]);
    const events = Array.isArray(entries) ? entries.map(({ event }) => event) : [];
    for (const event of ["ListPublished", "MemberEnrolled", "KeyRotated", "MemberRevoked"])
      expect(events).toContain(event);
    const file = join(home, "chains", "clinic", "access.jsonl");
    let text = "";
    while (!text.includes("eth_sendRawTransaction")) text = await readFile(file, "utf8").catch(() => "");
    const keys = new Set(
      text
        .trim()
        .split("\n")
        .flatMap((line) => Object.keys(JSON.parse(line))),
    );
    const metadata = new Set(["account", "at", "by", "method", "outcome", "reason", "role"]);
    expect([...keys].filter((key) => !metadata.has(key))).toEqual([]);
    expect([...keys]).toContain("method");
  });
});
