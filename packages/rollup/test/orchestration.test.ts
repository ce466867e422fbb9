import {
  buildTaskMemo,
  escrowPayoutIn,
  fetchTransaction,
  hexToSolanaKey,
  hexToSolanaSignature,
  makeEscrow,
  payEscrow,
  solanaKeyToHex,
  taskRecordsIn,
} from "@cortensor/chain";
import { type Hex, nextSolanaTask, openSolanaTask, type SolanaTask, type SolanaTaskEvent } from "@cortensor/protocol";
import { generateKeyPairSigner, type KeyPairSigner } from "@solana/kit";
import {
  findAssociatedTokenPda,
  getCloseAccountInstruction,
  getTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LOCAL_COR_DECIMALS } from "../src/index.js";
import { type SolanaWorld, startSolanaWorld } from "./solanaWorld.js";

const TASK: Hex = `0x${"7a".repeat(32)}`;
const RESULT: Hex = `0x${"4e".repeat(32)}`;

describe("a task with Solana as the only chain that its client touches", () => {
  let world: SolanaWorld;
  let router: KeyPairSigner;
  let miner: KeyPairSigner;
  let escrow: KeyPairSigner;
  let task: SolanaTask;
  beforeAll(async () => {
    world = await startSolanaWorld();
    [router, miner] = await Promise.all([generateKeyPairSigner(), generateKeyPairSigner()]);
    for (const one of [router, miner]) await world.svm.faucet.giveLamports(one.address, 1_000_000_000n);
    await world.svm.faucet.giveCor(miner.address, 0n);
  });
  afterAll(() => world.svm.stop());

  const kept = () => ({
    keepers: solanaKeyToHex(world.keepers.address),
    guards: world.guards.map((guard) => solanaKeyToHex(guard.address)),
    quorum: 4,
  });
  const mint = () => hexToSolanaKey(world.vault.mint);
  const tokensOf = async (owner: KeyPairSigner) =>
    (await findAssociatedTokenPda({ owner: owner.address, mint: mint(), tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
  const balanceOf = async (owner: KeyPairSigner) => {
    const asked = world.cluster.rpc.getTokenAccountBalance(await tokensOf(owner), { commitment: "processed" });
    return BigInt((await asked.send()).value.amount);
  };
  const stands = async (signature: Hex) => {
    world.settle();
    return fetchTransaction(world.cluster, hexToSolanaSignature(signature));
  };
  /** Folds what one transaction said into the task. */
  const fold = (event: SolanaTaskEvent, time: number) => nextSolanaTask(task, event, time);
  const take = (event: SolanaTaskEvent, time: number) => {
    const step = fold(event, time);
    task = step.kind === "moved" ? step.state : expect.unreachable(step.refusal);
  };
  const say = async (by: KeyPairSigner, record: Parameters<typeof buildTaskMemo>[0]) => {
    const { instructions, time } = await stands(await world.send([buildTaskMemo(record, [by])], by));
    const [said] = taskRecordsIn(kept(), instructions);
    return { said: said ?? expect.unreachable(), time };
  };
  const guards = (count: number) => world.guards.slice(0, count);
  const payout = async (pays: { readonly miner: bigint; readonly client: bigint }, signers = guards(4)) =>
    payEscrow({
      of: { mint: mint(), decimals: LOCAL_COR_DECIMALS },
      taskId: TASK,
      escrow: escrow.address,
      keepers: world.keepers.address,
      guards: signers,
      rentTo: world.client.address,
      pays: [
        { to: await tokensOf(miner), amount: pays.miner },
        { to: await tokensOf(world.client), amount: pays.client },
      ],
    });

  beforeEach(async () => {
    escrow = await generateKeyPairSigner();
    const { client, keepers, cluster, vault } = world;
    const open = { kind: "open", chainId: vault.chainId, network: vault.network, taskId: TASK } as const;
    const fill = { source: await tokensOf(client), mint: mint(), destination: escrow.address, authority: client };
    const signature = await world.send([
      ...(await makeEscrow(cluster, { payer: client, escrow, mint: mint(), keepers: keepers.address })),
      getTransferCheckedInstruction({ ...fill, amount: 100n, decimals: LOCAL_COR_DECIMALS }),
      buildTaskMemo({ ...open, router: solanaKeyToHex(router.address), workSeconds: 60 }, [client]),
    ]);
    const { instructions, time, tokensOf: held } = await stands(signature);
    const [said] = taskRecordsIn(kept(), instructions);
    if (said?.record.kind !== "open") expect.unreachable();
    const step = openSolanaTask({
      taskId: said.record.taskId,
      client: said.by,
      router: said.record.router,
      guards: solanaKeyToHex(keepers.address),
      amount: held(escrow.address).after,
      workSeconds: said.record.workSeconds,
      nowSeconds: time,
    });
    task = step.kind === "moved" ? step.state : expect.unreachable();
  });

  const toCommitted = async () => {
    const assigned = await say(router, { kind: "assign", taskId: TASK, miner: solanaKeyToHex(miner.address) });
    if (assigned.said.record.kind !== "assign") expect.unreachable();
    take({ kind: "assign", by: assigned.said.by, miner: assigned.said.record.miner }, assigned.time);
    const done = await say(miner, { kind: "commit", taskId: TASK, resultHash: RESULT, fee: 40n });
    if (done.said.record.kind !== "commit") expect.unreachable();
    const { resultHash, fee } = done.said.record;
    take({ kind: "commit", by: done.said.by, resultHash, fee }, done.time);
  };
  const accept = async () => {
    const { said, time } = await say(world.client, { kind: "accept", taskId: TASK });
    take({ kind: "accept", by: said.by }, time);
  };
  const paid = async (signature: Hex): Promise<{ readonly event: SolanaTaskEvent; readonly time: number }> => {
    const { instructions, time } = await stands(signature);
    const { pays, isClosed } = escrowPayoutIn(escrow.address, instructions);
    expect(isClosed).toBe(true);
    const minerKey = solanaKeyToHex(await tokensOf(miner));
    const sum = (isMiner: boolean) =>
      pays.reduce((all, { to, amount }) => ((to === minerKey) === isMiner ? all + amount : all), 0n);
    const event = { kind: "payout", by: task.guards, signature, minerAmount: sum(true), clientAmount: sum(false) };
    return { event: { ...event, kind: "payout" }, time };
  };

  it("is opened, assigned, committed and paid by what stands on Solana alone", async () => {
    const before = { miner: await balanceOf(miner), client: await balanceOf(world.client) };
    await toCommitted();
    await accept();
    expect(task.plan).toEqual({ reason: "accepted", minerAmount: 40n, clientAmount: 60n });
    const { event, time } = await paid(await world.send(await payout({ miner: 40n, client: 60n })));
    take(event, time);
    expect(task.phase).toBe("ended");
    expect(await balanceOf(miner)).toBe(before.miner + 40n);
    expect(await balanceOf(world.client)).toBe(before.client + 60n);
  });

  it("is paid at most once, by the token program itself: the second payout finds no account", async () => {
    await toCommitted();
    await accept();
    await world.send(await payout({ miner: 40n, client: 60n }));
    world.settle();
    await expect(world.send(await payout({ miner: 40n, client: 60n }))).rejects.toMatchObject({
      code: "SOLANA_REFUSED",
    });
    await expect(world.send(await payout({ miner: 0n, client: 100n }))).rejects.toMatchObject({
      code: "SOLANA_REFUSED",
    });
  });

  it("is moved by no fewer guards than the quorum, nor left half paid", async () => {
    await toCommitted();
    await accept();
    const three = await payout({ miner: 40n, client: 60n }, guards(3));
    await expect(world.send(three)).rejects.toMatchObject({ code: "SOLANA_REFUSED" });
    await expect(world.send(await payout({ miner: 40n, client: 59n }))).rejects.toMatchObject({
      code: "SOLANA_REFUSED",
    });
    await world.send(await payout({ miner: 40n, client: 60n }));
  });

  it("goes back to its client when nobody took it, but only by guards: the client alone can't have it, however late", async () => {
    const { client } = world;
    const late = task.deadlineSeconds + 1_000_000;
    take({ kind: "expire" }, late);
    expect(task.plan).toEqual({ reason: "unassigned", minerAmount: 0n, clientAmount: 100n });
    world.svm.advance(10_000);
    const take_ = { source: escrow.address, mint: mint(), destination: await tokensOf(client), authority: client };
    const alone = [getTransferCheckedInstruction({ ...take_, amount: 100n, decimals: LOCAL_COR_DECIMALS })];
    await expect(world.send(alone)).rejects.toMatchObject({ code: "SOLANA_REFUSED" });
    const close = getCloseAccountInstruction({ account: escrow.address, destination: client.address, owner: client });
    await expect(world.send([close])).rejects.toMatchObject({ code: "SOLANA_REFUSED" });
    const { event } = await paid(await world.send(await payout({ miner: 0n, client: 100n })));
    take(event, late + 1);
    expect(task.phase).toBe("ended");
  });

  it("can be robbed by a quorum of guards: the token program pays, and all that is left is that everybody sees it", async () => {
    await toCommitted();
    await accept();
    const { event, time } = await paid(await world.send(await payout({ miner: 100n, client: 0n })));
    expect(fold(event, time)).toEqual({ kind: "refused", refusal: "planOther" });
    expect(task.phase).toBe("decided");
  });

  it("hears nothing in a memo that its author didn't sign", async () => {
    const unsigned = await stands(await world.send([buildTaskMemo({ kind: "accept", taskId: TASK }, [])]));
    expect(taskRecordsIn(kept(), unsigned.instructions)).toEqual([]);
    const { said } = await say(miner, { kind: "accept", taskId: TASK });
    await toCommitted();
    expect(fold({ kind: "accept", by: said.by }, task.atSeconds)).toEqual({ kind: "refused", refusal: "notYours" });
  });

  it("is refused by guards when a quorum of them signs so, and by no key that stands for them", async () => {
    const { client, keepers } = world;
    const saidBy = async (signers: readonly KeyPairSigner[]) => {
      const memo = buildTaskMemo({ kind: "refuse", taskId: TASK }, signers);
      const { instructions } = await stands(await world.send([memo], client));
      return taskRecordsIn(kept(), instructions);
    };
    await toCommitted();
    expect(await saidBy(guards(3))).toEqual([]);
    expect(await saidBy([keepers])).toEqual([]);
    expect(await saidBy([...guards(3), client])).toEqual([]);
    const [said] = await saidBy(guards(4));
    take({ kind: "refuse", by: said?.by ?? expect.unreachable() }, task.atSeconds + 1);
    expect(task.plan).toEqual({ reason: "refused", minerAmount: 0n, clientAmount: 100n });
  });
});
