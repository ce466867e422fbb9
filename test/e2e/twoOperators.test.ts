import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addVerifier, createChainWriter, readLane, readSession, setAllotment } from "@cortensor/chain";
import { type Address, bodyFault, type ReceiptDocument } from "@cortensor/protocol";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements, sum } from "./harness/auditSettlements.js";
import { freePorts } from "./harness/freePorts.js";
import { fundedWallet, networkOwner } from "./harness/fundedWallet.js";
import { lookInto, type NamedPeer, namedPeers } from "./harness/namedPeers.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { until, within } from "./harness/until.js";

const COR = 10n ** 18n;
const DEPOSIT_WEI = COR;
/** Both together are less than the deposit, and each less than an answer of the whole context costs. */
const ALLOTTED_WEI = [COR / 50n, COR / 100n] as const;
/** The next settlement waits until the one before is final: at once, on a chain that nobody reorganises. */
const ENV = { ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms", ROUTER_FINALITY_BLOCKS: "0" };
const RECEIPT_MS = 20_000;

/** One operator as the client meets it, and all that it has served. */
type Lane = {
  readonly baseUrl: string;
  readonly operator: Address;
  readonly client: Cortensor;
  readonly receipts: ReceiptDocument[];
};

describe("one wallet's session, spent at two operators that share nothing", () => {
  let network: Network;
  let homes: readonly string[];
  const started: StartedProcess[] = [];
  let account: number;
  let lanes: readonly [Lane, Lane];
  /** Where the other router's content is, and its miner's. */
  let peers: readonly NamedPeer[];
  let sealing: Cortensor;

  beforeAll(async () => {
    homes = ["router", "miner"].map((role) => mkdtempSync(join(tmpdir(), `cortensor-e2e-other-${role}-`)));
    network = await startNetwork({ args: ["--scripted", "at-once", "--miners", "1"], env: ENV });
    const [routerHome = "", minerHome = ""] = homes;
    peers = await namedPeers([join(routerHome, "router-content"), join(minerHome, "bodies")]);
    const url = await startOtherOperator();
    const wallet = await fundedWallet(network, DEPOSIT_WEI);
    const first = createCortensor({ baseUrl: network.url, wallet });
    const [allotmentWei, otherWei] = ALLOTTED_WEI;
    const opened = await first.openSession({ name: "two operators", depositWei: DEPOSIT_WEI, allotmentWei });
    account = opened.account;
    const second = createCortensor({ baseUrl: url, wallet: { ...wallet, account } });
    const deployment = network.profile;
    sealing = createCortensor({ baseUrl: url, wallet: { ...wallet, account }, deployment, privacy: "sealed" });
    lanes = [await laneOf(network.url, first), await laneOf(url, second)];
    const owner = createChainWriter({ profile: network.profile, privateKey: wallet.privateKey });
    await setAllotment(owner, { account, lane: lanes[1].operator, wei: otherWei });
    await until("session at the other operator", async () => {
      const lane = await second.lane().catch(() => undefined);
      return lane?.allotmentWei === otherWei ? true : undefined;
    });
  });
  afterAll(async () => {
    for (const process of started.reverse()) await endAll(process);
    for (const home of homes ?? []) rmSync(home, { recursive: true, force: true });
    await network?.stop();
  });

  /** A router with a Postgres of its own, and a miner that serves it alone: two operators more. */
  async function startOtherOperator(): Promise<string> {
    const [port] = await freePorts(1);
    const [routerHome = "", minerHome = ""] = homes;
    const [ofRouter, ofMiner] = peers;
    const profile = join(network.home, "network.json");
    const content = { ROUTER_CONTENT_LISTEN: ofRouter?.listen ?? "", ROUTER_CONTENT_PEERS: ofMiner?.address ?? "" };
    const asked = ["router", "--network", profile, "--port", String(port)];
    const router = startProcess(routerHome, asked, { env: { ...ENV, ...content } });
    started.push(router);
    const ready = await within(
      "other router",
      router.output.find(({ event }) => event === "router.ready"),
      150_000,
    );
    const url = String(ready.url);
    const client = createCortensor({ baseUrl: url });
    // Its miner knows no other router: so the network's owner lets this one verify it.
    const { router: itself } = await client.network();
    expect(itself.isVerifier).toBe(false);
    await addVerifier(networkOwner(network), itself.address);
    const bodies = { MINER_BODIES: "true", MINER_CONTENT: ofMiner?.folder ?? "" };
    const given = { MINER_CONTENT_LISTEN: ofMiner?.listen ?? "", MINER_CONTENT_PEERS: ofRouter?.address ?? "" };
    const env = { ...bodies, ...given };
    const miner = startProcess(minerHome, ["miner", "--network", url, "--scripted", "at-once"], { env });
    started.push(miner);
    await within(
      "its miner",
      miner.output.find(({ event }) => event === "miner.ready"),
      150_000,
    );
    await until("verified miner at the other operator", async () => {
      const { miners } = await client.network();
      return miners.some(({ verifiedUntil }) => verifiedUntil !== undefined) ? true : undefined;
    });
    expect((await client.network()).router.isVerifier).toBe(true);
    return url;
  }

  async function laneOf(baseUrl: string, client: Cortensor): Promise<Lane> {
    return { baseUrl, operator: (await client.info()).router.operator, client, receipts: [] };
  }

  const answer = async ({ client, receipts }: Lane, words: number): Promise<void> => {
    const { taskId } = await client.chat("abc".repeat(words), { maxTokens: words });
    receipts.push(await client.receipt(taskId, { waitMs: RECEIPT_MS }));
  };
  const settledWei = async ({ operator }: Lane): Promise<bigint> =>
    (await readLane(network.chain, { account, lane: operator })).cumulativeWei;
  const dueWei = ({ receipts }: Lane): bigint => sum(receipts.map(({ receipt }) => receipt.feeWei));
  const untilSettled = (lane: Lane) =>
    until("settlement", async () => ((await settledWei(lane)) === dueWei(lane) ? true : undefined));

  it("has two routers with an operator and a database each", async () => {
    const [first, second] = lanes;
    expect(first.operator).not.toBe(second.operator);
    const databases = [network, ...started].map(({ home }) => home);
    expect(new Set(databases).size).toBe(databases.length);
  });

  it("pays whoever gets its debit first, whoever served first, and the other nothing until then", async () => {
    const [first, second] = lanes;
    await answer(first, 11);
    await answer(second, 7);
    await answer(first, 5);
    await answer(second, 13);
    await second.client.payLane();
    await untilSettled(second);
    expect(await settledWei(first)).toBe(0n);
    await first.client.payLane();
    await untilSettled(first);

    await answer(second, 3);
    await answer(first, 9);
    const before = await settledWei(second);
    await first.client.payLane();
    await untilSettled(first);
    expect(await settledWei(second)).toBe(before);
    await second.client.payLane();
    await untilSettled(second);

    await Promise.all([answer(first, 4), answer(second, 6)]);
    await Promise.all([first.client.payLane(), second.client.payLane()]);
    await Promise.all([untilSettled(first), untilSettled(second)]);
  });

  it("is overdrawn by neither: each refuses what its own allotment can't cover, though the deposit could", async () => {
    for (const { client } of lanes) {
      const [model] = await client.models();
      const maxTokens = model?.contextTokens ?? 0;
      await expect(client.chat("abc", { maxTokens })).rejects.toMatchObject({
        data: { code: "SDK_REFUSED", status: 402, reason: "insufficient_balance" },
      });
    }
  });

  it("left each operator and each miner exactly what the receipts say, and the rest with the client", async () => {
    for (const { receipts } of lanes) {
      const { expected, found } = await auditSettlements(network, receipts);
      expect(found).toEqual(expected);
    }
    const [first, second] = lanes;
    expect(first.receipts.map(({ receipt }) => receipt.operator)).toEqual(first.receipts.map(() => first.operator));
    expect(second.receipts.map(({ receipt }) => receipt.operator)).toEqual(second.receipts.map(() => second.operator));
    const [firstWei, secondWei] = ALLOTTED_WEI;
    expect((await readLane(network.chain, { account, lane: first.operator })).allotmentWei).toBe(firstWei);
    expect((await readLane(network.chain, { account, lane: second.operator })).allotmentWei).toBe(secondWei);
    expect((await readSession(network.chain, account))?.depositWei).toBe(DEPOSIT_WEI);
    expect(dueWei(first)).toBeLessThan(firstWei);
    expect(dueWei(second)).toBeLessThan(secondWei);
  });

  it("shows what a miner answered that is killed, from the peers that it named; and of a sealed answer nothing", async () => {
    const [, second] = lanes;
    const [ofRouter, ofMiner] = peers;
    const [routerHome = "", minerHome = ""] = homes;
    const miner = started.at(-1);
    if (ofRouter === undefined || ofMiner === undefined || miner === undefined) throw new Error("no such peers");
    const sealed = await until("sealed answer", () => sealing.chat("abc", { maxTokens: 3 }).catch(() => undefined));
    const { results: sealedResults } = await second.client.receipt(sealed.taskId, { waitMs: RECEIPT_MS });
    const opened = second.receipts.length;
    await until("body of each open task", async () =>
      (await lookInto(ofMiner.folder, [])).pins === opened ? true : undefined,
    );
    miner.child.kill("SIGKILL");
    await miner.exited;
    await until("router without its miner", async () =>
      (await second.client.network()).miners.length === 0 ? true : undefined,
    );

    const auditorToken = readFileSync(join(routerHome, "auditor-token"), "utf8").trim();
    const { baseUrl } = second;
    const auditor = createCortensor({ baseUrl, auditorToken });
    const [any] = second.receipts;
    expect(await auditor.evidence(any?.receipt.taskId ?? "")).toMatchObject({ bodies: [], missing: any?.results });
    const serving = [
      "--folder",
      ofMiner.folder,
      "--listen",
      ofMiner.listen,
      "--only-peers",
      "--peer",
      ofRouter.address,
    ];
    started.push(startProcess(minerHome, ["content", "serve", ...serving]));
    for (const { receipt, results } of second.receipts) {
      const { bodies } = await until("bodies of peers", async () => {
        const shown = await auditor.evidence(receipt.taskId);
        return shown.missing.length === 0 ? shown : undefined;
      });
      expect(bodies.map((body, at) => bodyFault(body, results[at] ?? "0x"))).toEqual(results.map(() => undefined));
      expect(JSON.stringify(bodies.map(({ prompt }) => prompt))).toContain("abc");
      expect((await second.client.evidence(receipt.taskId)).missing).toEqual([]);
    }
    const ofSealed = await auditor.evidence(sealed.taskId);
    expect(ofSealed).toMatchObject({ bodies: [], missing: sealedResults });
    expect(sealedResults.length).toBeGreaterThan(0);
    expect(await lookInto(ofMiner.folder, sealedResults)).toEqual({ pins: opened, named: 0 });
  });
});
