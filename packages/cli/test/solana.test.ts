import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildAssign,
  buildCommit,
  buildMakeHub,
  buildWrites,
  connectSolana,
  firstCursor,
  hubAddress,
  listRouterTasks,
  openVault,
  parseSolanaKey,
  readDeposits,
  sendSolana,
  solanaKeyToHex,
  type TaskState,
} from "@cortensor/chain";
import {
  decodeSolanaRequest,
  encodeSolanaAnswer,
  guardSet,
  paramsHash,
  promptCommit,
  type SolanaAnswer,
  solanaResultHash,
  solanaTaskNonce,
} from "@cortensor/protocol";
import { LOCAL_TASK_PROGRAM, type RunningSvm, readTaskProgram, startSvm } from "@cortensor/rollup";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import { address } from "@solana/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { DEPLOY_ORDER } from "../../chain/src/deploySteps.js";
import { loadCommands } from "../src/loadCommands.js";
import { createProgram } from "../src/main.js";
import { readKeypair } from "../src/solana/keypairFile.js";
import { contextIn, runInHome } from "./runInHome.js";

const WALLET = `0x${"ab".repeat(20)}`;
const NETWORK = `0x${"5e".repeat(20)}` as const;
const ROOT = `0x${"4e".repeat(32)}` as const;
const text = z.object({ address: z.string() });

/** A profile with one address for all of its contracts. */
const PROFILE = JSON.stringify({
  name: "test",
  chainId: 31_337,
  rpcUrls: ["http://127.0.0.1:1"],
  addresses: Object.fromEntries(DEPLOY_ORDER.map((name) => [name, NETWORK])),
  epochSeconds: 30,
  t0: 0,
  deployBlock: "0",
});

describe("cortensor deposit --from solana", () => {
  let home: string;
  let svm: RunningSvm;
  let vault: string;
  let keypair: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-solana-"));
    await writeFile(join(home, "network.json"), PROFILE);
    keypair = join(home, "id.json");
    const { address: client } = text.parse(await runInHome(home, ["svm", "key", keypair]));
    svm = await startSvm({
      port: 0,
      seed: new Uint8Array(32).fill(1),
      clock: systemClock,
      rules: { slotMs: 10, confirmedSlots: 2, finalSlots: 32 },
      hasAirdrops: false,
      isTicking: true,
      onError: (error) => {
        throw error;
      },
    });
    const owner = address("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
    await svm.faucet.giveLamports(address(client), 1_000_000_000n);
    await svm.faucet.giveCor(address(client), 100_000_000_000n);
    vault = await svm.faucet.giveCor(owner, 0n);
    svm.advance(33);
  });
  afterAll(async () => {
    await svm.stop();
    await rm(home, { recursive: true, force: true });
  });
  const run = (...args: string[]) =>
    runInHome(home, ["deposit", "--from", "solana", "--rpc", svm.url, "--vault", vault, "--keypair", keypair, ...args]);

  it("leaves a deposit that a reader finds, and says that it isn't credited yet", async () => {
    const said = await run("--amount", "12.5", "--wallet", WALLET, "--genesis", svm.genesisHash);
    expect(said).toMatchObject({ event: "result", amount: "12500000000", chainId: 31_337, credited: false });
    const cluster = await connectSolana({ url: svm.url });
    const opened = await openVault(cluster, { vault: parseSolanaKey(vault), chainId: 31_337, network: NETWORK });
    const { deposits } = await readDeposits({ cluster, vault: opened, cursor: firstCursor(opened) });
    expect(deposits).toMatchObject([{ deposit: { amount: 12_500_000_000n, to: { kind: "wallet", address: WALLET } } }]);
  });

  it("refuses finer amounts than the mint counts, what isn't there, another cluster, and nobody's deposit", async () => {
    await expect(run("--amount", "0.0000000001", "--session", "1")).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    await expect(run("--amount", "0", "--session", "1")).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    await expect(run("--amount", "1000", "--session", "1")).rejects.toMatchObject({ code: "SOLANA_REFUSED" });
    await expect(run("--amount", "1")).rejects.toMatchObject({ code: "CLI_USAGE" });
    const other = run("--amount", "1", "--session", "1", "--genesis", vault);
    await expect(other).rejects.toMatchObject({ code: "SOLANA_WRONG_CLUSTER" });
    const noVault = run("--amount", "1", "--session", "1", "--vault", svm.genesisHash);
    await expect(noVault).rejects.toMatchObject({ code: "SOLANA_BAD_VAULT" });
    const noKey = run("--amount", "1", "--session", "1", "--keypair", join(home, "network.json"));
    await expect(noKey).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });

  it("keeps a key for its owner's eyes, and doesn't write over one", async () => {
    expect((await stat(keypair)).mode & 0o077).toBe(0);
    await expect(runInHome(home, ["svm", "key", keypair])).rejects.toMatchObject({ code: "CLI_KEY_EXISTS" });
  });
});

/** What a router would have of the network. */
function answerTo({ address: account, openedAt, request }: TaskState, text: string): SolanaAnswer {
  const asked = decodeSolanaRequest(request);
  const commits = { promptCommit: promptCommit(ROOT, asked.prompt), paramsHash: paramsHash(asked.params) };
  const bounds = { maxIn: 9, maxOut: 8, feeCapWei: 1n, deadline: 1, privacy: "open", redundancy: 1 } as const;
  const userNonce = solanaTaskNonce({ account: solanaKeyToHex(account), openedAt });
  const roots = { tokenRoot: ROOT, fpRoot: ROOT, recipeHash: ROOT, outCommit: ROOT, kernelClass: ROOT };
  const place = { miner: NETWORK, replica: 0, segment: 0, from: 0, to: 1, nIn: 1, nOut: 1, tFirstMs: 1, tTotalMs: 1 };
  return {
    task: { account: 1, session: ROOT, seq: 0, modelId: ROOT, ...commits, ...bounds, userNonce },
    promptSalt: ROOT,
    result: { taskId: ROOT, ...place, ...roots, finish: "stop" },
    text,
  };
}

describe("cortensor task", () => {
  let home: string;
  let svm: RunningSvm;
  const keys: Record<string, string> = {};
  const fileOf = (name: string) => join(home, `${name}.json`);
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-task-"));
    svm = await startSvm({
      port: 0,
      seed: new Uint8Array(32).fill(2),
      clock: systemClock,
      rules: { slotMs: 10, confirmedSlots: 2, finalSlots: 32 },
      hasAirdrops: false,
      isTicking: true,
      programs: [{ address: LOCAL_TASK_PROGRAM, code: await readTaskProgram() }],
      onError: (error) => {
        throw error;
      },
    });
    for (const name of ["client", "router", "maker"]) {
      const { address: made } = text.parse(await runInHome(home, ["svm", "key", fileOf(name)]));
      keys[name] = made;
      await svm.faucet.giveLamports(address(made), 10_000_000_000n);
      await svm.faucet.giveCor(address(made), name === "client" ? 100_000_000_000n : 0n);
    }
    svm.advance(33);
  });
  afterAll(async () => {
    await svm.stop();
    await rm(home, { recursive: true, force: true });
  });

  it("opens a task, waits for its answer, takes it and has the rest back, by one RPC of Solana's", async () => {
    const cluster = await connectSolana({ url: svm.url });
    const maker = await readKeypair(fileOf("maker"));
    const program = LOCAL_TASK_PROGRAM;
    const set = guardSet(0, [{ guard: NETWORK, stakeWei: 1n }]);
    const { mint } = svm.faucet;
    const making = { program, maker, mint, treasury: maker.address, domain: ROOT, subject: 1, set };
    const shares = { routerBps: 0, networkBps: 500 };
    await sendSolana(cluster, { payer: maker, instructions: [await buildMakeHub({ ...making, shares })] });
    const hub = await hubAddress(program, maker.address);
    svm.advance(33);
    const named = ["--rpc", svm.url, "--program", program, "--hub", hub, "--keypair", fileOf("client")];
    const asked = ["--router", keys.router ?? "", "--model", ROOT, "--amount", "2", "--max-tokens", "8", "--accept"];
    const opening = runInHome(home, ["task", "open", "why?", ...named, ...asked]);
    const router = await readKeypair(fileOf("router"));
    const place = { program, hub };
    let listed: readonly TaskState[] = [];
    while (listed.length === 0) listed = await listRouterTasks(cluster, place, router.address);
    const [task] = listed;
    if (task === undefined) throw new Error("one was listed");
    expect(decodeSolanaRequest(task.request)).toMatchObject({ modelId: ROOT, params: { maxTokens: 8 } });
    const by = { program, task: task.address, by: router };
    const answer = encodeSolanaAnswer(answerTo(task, "because"));
    const resultHash = solanaResultHash(solanaKeyToHex(task.address), answer);
    const fee = 1_000_000_000n;
    const commit = buildCommit(by, { resultHash, fee, answerBytes: answer.length });
    const instructions = [buildAssign(by, router.address), ...buildWrites(by, answer), commit];
    await sendSolana(cluster, { payer: router, instructions });
    expect(await opening).toMatchObject({ phase: "ended", reason: "accepted", answer: { text: "because" } });
    const close = runInHome(home, ["task", "close", task.address, ...named]);
    await expect(close).rejects.toMatchObject({ code: "SOLANA_REFUSED" });
    const elsewhere = runInHome(home, ["task", "show", task.address, ...named, "--hub", keys.client ?? ""]);
    await expect(elsewhere).rejects.toMatchObject({ code: "SOLANA_BAD_HUB" });
  });
});

describe("cortensor svm serve", () => {
  it("answers with the gifts and the vault that it was asked for, until it is stopped", async () => {
    const owner = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";
    let tell: (said: string) => void = () => undefined;
    const saying = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const said: string[] = [];
    said.push = (...texts) => {
      tell(texts.join(""));
      return 0;
    };
    const context = contextIn(tmpdir(), { said });
    const program = createProgram((_options, work) => work(context), await loadCommands(["svm"]));
    const args = ["--port", String(await pickFreePort()), "--gift", owner, "--vault", owner];
    const serving = program.parseAsync(["node", "cortensor", "svm", "serve", ...args]);
    const { url, vault } = z.object({ url: z.string(), vault: z.string() }).parse(JSON.parse(await saying));
    expect(await balanceAt(url, vault, "processed")).toBe("1000000000000");
    await context.shutdown.run("done");
    await serving;
    await expect(fetch(url)).rejects.toThrow();
  });
});

async function balanceAt(url: string, token: string, commitment = "finalized"): Promise<string | undefined> {
  const body = { jsonrpc: "2.0", id: 1, method: "getTokenAccountBalance", params: [token, { commitment }] };
  const answer = await (await fetch(url, { method: "POST", body: JSON.stringify(body) })).json();
  const read = z.object({ result: z.object({ value: z.object({ amount: z.string() }) }) }).safeParse(answer);
  return read.success ? read.data.result.value.amount : undefined;
}
