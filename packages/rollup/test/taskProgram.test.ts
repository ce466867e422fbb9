import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  buildAccept,
  buildAssign,
  buildChangeGuards,
  buildCloseTask,
  buildCommit,
  buildExpire,
  buildJudge,
  buildOpenTask,
  buildPayout,
  buildWrites,
  hexToSolanaKey,
  solanaKeyToHex,
  type TaskState,
} from "@cortensor/chain";
import { type Bytes32, SOLANA_SECONDS, type SolanaVerdictKind, solanaResultHash } from "@cortensor/protocol";
import { type Address, generateKeyPairSigner, type Instruction } from "@solana/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTaskProgram } from "../src/index.js";
import { freshId, GUARD_KEYS, type HubWorld, SET, stakesOf, startHubWorld, tokensOf } from "./hubWorld.js";
import { makeMint } from "./sendUntried.js";

const ANSWER = new TextEncoder().encode("forty-two");

describe("a task over Solana, held by a program", () => {
  let world: HubWorld;
  beforeAll(async () => {
    world = await startHubWorld();
  });
  afterAll(() => world.svm.stop());

  const by = (task: Address, who: keyof HubWorld["people"]) => ({
    program: world.place.program,
    task,
    by: world.people[who],
  });
  const toAssigned = async (task: Address) => {
    await world.send([buildAssign(by(task, "router"), world.people.miner.address)], world.people.router);
  };
  const toCommitted = async (task: Address, fee = 40n): Promise<Bytes32> => {
    await toAssigned(task);
    const resultHash = solanaResultHash(solanaKeyToHex(task), ANSWER);
    const miner = by(task, "miner");
    const commit = buildCommit(miner, { resultHash, fee, answerBytes: ANSWER.length });
    await world.send([...buildWrites(miner, ANSWER), commit], world.people.miner);
    return resultHash;
  };
  const verdictOn = ({ address, openedAt, resultHash }: TaskState, verdict: SolanaVerdictKind) => ({
    task: solanaKeyToHex(address),
    openedAt,
    resultHash,
    verdict,
  });
  const payout = async (task: Address) => [await buildPayout(world.place, world.hub, await world.task(task))];

  it("is held by the program whose hash is committed beside its sources", async () => {
    const { sha256 } = JSON.parse(await readFile(new URL("../program/program.json", import.meta.url), "utf8"));
    expect(
      createHash("sha256")
        .update(await readTaskProgram())
        .digest("hex"),
    ).toBe(sha256);
  });

  it("is opened, assigned, answered, accepted and paid, to the smallest unit", async () => {
    const { client, router, miner, treasury } = world.people;
    const all = [client, router, miner, treasury];
    const before = await Promise.all(all.map((one) => world.balanceOf(one.address)));
    const task = await world.open();
    await toCommitted(task, 41n);
    expect((await world.task(task)).answer).toEqual(ANSWER);
    await world.send([buildAccept(by(task, "client")), ...(await payout(task))]);
    expect(await world.task(task)).toMatchObject({ phase: "ended", reason: "accepted", minerAmount: 41n });
    const after = await Promise.all(all.map((one) => world.balanceOf(one.address)));
    expect(after.map((balance, index) => balance - (before[index] ?? 0n))).toEqual([-41n, 4n, 35n, 2n]);
  });

  it("is paid by a quorum's word on the answer, without one of the client's", async () => {
    const task = await world.open();
    await toCommitted(task);
    const verdict = verdictOn(await world.task(task), "attested");
    const { post, epoch, root } = world.root({ verdicts: [verdict] });
    await world.send(post, world.people.stranger);
    const shown = { task, epoch, verdict: "attested", path: root.pathOf(verdict) } as const;
    await world.send([buildJudge(world.place, shown), ...(await payout(task))], world.people.stranger);
    expect(await world.task(task)).toMatchObject({ phase: "ended", reason: "attested", minerAmount: 40n });
  });
  it("goes back to its client by itself when nobody took it, or nobody answered", async () => {
    const { client, stranger } = world.people;
    for (const isTaken of [false, true]) {
      const before = await world.balanceOf(client.address);
      const task = await world.open();
      if (isTaken) await toAssigned(task);
      expect(await world.refusal([buildExpire(world.place, task)])).toBe("notDue");
      world.seconds(121);
      expect(await world.refusal([buildAssign(by(task, "router"), stranger.address)], world.people.router)).toBe(
        "deadlineDue",
      );
      await world.send([buildExpire(world.place, task), ...(await payout(task))], client);
      expect(await world.task(task)).toMatchObject({ phase: "ended", reason: isTaken ? "unanswered" : "unassigned" });
      expect(await world.balanceOf(client.address)).toBe(before);
    }
  });

  it("pays the miner when nobody objects in time, though every guard is gone", async () => {
    const task = await world.open();
    await toCommitted(task);
    world.seconds(SOLANA_SECONDS.committed);
    await world.send([buildExpire(world.place, task), ...(await payout(task))], world.people.stranger);
    expect(await world.task(task)).toMatchObject({ phase: "ended", reason: "unopposed", minerAmount: 40n });
  });

  it("gives all back when guards refuse the answer, and nothing they sign moves it elsewhere", async () => {
    const { client, miner } = world.people;
    const task = await world.open();
    await toCommitted(task);
    const state = await world.task(task);
    const verdict = verdictOn(state, "refused");
    const { post, epoch, root } = world.root({ verdicts: [verdict] });
    await world.send(post);
    const before = [await world.balanceOf(client.address), await world.balanceOf(miner.address)] as const;
    await world.send([buildJudge(world.place, { task, epoch, verdict: "refused", path: root.pathOf(verdict) })]);
    await world.send(await payout(task));
    expect([await world.balanceOf(client.address), await world.balanceOf(miner.address)]).toEqual([
      before[0] + 100n,
      before[1],
    ]);
  });

  it("isn't paid twice, nor refunded once paid, nor judged again", async () => {
    const task = await world.open();
    await toCommitted(task);
    const verdict = verdictOn(await world.task(task), "attested");
    const { post, epoch, root } = world.root({ verdicts: [verdict] });
    await world.send(post);
    const judge = buildJudge(world.place, { task, epoch, verdict: "attested", path: root.pathOf(verdict) });
    expect(await world.refusal(await payout(task))).toBe("phaseOther");
    await world.send([judge]);
    expect(await world.refusal([judge])).toBe("phaseOther");
    expect(await world.refusal([buildExpire(world.place, task)])).toBe("phaseOther");
    await world.send(await payout(task));
    for (const again of [await payout(task), [judge], [buildExpire(world.place, task)]])
      expect(await world.refusal(again)).toBe("ended");
  });

  it("takes no root of too few guards, of a forged signature, of another epoch's words or of a stranger", async () => {
    const verdicts = [] as const;
    const { stranger } = world.people;
    const three = world.root({ verdicts, keys: GUARD_KEYS.slice(0, 3) });
    expect(await world.refusal(three.post, stranger)).toBe("quorum");
    const other = stakesOf([...GUARD_KEYS.slice(0, 4), `0x${"77".repeat(32)}`]);
    const strangers = world.root({ verdicts, keys: [...GUARD_KEYS.slice(1, 4), `0x${"77".repeat(32)}`], set: other });
    expect(await world.refusal(strangers.post, stranger)).toBe("signature");
    const { post, epoch } = world.root({ verdicts });
    for (const [at, why] of [
      [1, "signature"],
      [9, "signature"],
      [13, "signature"],
      [45, "signature"],
      [77, "bitmap"],
      [200, "signature"],
    ] as const)
      expect(
        await world.refusal(
          post.map((one, index) => (index === 1 ? flip(one, at) : one)),
          stranger,
        ),
      ).toBe(why);
    await world.send(post, stranger);
    expect(await world.refusal(world.root({ verdicts, epoch }).post, stranger)).toBe("epoch");
    expect(await world.refusal(world.root({ verdicts, epoch: epoch - 1 }).post, stranger)).toBe("epoch");
  });

  it("isn't judged by another task's verdict, by one of its address's former task, or under an epoch without a root", async () => {
    const [task, other] = [await world.open(), await world.open()];
    await toCommitted(task);
    await toCommitted(other);
    const [state, foreign] = [await world.task(task), await world.task(other)];
    const verdicts = [
      verdictOn(foreign, "attested"),
      { ...verdictOn(state, "attested"), openedAt: state.openedAt - 1 },
    ];
    const { post, epoch, root } = world.root({ verdicts });
    await world.send(post);
    for (const verdict of verdicts) {
      const path = root.pathOf(verdict);
      expect(await world.refusal([buildJudge(world.place, { task, epoch, verdict: "attested", path })])).toBe("path");
    }
    const path = root.pathOf(verdictOn(foreign, "attested"));
    const asked = { task: other, epoch, verdict: "refused", path } as const;
    expect(await world.refusal([buildJudge(world.place, asked)])).toBe("path");
    const never = { ...asked, verdict: "attested", epoch: epoch + 50 } as const;
    expect(await world.refusal([buildJudge(world.place, never)])).toBe("unknownRoot");
  });

  it("is opened with no other mint, out of nobody else's account, at no other address, and once", async () => {
    const { client, stranger } = world.people;
    const order = { client, taskId: freshId(), router: world.people.router.address, amount: 5n, workSeconds: 9 };
    const whole = { ...order, answerRoom: 9, request: Uint8Array.of(1) };
    const opening = await buildOpenTask(world.place, world.hub, whole);
    const swap = (at: number, to: Address) => replaceAccount(opening, at, to);
    const otherMint = hexToSolanaKey(await makeMint(world, await generateKeyPairSigner()));
    expect(await world.refusal([swap(5, otherMint)])).toBe("mint");
    expect(await world.refusal([swap(4, await tokensOf(client.address, otherMint))])).toBe("mint");
    expect(await world.refusal([swap(4, await tokensOf(stranger.address, world.hub.mint))])).toBe("tokenOwner");
    expect(await world.refusal([swap(2, stranger.address)])).toBe("address");
    expect(await world.refusal([swap(3, (await generateKeyPairSigner()).address)])).toBe("address");
    expect(await world.refusal([swap(1, stranger.address)])).toBe("owner");
    expect(await world.refusal([swap(6, world.place.program)])).toBe("program");
    for (const change of [{ amount: 0n }, { workSeconds: 0 }, { workSeconds: 3_601 }, { answerRoom: 4_097 }])
      expect(await world.refusal([await buildOpenTask(world.place, world.hub, { ...whole, ...change })])).toBe(
        "outOfRange",
      );
    await world.svm.faucet.giveLamports(opening.accounts?.[2]?.address ?? client.address, 900_000n);
    world.seconds(2);
    await world.send([opening]);
    expect(await world.refusal([opening])).toBe("notEmpty");
  });

  it("pays into nobody else's account, out of no other escrow, for no account that only looks like a task", async () => {
    const { stranger } = world.people;
    const [task, other] = [await world.open(), await world.open()];
    await toCommitted(task);
    await world.send([buildAccept(by(task, "client"))]);
    const [paying] = await payout(task);
    if (paying === undefined) expect.unreachable();
    const strangers = await tokensOf(stranger.address, world.hub.mint);
    const foreign = await world.task(other);
    for (const [at, to, why] of [
      [5, strangers, "tokenOwner"],
      [6, strangers, "tokenOwner"],
      [7, strangers, "tokenOwner"],
      [8, strangers, "tokenOwner"],
      [4, stranger.address, "notYours"],
      [2, foreign.escrow, "escrow"],
      [1, strangers, "owner"],
      [1, world.place.hub, "kind"],
      [0, task, "kind"],
      [0, stranger.address, "owner"],
      [1, other, "phaseOther"],
    ] as const)
      expect(await world.refusal([replaceAccount(paying, at, to)])).toBe(why);
    await world.send([paying]);
  });

  it("keeps everybody to their part", async () => {
    const { router, miner, client, stranger } = world.people;
    const task = await world.open();
    expect(await world.refusal([buildAssign(by(task, "miner"), miner.address)], miner)).toBe("notYours");
    await toAssigned(task);
    const said = { resultHash: freshId(), fee: 101n, answerBytes: 0 };
    expect(await world.refusal([buildCommit(by(task, "router"), { ...said, fee: 1n })], router)).toBe("notYours");
    expect(await world.refusal([buildCommit(by(task, "miner"), said)], miner)).toBe("outOfRange");
    expect(await world.refusal([buildCommit(by(task, "miner"), { ...said, fee: 1n, answerBytes: 1 })], miner)).toBe(
      "outOfRange",
    );
    expect(await world.refusal(buildWrites(by(task, "stranger"), ANSWER), stranger)).toBe("notYours");
    expect(await world.refusal(buildWrites(by(task, "miner"), new Uint8Array(65)), miner)).toBe("outOfRange");
    await world.send([buildCommit(by(task, "miner"), { ...said, fee: 1n })], miner);
    expect(await world.refusal([buildAccept(by(task, "miner"))], miner)).toBe("notYours");
    const unsigned = {
      ...buildAccept(by(task, "client")),
      accounts: [
        { address: client.address, role: 0 },
        { address: task, role: 1 },
      ],
    };
    expect(await world.refusal([unsigned], stranger)).toBe("signer");
  });

  it("gives the account's rent back to its client alone, an hour after its end", async () => {
    const { stranger } = world.people;
    const task = await world.open();
    world.seconds(121);
    expect(await world.refusal([buildCloseTask(by(task, "client"))])).toBe("phaseOther");
    await world.send([buildExpire(world.place, task), ...(await payout(task))]);
    expect(await world.refusal([buildCloseTask(by(task, "client"))])).toBe("tooEarly");
    world.seconds(3_600);
    expect(await world.refusal([buildCloseTask(by(task, "stranger"))], stranger)).toBe("notYours");
    await world.send([buildCloseTask(by(task, "client"))]);
    await expect(world.task(task)).rejects.toThrow("no such task");
  });

  it("changes its guards by the former ones' quorum alone, and then hears the new ones", async () => {
    const keys = [...GUARD_KEYS.slice(1, 4), `0x${"66".repeat(32)}`] as const;
    const next = stakesOf(keys, 9, 2n ** 95n);
    const { post, epoch } = world.root({ verdicts: [], next });
    await world.send(post);
    const impostors = stakesOf([`0x${"88".repeat(32)}`], 9);
    expect(await world.refusal([buildChangeGuards(world.place, epoch, impostors)])).toBe("setHash");
    expect(await world.refusal([buildChangeGuards(world.place, epoch + 1, next)])).toBe("unknownRoot");
    await world.send([buildChangeGuards(world.place, epoch, next)]);
    expect((await world.readHub()).set).toEqual(next);
    expect(await world.refusal([buildChangeGuards(world.place, epoch, next)])).toBe("epoch");
    expect(await world.refusal(world.root({ verdicts: [] }).post)).toBe("signature");
    const later = stakesOf(GUARD_KEYS, 10);
    const back = world.root({ verdicts: [], keys: keys.slice(0, 3), set: next, next: later });
    await world.send(back.post);
    await world.send([buildChangeGuards(world.place, back.epoch, later)]);
    expect((await world.readHub()).set).toEqual(later);
    expect(later.members).toEqual(SET.members);
  });
});

/** The same instruction with one bit of its data turned. */
function flip(instruction: Instruction, at: number): Instruction {
  const data = Uint8Array.from(instruction.data ?? []);
  data[at] = (data[at] ?? 0) ^ 1;
  return { ...instruction, data };
}

function replaceAccount(instruction: Instruction, at: number, to: Address): Instruction {
  const accounts = (instruction.accounts ?? []).map((one, index) =>
    index === at ? { address: to, role: one.role } : one,
  );
  return { ...instruction, accounts };
}
