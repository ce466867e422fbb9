import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { loadCommands } from "../src/loadCommands.js";
import { createProgram, usageError } from "../src/main.js";

/** What a program is told of a command line: the refusal, or that the command would run. */
async function read(...args: string[]): Promise<string> {
  const commands = await loadCommands([
    "session",
    "faucet",
    "key",
    "quote",
    "stake",
    "calibrate",
    "distances",
    "chat",
    "judge",
    "audit",
    "adversary",
    "sink",
    "node",
    "queue",
    "oracle",
    "svm",
    "deposit",
    "task",
    "rollup",
  ]);
  const program = createProgram(async () => undefined, commands, { isQuiet: true });
  try {
    await program.parseAsync(["node", "cortensor", ...args]);
    return "runs";
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const { data } = usageError(error);
    return data.code === "CLI_USAGE" ? data.problem : data.code;
  }
}

const CAPS = ["--cap-per-epoch", "1", "--total", "2", "--expires", "30d"];
const ADDRESS = `0x${"a1".repeat(20)}`;
const ABOVE = ["--parent", "http://127.0.0.1:8545", "--chain-id", "90002"];
const KEEPERS = ["--batcher", ADDRESS, "--proposer", ADDRESS, "--challenger", ADDRESS];
const SOLANA = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
const SOLANA_DEPOSIT = ["--rpc", "http://127.0.0.1:8899", "--vault", SOLANA, "--amount", "1", "--keypair", "id.json"];
const SOLANA_TASK = ["--rpc", "http://127.0.0.1:8899", "--program", SOLANA, "--hub", SOLANA, "--keypair", "id.json"];
const SOLANA_ORDER = ["--router", SOLANA, "--model", `0x${"a1".repeat(32)}`, "--amount", "2"];

describe("a command line", () => {
  it.each([
    [["session", "close", "3"]],
    [["session", "delegate", "3", ...CAPS]],
    [["session", "revoke", "3"]],
    [["faucet"]],
    [["quote", "how", "much?", "--redundant", "3", "--sla", "10", "--privacy", "sealed", "--cor"]],
    [["faucet", ADDRESS]],
    [["key", "revoke", `0x${"a1".repeat(32)}`]],
    [["stake", "add", "5"]],
    [["stake", "delegate", ADDRESS, "5"]],
    [["stake", "unstake", "5", "--operator", ADDRESS]],
    [["stake", "show"]],
    [["calibrate", "--against", "a.gguf", "b.gguf", "--sequences", "12", "--temperature", "0.7"]],
    [["quote", "how", "much?", "--validation", "redundant", "--redundancy", "5", "--max-fee", "0.5"]],
    [["chat", "hello", "--validation", "check"]],
    [["distances", "--groups", "40", "--cheat-groups", "20"]],
    [["judge", `0x${"a1".repeat(32)}`, "--judges", "5"]],
    [["judge", "--last", "3", "--distances", "a.distances.json"]],
    [["audit", "ranking", "40", "--sets", "./settlements"]],
    [["audit", "epoch", "0"]],
    [["audit", "vblock", "40", "--block", "block-40.bin"]],
    [["audit", "verdict", `0x${"a1".repeat(32)}`, "--sets", "https://router.example:8640"]],
    [["node", "reserve", "--as", "client", "--account", "3"]],
    [["node", "release", ADDRESS, "--as", "client", "--account", "3"]],
    [["node", "reservations", "3"]],
    [["node", "dedicate", ADDRESS]],
    [["node", "undedicate", ADDRESS]],
    [["queue", "enqueue", "why?", "--as", "client", "--account", "3", "--payload", "cid"]],
    [["queue", "enqueue", "--as", "client", "--account", "3"]],
    [["oracle", "request", "--as", "client", "--account", "3"]],
    [["sink", "test", "sqlite:answers.db"]],
    [["sink", "test", "-", "--create"]],
    [["sink", "show", "postgres://me@localhost/app"]],
    [["svm", "serve", "--airdrops", "--gift", SOLANA, "--gift", SOLANA, "--vault", SOLANA]],
    [["svm", "key", "id.json"]],
    [["deposit", "--from", "solana", ...SOLANA_DEPOSIT, "--session", "3"]],
    [["task", "open", "why?", ...SOLANA_TASK, ...SOLANA_ORDER, "--accept"]],
    [["task", "refund", SOLANA, ...SOLANA_TASK]],
    [["rollup", "deploy", "chain.json", ...ABOVE, ...KEEPERS, "--depth", "12"]],
    [["rollup", "serve", "chain.json", "--parent", "http://127.0.0.1:8545"]],
    [["adversary", "--cheat", "own-seed"]],
    [["adversary", "--validator", "colluding", "--about", `${ADDRESS},${ADDRESS}`]],
  ])("is taken: %j", async (args) => {
    expect(await read(...args)).toBe("runs");
  });

  it.each([
    [["session", "close", "x"], "argument 'account'"],
    [["audit", "ranking", "-1"], "argument 'epochs'"],
    [["audit", "epoch", "1.5"], "argument 'epochs'"],
    [["audit", "verdict", "0x12"], "argument 'task'"],
    [["node", "reserve", "--account", "3"], "--as"],
    [["node", "release", "0x12", "--as", "client", "--account", "3"], "argument 'node'"],
    [["node", "reservations", "x"], "argument 'account'"],
    [["queue", "enqueue", "why?", "--as", "client", "--account", "3", "--payload", "dag"], "--payload"],
    [["session", "close"], "missing required argument 'account'"],
    [["session", "delegate", "-1", ...CAPS], "argument 'account'"],
    [["session", "delegate", "3"], "--cap-per-epoch"],
    [["session", "revoke", "4294967296"], "argument 'account'"],
    [["faucet", "0x12"], "argument 'address'"],
    [["key", "revoke", ADDRESS], "argument 'hash'"],
    [["quote", "--sla", "11"], "option '--sla <level>'"],
    [["quote", "--validators", "8"], "option '--validators <count>'"],
    [["quote", "--privacy", "secret"], "option '--privacy <kind>'"],
    [["stake", "add"], "missing required argument 'cor'"],
    [["stake", "delegate", "0x12", "5"], "argument 'operator'"],
    [["stake", "withdraw", "--operator", "me"], "--operator"],
    [["calibrate", "--sequences", "3"], "option '--sequences <count>'"],
    [["calibrate", "--false-alarms", "1"], "option '--false-alarms <share>'"],
    [["quote", "--redundancy", "2"], "option '--redundancy <copies>'"],
    [["chat", "--validation", "some"], "option '--validation <how>'"],
    [["distances", "--groups", "1"], "option '--groups <count>'"],
    [["judge", "--judges", "1"], "option '--judges <count>'"],
    [["judge", "--last", "0"], "option '--last <n>'"],
    [["adversary", "--validator", "honest"], "option '--validator <name>'"],
    [["adversary", "--validator", "lazy", "--cheat", "own-seed"], "cannot be used with option '--cheat <name>'"],
    [["adversary", "--validator", "accusing", "--about", "everybody"], "option '--about <addresses>'"],
    [["svm", "serve", "--gift", ADDRESS], "option '--gift <address>'"],
    [["deposit", ...SOLANA_DEPOSIT], "--from <chain>"],
    [["task", "show", ADDRESS, ...SOLANA_TASK], "argument 'task'"],
    [["task", "open", "why?", ...SOLANA_TASK], "--router <address>"],
    [["task", "open", "why?", ...SOLANA_TASK, ...SOLANA_ORDER, "--max-tokens", "4096"], "--max-tokens <count>"],
    [["deposit", "--from", "base", ...SOLANA_DEPOSIT], "option '--from <chain>'"],
    [["deposit", "--from", "solana", ...SOLANA_DEPOSIT, "--session", "3", "--wallet", ADDRESS], "cannot be used with"],
    [["deposit", "--from", "solana", "--rpc", "http://127.0.0.1:8899"], "--vault <address>"],
    [["rollup", "deploy", "chain.json", ...ABOVE], "--batcher <address>"],
    [["rollup", "deploy", "chain.json", ...ABOVE, ...KEEPERS, "--depth", "-1"], "option '--depth <blocks>'"],
    [["rollup", "serve", "chain.json"], "--parent <url>"],
    [["nothing"], "unknown command 'nothing'"],
    [["session"], "no command is named"],
  ])("is refused, by the name of what is wrong: %j", async (args, problem) => {
    expect(await read(...args)).toContain(problem);
  });
});
