import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectSolana, firstCursor, openVault, parseSolanaKey, readDeposits } from "@cortensor/chain";
import { type RunningSvm, startSvm } from "@cortensor/rollup";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import { address } from "@solana/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { DEPLOY_ORDER } from "../../chain/src/deploySteps.js";
import { loadCommands } from "../src/loadCommands.js";
import { createProgram } from "../src/main.js";
import { contextIn, runInHome } from "./runInHome.js";

const WALLET = `0x${"ab".repeat(20)}`;
const NETWORK = `0x${"5e".repeat(20)}` as const;
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
