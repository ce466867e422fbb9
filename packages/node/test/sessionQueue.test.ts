import { readSessionTask, readSettlements } from "@cortensor/chain";
import {
  type Bytes32,
  bytesToHex,
  decodeSettlementSet,
  hashResult,
  requestCid,
  type SegmentBody,
  type SetEntry,
  setEntryId,
  sha256Bytes,
  utf8ToBytes,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestContent } from "../src/index.js";
import { absent, hiding, seatsOf } from "./idleSeats.js";
import { enqueue, heldWei, passChainSeconds, untilPhase } from "./queueClient.js";
import { type RealNetwork, startRealNetwork } from "./realNetwork.js";
import { aFile, rowsOf, someSinks } from "./sinkNetwork.js";
import { aRequest, ask, receiptOf, tearDown, until, untilOffered } from "./testNetwork.js";

const COR = 10n ** 18n;
const MAX_TOKENS = 8;
/** A chain, a database and a miner, on a machine that others share. */
const START_MS = 300_000;

/** What names a task, its moment, or what is bound to its id: a receipt can't have it twice. */
const RESULT_OF_THE_PATH = ["taskId", "outCommit", "tFirstMs", "tTotalMs"] as const;

/** What peers and routes give, by SHA-256: also what it isn't. */
const given = new Map<Bytes32, Uint8Array>();
let looks = 0;
const requests: RequestContent = {
  find: async (digest) => {
    looks += 1;
    return given.get(digest);
  },
  keep: async (body) => void given.set(bytesToHex(sha256Bytes(body)), body),
  show: async (digest) => given.get(digest),
};

/** How often the router didn't serve a task, for a reason. */
async function refusals({ routerMetrics }: RealNetwork, code: string): Promise<boolean> {
  const { body } = await routerMetrics.render();
  return body.includes(`router_queue_refusals_total{code="${code}"}`);
}

async function bodyOf(network: RealNetwork, taskId: Bytes32): Promise<SegmentBody> {
  const outcome = await network.gateway.evidence.find(taskId, "auditor");
  const body = outcome.kind === "found" ? outcome.evidence.bodies[0] : undefined;
  if (body === undefined) throw new Error("nobody shows the body");
  return body;
}

async function settledEntry({ books, operator }: RealNetwork, taskId: Bytes32): Promise<SetEntry> {
  let entry: SetEntry | undefined;
  await until(async () => {
    const toBlock = await operator.client.getBlockNumber();
    const settlements = await readSettlements(operator, { fromBlock: 0n, toBlock, lane: operator.account });
    for (const { setCid } of settlements) {
      const bytes = await books.findSettlementSet(setCid);
      entry ??= decodeSettlementSet(bytes ?? new Uint8Array()).entries.find(({ id }) => id === setEntryId(taskId));
    }
    return entry !== undefined;
  });
  if (entry === undefined) throw new Error("the entry went away");
  return entry;
}

function without<Record extends object, Name extends keyof Record>(
  record: Record,
  names: readonly Name[],
): Omit<Record, Name> {
  const named = new Set<PropertyKey>(names);
  return Object.fromEntries(Object.entries(record).filter(([name]) => !named.has(name))) as Omit<Record, Name>;
}

describe("a task by the session queue", { timeout: START_MS }, () => {
  let network: RealNetwork;
  beforeAll(async () => {
    const miner = { seats: seatsOf("miner") };
    const sinks = someSinks();
    const parts = { finalityBlocks: 0, depositWei: 100n * COR, pollMs: 500, miner, requests, sinks };
    network = await startRealNetwork(parts);
  }, START_MS);
  afterAll(tearDown);

  it("is recorded in its session's sink as by REST, once its miners have committed", async () => {
    const caller = { account: network.account, custody: "custodial" } as const;
    const target = aFile();
    expect(await network.gateway.sinks.set(caller, target)).toMatchObject({ kind: "shown" });
    const request = aRequest(network, "who keeps this", { maxTokens: MAX_TOKENS });
    const byRest = await ask(network, request);
    await receiptOf(network, byRest.taskId);
    const { taskId } = await enqueue(network, request, { task: { maxIn: 64, maxOut: MAX_TOKENS, feeCapWei: COR } });
    await receiptOf(network, taskId);
    await until(async () => (await rowsOf(target).catch(() => [])).length === 2);
    const [rest, queued] = await rowsOf(target);
    expect([rest?.task_id, queued?.task_id]).toEqual([byRest.taskId, taskId]);
    expect(rest).toMatchObject({ prompt_kind: "text", prompt: "who keeps this", result: byRest.text });
    for (const name of ["session", "model", "prompt", "result", "prompt_tokens", "completion_tokens"] as const) {
      expect(queued?.[name]).toEqual(rest?.[name]);
    }
    expect(await network.gateway.sinks.remove(caller, { discards: false })).toMatchObject({ waiting: 0 });
  });

  it("makes the records that the same task makes by REST, but for what names the path, the time and the id", async () => {
    const request = aRequest(network, "how much is it", { maxTokens: MAX_TOKENS });
    const byRest = await ask(network, request);
    const rest = await bodyOf(network, (await receiptOf(network, byRest.taskId)).receipt.taskId);
    const { maxIn, maxOut, feeCapWei } = rest.task;
    const { taskId } = await enqueue(network, request, { task: { maxIn, maxOut, feeCapWei }, salt: rest.promptSalt });
    const { seats } = await untilPhase(network, taskId, "committed");
    const chainReceipt = await receiptOf(network, taskId);
    const chain = await bodyOf(network, taskId);

    const ofThePath = ["seq", "userNonce", "deadline"] as const;
    expect(without(chain.task, ofThePath)).toEqual(without(rest.task, ofThePath));
    expect(without(chain.result, RESULT_OF_THE_PATH)).toEqual(without(rest.result, RESULT_OF_THE_PATH));
    expect(chain.fingerprint).toEqual(rest.fingerprint);
    const restReceipt = await receiptOf(network, byRest.taskId);
    const bound = ["taskId", "resultsHash", "epoch"] as const;
    expect(without(chainReceipt.receipt, bound)).toEqual(without(restReceipt.receipt, bound));
    expect(chainReceipt.payees).toEqual(restReceipt.payees);
    expect(chainReceipt.label).toEqual(restReceipt.label);
    expect(seats).toMatchObject([{ miner: network.miner, bound: hashResult(chain.result), hasCommitted: true }]);
    expect(chainReceipt.results).toEqual([hashResult(chain.result)]);

    const [chainEntry, restEntry] = [await settledEntry(network, taskId), await settledEntry(network, byRest.taskId)];
    expect(without(chainEntry, ["id", "resultsHash"])).toEqual(without(restEntry, ["id", "resultsHash"]));
    expect(chainEntry.resultsHash).toBe(chainReceipt.receipt.resultsHash);
    expect(await heldWei(network)).toBe(0n);
  });

  it("named by its CID is refused by name while nobody gives that, or gives other bytes; then it is served", async () => {
    const request = aRequest(network, `long ${"word ".repeat(40)}`, { maxTokens: MAX_TOKENS });
    const other = await enqueue(network, request, { payload: { kind: "cid", data: utf8ToBytes("bafk") } });
    await until(() => refusals(network, "cid_unreadable"));
    const named = await enqueue(network, { ...request }, { payload: { kind: "cid" }, task: { seq: 1 } });
    const digest = bytesToHex(sha256Bytes(named.prompt));
    await until(() => refusals(network, "cid_unfetched"));
    given.set(digest, utf8ToBytes("something else"));
    const before = looks;
    await until(() => looks > before);
    expect(await heldWei(network)).toBe(0n);
    expect((await readSessionTask(network.operator, named.taskId))?.phase).toBe("enqueued");
    given.set(digest, named.prompt);
    await untilPhase(network, named.taskId, "committed");
    const receipt = await receiptOf(network, named.taskId);
    expect(receipt.receipt.feeWei).toBeGreaterThan(0n);
    // What a wrong body costs: nothing.
    const wrong = { kind: "cid", data: requestCid(utf8ToBytes("wrong")) } as const;
    given.set(bytesToHex(sha256Bytes(utf8ToBytes("wrong"))), utf8ToBytes("wrong"));
    const amiss = await enqueue(network, request, { payload: wrong, task: { seq: 2 } });
    await until(() => refusals(network, "prompt_other"));
    for (const { taskId } of [other, amiss]) {
      expect((await readSessionTask(network.operator, taskId))?.phase).toBe("enqueued");
      expect(await network.gateway.findReceipt(taskId)).toBeUndefined();
    }
    expect(await heldWei(network)).toBe(0n);
  });

  it("named by its CID, and handed in by its owner, is kept for whoever looks for it", async () => {
    const request = aRequest(network, `handed ${"word ".repeat(40)}`, { maxTokens: MAX_TOKENS });
    const { taskId, prompt, params } = await enqueue(network, request, { payload: { kind: "cid" } });
    const caller = { account: network.account, custody: "self" } as const;
    await until(async () => {
      const outcome = await network.gateway.queue.hand(caller, { taskId, prompt, params });
      return outcome.kind === "taken";
    });
    expect(await network.gateway.queue.request(bytesToHex(sha256Bytes(prompt)))).toEqual(prompt);
    await untilPhase(network, taskId, "committed");
  });

  it("is left to its deadline, by name, when it may cost less than it could; nothing is held for it", async () => {
    const request = aRequest(network, "too dear", { maxTokens: MAX_TOKENS });
    const { taskId } = await enqueue(network, request, { task: { feeCapWei: 1n } });
    await until(() => refusals(network, "fee_above_limit"));
    expect((await readSessionTask(network.operator, taskId))?.phase).toBe("enqueued");
    await passChainSeconds(network, 130);
    expect((await untilPhase(network, taskId, "ended")).ending).toBe("unassigned");
    expect(await network.gateway.findReceipt(taskId)).toBeUndefined();
    expect(await heldWei(network)).toBe(0n);
  });

  it("ends unacked, without a charge, when its miner takes no part in the queue", async () => {
    absent.add("miner");
    const { taskId } = await enqueue(network, aRequest(network, "anyone", { maxTokens: MAX_TOKENS }));
    await untilPhase(network, taskId, "assigned");
    await passChainSeconds(network, 70);
    expect((await untilPhase(network, taskId, "ended")).ending).toBe("unacked");
    await until(async () => (await heldWei(network)) === 0n);
    expect(await network.gateway.findReceipt(taskId)).toBeUndefined();
  });

  it("ends unrevealed, without a charge, when its miner never shows what it bound itself to", async () => {
    absent.clear();
    hiding.add("miner");
    const { taskId } = await enqueue(network, aRequest(network, "what then", { maxTokens: MAX_TOKENS }));
    await untilPhase(network, taskId, "precommitted");
    expect(await heldWei(network)).toBeGreaterThan(0n);
    await passChainSeconds(network, 130);
    expect((await untilPhase(network, taskId, "ended")).ending).toBe("unrevealed");
    await until(async () => (await heldWei(network)) === 0n);
    expect(await network.gateway.findReceipt(taskId)).toBeUndefined();
  });

  it("of three copies goes to three miners of three owners; who shows nothing isn't paid, the others are", async () => {
    hiding.clear();
    hiding.add("third");
    const second = await network.join({ name: "second", account: 3, seats: seatsOf("second") });
    const third = await network.join({ name: "third", account: 4, seats: seatsOf("third") });
    for (const { address } of [second, third]) await untilOffered(network, address);
    const request = aRequest(network, "three of them", { maxTokens: MAX_TOKENS });
    const { taskId } = await enqueue(network, request, { task: { redundancy: 3 } });
    const { seats } = await untilPhase(network, taskId, "precommitted");
    expect(new Set(seats.map(({ miner }) => miner))).toEqual(new Set([network.miner, second.address, third.address]));
    await until(async () => {
      const task = await readSessionTask(network.operator, taskId);
      return task?.seats.filter(({ hasCommitted }) => hasCommitted).length === 2;
    });
    await passChainSeconds(network, 130);
    await untilPhase(network, taskId, "committed");
    const { payees, results } = await receiptOf(network, taskId);
    expect(new Set(payees.map(({ miner }) => miner))).toEqual(new Set([network.miner, second.address]));
    expect(results).toHaveLength(2);
    await passChainSeconds(network, 610);
    expect((await untilPhase(network, taskId, "ended")).ending).toBe("partial");
  });
});
