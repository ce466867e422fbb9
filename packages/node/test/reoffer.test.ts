import type { ListedClaim } from "@cortensor/chain";
import {
  type BatchProof,
  type Bytes32,
  hashAcknowledgement,
  hashAssignment,
  leafHash,
  rebuildMerkleTree,
} from "@cortensor/protocol";
import type { Link, ReofferedResult, UnpaidNotice } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { N_IN, type RawMiner, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  aRequest,
  ask,
  hashOf,
  OPERATOR,
  receiptOf,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

/** What a miner has of a task whose router then lost its memory: 40 tokens made, 32 acknowledged, both proven. */
async function lostTask(router: TestRouter): Promise<ReofferedResult> {
  const proofs = new Map<Bytes32, BatchProof>();
  const miner = await startRawMiner(router, { name: "miner", onTask: (task) => void task.accept().tokensTo(40) });
  keepProofs(miner.link, proofs);
  const stop = new AbortController();
  const asking = ask(router, aRequest(router, "a question"), { signal: stop.signal });
  await until(() => miner.tasks.length > 0);
  const [task] = miner.tasks;
  if (task === undefined) throw new Error("no task came");
  await until(() => task.received.some(({ kind }) => kind === "acknowledged"));
  const acknowledged = task.received.find((message) => message.kind === "acknowledged");
  if (acknowledged?.kind !== "acknowledged") throw new Error("nothing was acknowledged");
  const { acknowledgement } = acknowledged;
  const proofOf = async (structHash: Bytes32): Promise<BatchProof> => {
    await until(() => proofs.has(leafHash(structHash)));
    const proof = proofs.get(leafHash(structHash));
    if (proof === undefined) throw new Error("the proof went away");
    return proof;
  };
  const { assignment } = task;
  const offered = {
    task: task.start.task,
    result: { ...task.result(), to: 32, nOut: 32, finish: "abort" as const },
    recipe: [],
    assignment,
    assignmentProof: await proofOf(hashAssignment(assignment)),
    acknowledged: { acknowledgement, proof: await proofOf(hashAcknowledgement(acknowledgement)) },
  };
  miner.link.close("done");
  stop.abort();
  await asking;
  return offered;
}

function keepProofs(link: Link, proofs: Map<Bytes32, BatchProof>): void {
  link.onNotice("batch", (notice) => {
    const { signed, from, leaves } = notice;
    const tree = rebuildMerkleTree({ ...notice, count: signed.batch.count });
    for (const [index, leaf] of leaves.entries())
      proofs.set(leaf, { ...signed, path: tree?.pathOf(from + index) ?? [] });
  });
}

function keepPaid(link: Link, paid: Bytes32[]): void {
  link.onNotice("receipt", ({ receipt }) => paid.push(receipt.taskId));
  link.onNotice("receipts", ({ receipts }) => paid.push(...receipts.map(({ receipt }) => receipt.taskId)));
}

async function reconnect(
  router: TestRouter,
): Promise<RawMiner & { readonly unpaid: UnpaidNotice[]; readonly paid: Bytes32[] }> {
  const miner = await startRawMiner(router, { name: "miner", onTask: () => undefined });
  const unpaid: UnpaidNotice[] = [];
  const paid: Bytes32[] = [];
  miner.link.onNotice("unpaid", (notice) => unpaid.push(notice));
  keepPaid(miner.link, paid);
  return { ...miner, unpaid, paid };
}

/** A claim on the offered segment, unanswered. */
function aClaim({ assignment }: ReofferedResult, change: Partial<ListedClaim>): ListedClaim {
  const { taskId, replica, segment, miner } = assignment;
  const money = { dueWei: 2_496n, paidWei: 0n, depositWei: 10n ** 18n };
  const state = { kind: "checkpoint", isAnswered: false, isClosed: false, finaliseAt: 0 } as const;
  return { id: taskId, operator: OPERATOR, payee: miner, taskId, replica, segment, ...money, ...state, ...change };
}

describe("a result that is offered again", () => {
  it("is answered with the receipt there is", async () => {
    const router = await startTestRouter();
    const miner = await startRawMiner(router, {
      name: "miner",
      onTask: (task) => void task.accept().tokensTo(5).finish(),
    });
    const paid: Bytes32[] = [];
    keepPaid(miner.link, paid);
    const answer = await ask(router, aRequest(router, "a question"));
    await until(() => paid.length === 1);
    const [task] = miner.tasks;
    if (task === undefined) throw new Error("no task came");
    const { start, assignment } = task;
    miner.link.notify("reoffer", { task: start.task, result: task.result(), recipe: [], assignment });
    await until(() => paid.length === 2);
    expect(paid).toEqual([answer.taskId, answer.taskId]);
    const other = { ...task.result(), segment: 5 };
    const unpaid: UnpaidNotice[] = [];
    miner.link.onNotice("unpaid", (notice) => unpaid.push(notice));
    miner.link.notify("reoffer", { task: start.task, result: other, recipe: [], assignment });
    await until(() => unpaid.length > 0);
    expect(unpaid[0]).toMatchObject({ code: "notPaid", segment: 5 });
  });

  it("is paid up to what the lost router acknowledged, once", async () => {
    const offered = await lostTask(await startTestRouter());
    const router = await startTestRouter();
    const miner = await reconnect(router);
    miner.link.notify("reoffer", offered);
    miner.link.notify("reoffer", offered);
    const { receipt, payees } = await receiptOf(router, offered.assignment.taskId);
    expect(payees).toMatchObject([{ miner: miner.address, segment: 0, from: 0, to: 32 }]);
    expect(receipt).toMatchObject({ account: ACCOUNT, nIn: N_IN, nOut: 32, feeWei: BigInt(N_IN) * 10n + 3_200n });
    const caller = { account: ACCOUNT, custody: "custodial" } as const;
    expect((await router.gateway.lane(caller)).spentWei).toBe(receipt.feeWei);
    miner.link.notify("reoffer", offered);
    await until(() => miner.paid.length >= 2);
    expect((await router.gateway.lane(caller)).spentWei).toBe(receipt.feeWei);
    expect(miner.unpaid).toEqual([]);
  });

  it("is charged to the budget of the key that asked for it, though only its nonce says which", async () => {
    const offered = await lostTask(await startTestRouter());
    const router = await startTestRouter();
    const keyHash = await hashOf("ck-another");
    await router.books.putKey({ keyHash, account: ACCOUNT, name: "another", revoked: false, budgetWei: 10n ** 12n });
    const miner = await reconnect(router);
    miner.link.notify("reoffer", offered);
    const { receipt } = await receiptOf(router, offered.assignment.taskId);
    const keys = await router.books.listKeys({ account: ACCOUNT, limit: 10 });
    const spent = Object.fromEntries(keys.map(({ name, spentWei }) => [name, spentWei]));
    expect(spent).toEqual({ test: receipt.feeWei, another: 0n });
  });

  it("isn't paid again when a claim on the bond has paid it, or will before it can be answered", async () => {
    const offered = await lostTask(await startTestRouter());
    const nowSeconds = Math.floor(Date.now() / 1_000);
    for (const finaliseAt of [nowSeconds - 3_600, nowSeconds + 60]) {
      const claim = aClaim(offered, { finaliseAt, isClosed: finaliseAt < nowSeconds });
      const router = await startTestRouter({ claims: [claim] });
      const miner = await reconnect(router);
      miner.link.notify("reoffer", offered);
      await until(() => miner.unpaid.length > 0);
      expect(miner.unpaid[0]).toMatchObject({ taskId: offered.assignment.taskId, code: "claimed" });
      expect(await router.books.findReceipt(offered.assignment.taskId)).toBeUndefined();
    }
  });

  it("is paid while the claim on it can still be answered, and when the claim is another's or was answered", async () => {
    const offered = await lostTask(await startTestRouter());
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const closed = { finaliseAt: nowSeconds - 3_600, isClosed: true };
    const others: readonly Partial<ListedClaim>[] = [
      { finaliseAt: nowSeconds + 86_400 },
      { ...closed, isAnswered: true, kind: "note" },
      { ...closed, segment: 1 },
      { ...closed, payee: `0x${"77".repeat(20)}` },
    ];
    for (const other of others) {
      const router = await startTestRouter({ claims: [aClaim(offered, other)] });
      const miner = await reconnect(router);
      miner.link.notify("reoffer", offered);
      const { payees } = await receiptOf(router, offered.assignment.taskId);
      expect(payees).toMatchObject([{ miner: miner.address, to: 32 }]);
    }
  });

  it("isn't paid without the router's own words, or with another's", async () => {
    const offered = await lostTask(await startTestRouter());
    const foreign = await lostTask(await startTestRouter({ name: "a stranger's router" }));
    const router = await startTestRouter();
    const miner = await reconnect(router);
    const { task, result, recipe, assignment, assignmentProof, acknowledged } = offered;
    if (assignmentProof === undefined || acknowledged === undefined) throw new Error("the proofs are missing");
    const bare = { task, result, recipe, assignment };
    const ahead = { ...acknowledged, acknowledgement: { ...acknowledged.acknowledgement, position: 64 } };
    const tries: readonly (readonly [ReofferedResult, string])[] = [
      [bare, "unknownTask"],
      [{ ...bare, assignmentProof }, "nothingAcknowledged"],
      [{ ...offered, acknowledged: ahead }, "badProof"],
      [{ ...offered, assignment: { ...assignment, weiPerTokenOut: 1_000_000n } }, "badProof"],
      [{ ...offered, task: { ...task, account: 8 } }, "badIdentity"],
      [{ ...offered, result: { ...result, to: 31 } }, "nothingAcknowledged"],
      [{ ...offered, result: { ...result, nIn: 1_000_000 } }, "badPromptCount"],
      [foreign, "foreignRouter"],
    ];
    for (const [index, [one, code]] of tries.entries()) {
      miner.link.notify("reoffer", one);
      await until(() => miner.unpaid.length > index);
      expect(miner.unpaid[index]?.code).toBe(code);
    }
    expect(await router.gateway.findReceipt(assignment.taskId)).toBeUndefined();
  });

  it("waits while another router of the operator may still be running it", async () => {
    const sister = await startTestRouter({ name: "sister" });
    const offered = await lostTask(sister);
    const router = await startTestRouter();
    router.chain.register(sister.identity.signer.address, {
      owner: (await sister.chain.readNode(sister.identity.signer.address))?.owner ?? "0x",
      role: "router",
    });
    const miner = await reconnect(router);
    miner.link.notify("reoffer", offered);
    const { task, result, recipe, assignment } = offered;
    miner.link.notify("reoffer", { task, result, recipe, assignment });
    await until(() => miner.unpaid.length > 0);
    expect(miner.unpaid).toMatchObject([{ code: "unknownTask" }]);
    expect(await router.gateway.findReceipt(assignment.taskId)).toBeUndefined();
  });
});
