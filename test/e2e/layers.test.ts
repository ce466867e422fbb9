import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ChainWriter,
  createChainWriter,
  createSender,
  lockCor,
  type NetworkProfile,
  openSession,
  parseExitPlace,
  parseLayerProfile,
  parseProfile,
  readCorBalance,
  readNode,
  readSession,
  readStake,
  setAllotment,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { addressOfPrivateKey, encodeReceiptDocument, type Hex, type ReceiptDocument } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";
import { createPublicClient, encodeFunctionData, erc20Abi, http, parseAbi } from "viem";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePorts } from "./harness/freePorts.js";
import { networkOwner } from "./harness/fundedWallet.js";
import type { JsonLine } from "./harness/jsonLines.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { freshKey } from "./harness/testMiner.js";
import { until, within } from "./harness/until.js";

const COR = 10n ** 18n;
/** Anvil's first account, the deployer of play money. */
const FAUCET_KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** Until everything is up behind the first answer. */
const COMPLETE_MS = 180_000;
/** Epochs of 30 s until a root is posted, sent up and, after its wait, carried out. */
const CROSSING_MS = 240_000;
const PASSER = parseAbi(["function initiateWithdrawal(address _target, uint256 _gasLimit, bytes _data) payable"]);
const MESSAGE_PASSER: Hex = "0x4200000000000000000000000000000000000016";
const BRIDGED = parseAbi(["function withdraw(address to, uint256 amountWei) payable returns (bytes32)"]);

/** What the network says of its private layer. */
type PrivateLayer = {
  readonly url: string;
  readonly l3: Readonly<Record<"profile" | "router" | "member", string>>;
};

describe("a network whose layers are chains of their own", { timeout: 600_000 }, () => {
  let network: Network;
  let wallet: Hex;
  /** Of the first answer: it has come to the L1 by the time that it is asked for there. */
  let document: ReceiptDocument;
  /** A wallet's own writer, which sent COR up. */
  let writer: ChainWriter;
  const raisedWei = 7n * COR;

  beforeAll(async () => {
    const args = ["--profile", "local", "--scripted", "at-once", "--miners", "1", "--guards", "4"];
    network = await startNetwork({ args, env: { ROUTER_SETTLE_AGE: "500ms" } });
    wallet = freshKey();
    const to = addressOfPrivateKey(wallet);
    const owner = networkOwner(network);
    await transferNative(owner, { to, wei: COR });
    await transferCor(owner, { to, wei: 20n * COR });
    writer = createChainWriter({ profile: network.profile, privateKey: wallet });
  });
  afterAll(() => network?.stop());

  const rpc = async (url: string, method: string, params: readonly unknown[] = []) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const read: { readonly result?: unknown; readonly error?: { readonly code: number } } = await answer.json();
    return read;
  };

  it("answers on the L2 by a node that registered and staked on the L1, which the L2 was told of", async () => {
    const { text, taskId } = await network.client.chat("Say something.", { maxTokens: 8 });
    expect(text.length).toBeGreaterThan(0);
    document = await network.client.receipt(taskId, { waitMs: 30_000 });
    const { profile, chain } = network;
    expect([profile.home?.chainId, profile.chainId]).toEqual([31_401, 31_402]);
    const [miner = "0x"] = network.minerPids().keys();
    const node = await readNode(chain.home, addressOf(miner));
    expect(node).toMatchObject({ roles: ["miner"], leftAt: 0 });
    expect(await readNode(chain, addressOf(miner))).toMatchObject({ owner: node?.owner, roles: ["miner"] });
    const stake = await readStake(chain, node?.owner ?? "0x");
    expect(stake).toMatchObject({ stakedWei: 1_000n * COR, viewWei: 1_000n * COR });
    // What staked nothing counts for nothing there.
    expect((await readStake(chain, writer.account)).viewWei).toBe(0n);
  });

  it("makes the L2's blocks by its sequencer alone: what moves a chain by hand isn't there", async () => {
    for (const method of ["anvil_mine", "evm_mine", "debug_traceTransaction", "anvil_setBalance"])
      expect(await rpc(network.rpcUrl, method)).toMatchObject({ error: { code: -32_601 } });
    expect(await rpc(network.rpcUrl, "eth_accounts")).toMatchObject({ result: [] });
    expect(await rpc(network.rpcUrl, "rollup_status")).toMatchObject({ result: { head: expect.any(Number) } });
  });

  it("has sessions that were paid for on Solana and, by one signature, on Base answer on the L2", async () => {
    // On its way up meanwhile.
    const raise = encodeFunctionData({ abi: BRIDGED, functionName: "withdraw", args: [writer.account, raisedWei] });
    await writer.send({ call: "withdraw", to: network.profile.addresses.cor, data: raise });
    await Promise.all([payOnSolana(), payOnBase()]);
  });

  async function payOnSolana(): Promise<void> {
    const svm = await within("a Solana cluster", network.output.find(isEvent("svm.ready")), COMPLETE_MS);
    const client = createCortensor({
      baseUrl: network.url,
      wallet: { privateKey: wallet, deployment: network.profile },
    });
    const { account } = await client.openSession({ name: "Solana", depositWei: 1n, params: { engine: "any" } });
    const of = (name: string): string => String(svm[name]);
    const from = ["--from", "solana", "--rpc", of("url"), "--genesis", of("genesisHash"), "--vault", of("vault")];
    const to = ["--session", String(account), "--till", of("till"), "--home", network.home];
    const order = [...from, "--keypair", of("keypair"), "--amount", "50", ...to];
    const deposited = resultOf(await runCommand(["deposit", ...order], { withinMs: CROSSING_MS }));
    expect(deposited).toMatchObject({ credited: true, creditedWei: (50n * COR).toString() });
    expect(await readSession(network.chain, account)).toMatchObject({ depositWei: 50n * COR + 1n });
    const { router } = await client.info();
    await setAllotment(writer, { account, lane: router.operator, wei: 50n * COR });
    const answer = await until("an answer", () => client.chat("And now?", { maxTokens: 8 }).catch(() => undefined));
    expect(answer.text.length).toBeGreaterThan(0);
  }

  /** A new wallet has COR on Base, and no coin of any chain. */
  async function payOnBase(): Promise<void> {
    const file = join(network.home, "networks", "local.json");
    const { chains, deployed } = parseLayerProfile(readFileSync(file, "utf8"));
    const [[rpcUrl], cor] = [chains.base?.rpcUrls ?? [], deployed?.base?.addresses.cor];
    if (rpcUrl === undefined || cor === undefined) throw new Error("Base has COR");
    const base = createPublicClient({ transport: http(rpcUrl) });
    const treasury = createSender({ client: base, chainId: 31_404, privateKey: FAUCET_KEY });
    const ask = { address: cor, abi: erc20Abi, functionName: "balanceOf", args: [treasury.account] } as const;
    const lent = async () => ((await base.readContract(ask)) > 0n ? true : undefined);
    await until("COR on Base", lent, CROSSING_MS);
    const home = ["--home", network.home];
    const { address } = resultOf(await runCommand(["key", "new", "from-base", ...home]));
    const args = [addressOf(String(address)), 20n * COR] as const;
    await treasury.send({
      call: "transfer",
      to: cor,
      data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args }),
    });
    const order = [
      "--layers",
      file,
      "--from",
      "base",
      "--amount",
      "10",
      "--as",
      "from-base",
      "--engine",
      "any",
      ...home,
    ];
    const opened = resultOf(await runCommand(["onboard", ...order], { withinMs: CROSSING_MS }));
    expect(await readSession(network.chain, Number(opened.account))).toMatchObject({
      depositWei: 10n * COR,
      owner: address,
    });
    const chat = [
      "chat",
      "--as",
      "from-base",
      "--account",
      String(opened.account),
      "--max-tokens",
      "8",
      ...home,
      "And I?",
    ];
    expect(String(resultOf(await runCommand(chat)).text).length).toBeGreaterThan(0);
  }

  it("has an epoch's roots anchored on the L1, and a receipt proved against its anchor, and no other", async () => {
    const file = (name: string, content: unknown): string => {
      const path = join(network.home, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    };
    const receipt = file("receipt.json", encodeReceiptDocument(document));
    const out = join(network.home, "proof.json");
    const named = ["--profile", "local", "--home", network.home];
    const prove = ["anchor", "prove", receipt, ...named, "--out", out, "--wait"];
    const proved = resultOf(await runCommand(prove, { withinMs: CROSSING_MS }));
    const verify = (path: string) => runCommand(["anchor", "verify", out, ...named, "--receipt", path]);
    const verified = resultOf(await verify(receipt));
    expect(verified).toMatchObject({ valid: true, kind: "results", anchor: proved.anchor, subjectChainId: 31_402 });
    const other = await network.client.chat("Something else.", { maxTokens: 8 });
    const foreign = await network.client.receipt(other.taskId, { waitMs: 30_000 });
    const refused = await verify(file("other.json", encodeReceiptDocument(foreign)));
    expect(refused.lines.at(-1)).toMatchObject({ code: "CLI_NOT_ANCHORED" });
  });

  it("lets COR go from the L2 up to the L1 once output and proof have waited, and not a wei more than was sent", async () => {
    const held = () => readCorBalance(network.chain.home, writer.account);
    await until("COR on the L1", async () => ((await held()) > 0n ? true : undefined), CROSSING_MS);
    expect(await held()).toBe(raisedWei);
  });

  describe("its private layer above the L2", () => {
    let layer: PrivateLayer;
    let mine: string;
    let agent: StartedProcess;
    /** As its own nodes have it, past the door. */
    let inside: NetworkProfile;
    const strangerHome = mkdtempSync(join(tmpdir(), "cortensor-e2e-stranger-"));

    beforeAll(async () => {
      layer = privateOf(await within("all layers", network.output.find(isEvent("complete")), COMPLETE_MS));
      inside = parseProfile(readFileSync(join(network.home, "chains", "l3", "nodes.json"), "utf8"));
      mine = join(network.home, "mine.json");
      const { profile, member } = layer.l3;
      const [port] = await freePorts(1);
      const enter = ["chain", "enter", "--network", profile, "--door", layer.url, "--as", member];
      agent = startProcess(network.home, [...enter, "--listen", String(port), "--out", mine]);
      await within("a member's own end of the door", agent.output.find(isEvent("result")));
    });
    afterAll(async () => {
      agent?.child.kill("SIGINT");
      expect(await agent?.exited).toBe(0);
      rmSync(strangerHome, { recursive: true, force: true });
    });

    it("answers a member, sealed, on an OP Stack chain whose parent is the L2", async () => {
      const { router, member } = layer.l3;
      const of = ["--network", mine, "--router", router, "--as", member, "--home", network.home];
      const asked = ["--privacy", "private", "--engine", "any", "--max-tasks", "100", "--deposit", "50"];
      const opened = resultOf(await runCommand(["session", "open", ...of, ...asked, "--name", "mine"]));
      const chat = [
        "chat",
        ...of,
        "--account",
        String(opened.account),
        "--sealed",
        "--max-tokens",
        "8",
        "Who reads this?",
      ];
      const answer = await until("an answer", async () => {
        const outcome = await runCommand(chat);
        return outcome.code === 0 ? resultOf(outcome) : undefined;
      });
      expect(String(answer.text).length).toBeGreaterThan(0);
      const chain = JSON.parse(readFileSync(join(network.home, "rollup", "l3.json"), "utf8"));
      expect(chain).toMatchObject({ chainId: 31_403, parentChainId: 31_402 });
    });

    /** A window for each floor. */
    it.skipIf(process.env.CORTENSOR_DEEP === undefined)(
      "lets coins and COR leave the L3 for the L2, and coins the L2 for the L1, each by its parent's portal",
      async () => {
        const to = addressOfPrivateKey(freshKey());
        const leaver = networkOwner({ profile: inside });
        const { vault } = parseExitPlace(readFileSync(join(network.home, "chains", "l3", "exit.json"), "utf8"));
        const { cor } = network.profile.addresses;
        const down = { cor, vault, to: leaver.account, amountWei: 5n * COR };
        await lockCor(networkOwner(network), down);
        await until("COR on the L3", async () =>
          (await readCorBalance(leaver, leaver.account)) > 0n ? true : undefined,
        );
        const back = encodeFunctionData({ abi: BRIDGED, functionName: "withdraw", args: [to, 5n * COR] });
        await leaver.send({ call: "withdraw", to: inside.addresses.cor, data: back });
        const leave = (by: ChainWriter, wei: bigint) => {
          const data = encodeFunctionData({
            abi: PASSER,
            functionName: "initiateWithdrawal",
            args: [to, 100_000n, "0x"],
          });
          return by.send({ call: "initiateWithdrawal", to: MESSAGE_PASSER, data, value: wei });
        };
        const arrive = ({ client }: Pick<ChainWriter, "client">, wei: bigint) =>
          until(
            "coins below",
            async () => ((await client.getBalance({ address: to })) === wei ? true : undefined),
            CROSSING_MS,
          );
        await leave(leaver, 3n);
        await leave(writer, 2n);
        await arrive(network.chain, 3n);
        await arrive(network.chain.home, 2n);
        const held = async () => ((await readCorBalance(network.chain, to)) === 5n * COR ? true : undefined);
        await until("COR on the L2", held, CROSSING_MS);
      },
    );

    it("refuses an outsider at its RPC door, at its contracts past the door, and at its router", async () => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
      const headers = { "content-type": "application/json" };
      expect((await fetch(layer.url, { method: "POST", headers, body })).status).toBe(401);
      const stranger = freshKey();
      const outsider = createChainWriter({ profile: inside, privateKey: stranger });
      await transferNative(networkOwner({ profile: inside }), { to: outsider.account, wei: COR });
      await expect(openSession(outsider, { name: "theirs", privacy: "private" })).rejects.toMatchObject({
        data: { code: "CHAIN_REVERTED", error: "PolicyRefused" },
      });
      const wire = `${layer.l3.router.replace("http", "ws")}/wire`;
      const env = {
        ...{ MINER_PROFILE: join(network.home, "chains", "l3", "nodes.json"), MINER_SIGNER_KEY: stranger },
        ...{ MINER_SEALING_KEY: freshKey(), MINER_ROUTERS: wire, MINER_OUTBOX: join(strangerHome, "outbox") },
      };
      const miner = startProcess(strangerHome, ["miner", "--scripted", "at-once"], { env });
      onTestFinished(() => endAll(miner));
      const isRefused = () => (/WIRE_LINK_REFUSED: reason=unauthorised/.test(miner.stderr()) ? true : undefined);
      await until("a refusal of the stranger's miner", isRefused);
    });
  });
});

function isEvent(event: string): (line: JsonLine) => boolean {
  return (line) => line.event === event;
}

function privateOf({ chains }: JsonLine): PrivateLayer {
  const found = Array.isArray(chains) ? chains.find(({ l3 }) => l3 !== undefined) : undefined;
  if (found === undefined) throw new Error("the network says where its private layer is");
  return found;
}

function addressOf(text: string): Hex {
  return `0x${text.slice(2)}`;
}
