import {
  buildAccept,
  buildAssign,
  buildCommit,
  buildExpire,
  buildJudge,
  buildPayout,
  HUB_INSTRUCTIONS,
  solanaKeyToHex,
  type TaskState,
} from "@cortensor/chain";
import {
  type Bytes32,
  keccak256,
  nextSolanaTask,
  openSolanaTask,
  type SolanaTask,
  type SolanaTaskEvent,
  splitSolanaPlan,
  utf8ToBytes,
} from "@cortensor/protocol";
import { AccountRole, type Address, type Instruction } from "@solana/kit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubWorld, SHARES, startHubWorld } from "./hubWorld.js";

const IS_DEEP = process.env.CORTENSOR_DEEP === "solana";
/** Traces of a dozen steps; instructions of noise, and as many that are nearly right. */
const TRACES = IS_DEEP ? 100 : 8;
const FUZZED = IS_DEEP ? 6_000 : 150;
const RESULT: Bytes32 = keccak256(utf8ToBytes("result"));
const WORK_SECONDS = 60;

type Person = "client" | "router" | "miner" | "stranger";
type Step =
  | { readonly kind: "assign" | "accept"; readonly by: Person }
  | { readonly kind: "commit"; readonly by: Person; readonly fee: number }
  | { readonly kind: "attest" | "refuse"; readonly isSigned: boolean }
  | { readonly kind: "expire" | "payout" };

const person = fc.constantFrom<Person>("client", "router", "miner", "stranger");
const likely: fc.Arbitrary<Step> = fc.constantFrom(
  { kind: "assign", by: "router" },
  { kind: "commit", by: "miner", fee: 41 },
  { kind: "accept", by: "client" },
  { kind: "attest", isSigned: true },
  { kind: "refuse", isSigned: true },
  { kind: "expire" },
  { kind: "payout" },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: likely },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("assign" as const, "accept" as const), by: person }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("commit" as const), by: person, fee: fc.nat(130) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("attest" as const, "refuse" as const), isSigned: fc.boolean() }),
  },
);
const pause = fc.oneof({ weight: 4, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(2_000) });

describe("the program and the protocol's machine", () => {
  let world: HubWorld;
  beforeAll(async () => {
    world = await startHubWorld();
  });
  afterAll(() => world.svm.stop());

  const key = (of: Person): Bytes32 => solanaKeyToHex(world.people[of].address);
  const hubKey = () => solanaKeyToHex(world.place.hub);

  /** A step as the machine hears it. */
  const toEvent = (of: Step, machine: SolanaTask): SolanaTaskEvent => {
    switch (of.kind) {
      case "assign":
        return { kind: "assign", by: key(of.by), miner: key("miner") };
      case "commit":
        return { kind: "commit", by: key(of.by), resultHash: RESULT, fee: BigInt(of.fee) };
      case "accept":
        return { kind: "accept", by: key(of.by) };
      case "attest":
      case "refuse":
        return { kind: of.kind, by: of.isSigned ? hubKey() : key("stranger") };
      case "expire":
        return { kind: "expire" };
      case "payout": {
        const { minerAmount = 0n, clientAmount = 0n } = machine.plan ?? {};
        return { kind: "payout", by: hubKey(), signature: RESULT, minerAmount, clientAmount };
      }
    }
  };

  /** The same as the program's instructions, and who sends them. */
  const toInstructions = async (
    of: Step,
    task: TaskState,
  ): Promise<{ readonly send: readonly Instruction[]; readonly by: Person }> => {
    const at = (by: Person) => ({ program: world.place.program, task: task.address, by: world.people[by] });
    switch (of.kind) {
      case "assign":
        return { send: [buildAssign(at(of.by), world.people.miner.address)], by: of.by };
      case "commit":
        return {
          send: [buildCommit(at(of.by), { resultHash: RESULT, fee: BigInt(of.fee), answerBytes: 0 })],
          by: of.by,
        };
      case "accept":
        return { send: [buildAccept(at(of.by))], by: of.by };
      case "attest":
      case "refuse": {
        const verdict = of.kind === "attest" ? ("attested" as const) : ("refused" as const);
        const { openedAt } = task;
        const said = { task: solanaKeyToHex(task.address), openedAt, resultHash: RESULT, verdict };
        const { post, epoch, root } = world.root({ verdicts: [said] });
        await world.send(post, world.people.stranger);
        const path = of.isSigned ? root.pathOf(said) : [RESULT];
        return { send: [buildJudge(world.place, { task: task.address, epoch, verdict, path })], by: "stranger" };
      }
      case "expire":
        return { send: [buildExpire(world.place, task.address)], by: "stranger" };
      case "payout": {
        const people = { router: world.people.router.address, miner: world.people.miner.address };
        return { send: [await buildPayout(world.place, world.hub, { ...task, ...people })], by: "stranger" };
      }
    }
  };

  const open = async (): Promise<{ readonly address: Address; readonly machine: SolanaTask }> => {
    const address = await world.open({ workSeconds: WORK_SECONDS });
    const { openedAt, taskId } = await world.task(address);
    const parties = { client: key("client"), router: key("router"), guards: hubKey() };
    const opened = openSolanaTask({
      taskId,
      ...parties,
      amount: 100n,
      workSeconds: WORK_SECONDS,
      nowSeconds: openedAt,
    });
    return { address, machine: opened.kind === "moved" ? opened.state : expect.unreachable() };
  };
  const nowSeconds = async () => Number(await world.cluster.rpc.getBlockTime(BigInt(world.svm.slot())).send());
  const moneyOf = async () => {
    const { client, router, miner, treasury } = world.people;
    return Promise.all([client, router, miner, treasury].map((one) => world.balanceOf(one.address)));
  };

  it("say the same of whatever anybody does in whatever order, and what is paid is exactly what was locked", async () => {
    const trace = fc.array(fc.tuple(step, pause), { minLength: 4, maxLength: 12 });
    const property = fc.asyncProperty(trace, async (steps) => {
      const before = await moneyOf();
      let { address, machine } = await open();
      for (const [one, seconds] of steps) {
        world.seconds(seconds);
        const { send, by } = await toInstructions(one, await world.task(address));
        const moved = nextSolanaTask(machine, toEvent(one, machine), await nowSeconds());
        const refusal = await world.refusal(send, world.people[by]);
        if (moved.kind === "refused") {
          const isForged = (one.kind === "attest" || one.kind === "refuse") && moved.refusal === "notYours";
          expect(refusal).toBe(isForged ? "path" : moved.refusal);
        } else {
          expect(refusal).toBeUndefined();
          machine = moved.state;
        }
        expectAlike(await world.task(address), machine);
      }
      const after = await moneyOf();
      const paid =
        machine.phase === "ended" && machine.plan !== undefined
          ? splitSolanaPlan(machine.plan, SHARES)
          : { client: 0n, router: 0n, miner: 0n, network: 0n };
      const gained = after.map((balance, index) => balance - (before[index] ?? 0n));
      expect(gained).toEqual([paid.client - 100n, paid.router, paid.miner, paid.network]);
    });
    const whole: readonly Step[] = [
      { kind: "assign", by: "router" },
      { kind: "commit", by: "miner", fee: 41 },
      { kind: "attest", isSigned: true },
      { kind: "payout" },
    ];
    // One is sure to come to its end.
    await fc.assert(property, { numRuns: TRACES, examples: [[whole.map((one): [Step, number] => [one, 0])]] });
  });

  it("refuses every instruction of arbitrary bytes by a name of its own, and never comes to a halt", async () => {
    const address = await world.open();
    const { escrow } = await world.task(address);
    const { client, router, miner, stranger } = world.people;
    const named = [world.place.hub, address, escrow, world.hub.mint, client.address, router.address, miner.address];
    const before = await moneyOf();
    const instruction = fc.record({
      tag: fc.oneof(
        { weight: 9, arbitrary: fc.nat(HUB_INSTRUCTIONS.length - 1) },
        { weight: 1, arbitrary: fc.nat(255) },
      ),
      fields: fc.uint8Array({ maxLength: 200 }),
      accounts: fc.array(fc.tuple(fc.constantFrom(...named), fc.boolean()), { maxLength: 11 }),
    });
    const property = fc.asyncProperty(instruction, async ({ tag, fields, accounts }) => {
      const metas = accounts.map(([of, isWritable]) => ({
        address: of,
        role: isWritable ? AccountRole.WRITABLE : AccountRole.READONLY,
      }));
      const data = Uint8Array.of(tag, ...fields);
      const refused = await world.refusal([{ programAddress: world.place.program, accounts: metas, data }], stranger);
      expect(refused).toBeDefined();
    });
    await fc.assert(property, { numRuns: FUZZED });
    expect(await moneyOf()).toEqual(before);
    expect(await world.task(address)).toMatchObject({ phase: "opened" });
  });

  it("makes and loses no coin by instructions that are nearly right, and never comes to a halt", async () => {
    const { people } = world;
    const steps: readonly Step[] = [
      ...[{ kind: "assign", by: "router" } as const, { kind: "commit", by: "miner", fee: 41 } as const],
      ...[{ kind: "attest", isSigned: true } as const, { kind: "payout" } as const],
    ];
    const change = fc.record({
      reached: fc.nat(steps.length - 1),
      bit: fc.option(fc.nat(4_000)),
      swapped: fc.option(fc.tuple(fc.nat(11), fc.nat(11))),
      dropped: fc.option(fc.nat(11), { freq: 4 }),
      readonly: fc.option(fc.nat(11)),
    });
    const property = fc.asyncProperty(change, async ({ reached, ...changes }) => {
      const before = await moneyOf();
      const address = await world.open();
      const { escrow } = await world.task(address);
      for (const one of steps.slice(0, reached)) {
        const { send, by } = await toInstructions(one, await world.task(address));
        await world.send(send, people[by]);
        world.seconds(1);
      }
      const last = steps[reached] ?? expect.unreachable();
      const { send, by } = await toInstructions(last, await world.task(address));
      await world.outcome(
        send.map((one) => spoil(one, changes)),
        people[by],
      );
      world.seconds(1);
      const asked = world.cluster.rpc.getTokenAccountBalance(escrow, { commitment: "processed" });
      const isEnded = (await world.task(address)).phase === "ended";
      const held = isEnded ? 0n : BigInt((await asked.send()).value.amount);
      const sum = (all: readonly bigint[]) => all.reduce((total, one) => total + one, 0n);
      expect(sum(await moneyOf()) + held).toBe(sum(before));
    });
    await fc.assert(property, { numRuns: IS_DEEP ? FUZZED / 10 : 12 });
  });
});

/** An instruction with a bit turned, accounts swapped, one left out, one that may not change. */
function spoil(
  instruction: Instruction,
  changes: {
    readonly bit: number | null;
    readonly swapped: readonly [number, number] | null;
    readonly dropped: number | null;
    readonly readonly: number | null;
  },
): Instruction {
  const data = Uint8Array.from(instruction.data ?? []);
  const at = changes.bit === null ? -1 : (changes.bit >> 3) % Math.max(1, data.length);
  if (at >= 0) data[at] = (data[at] ?? 0) ^ (1 << ((changes.bit ?? 0) & 7));
  const accounts = [...(instruction.accounts ?? [])];
  const [left, right] = (changes.swapped ?? [0, 0]).map((one) => one % accounts.length);
  const [one, two] = [accounts[left ?? 0], accounts[right ?? 0]];
  if (one !== undefined && two !== undefined) {
    accounts[left ?? 0] = two;
    accounts[right ?? 0] = one;
  }
  const weakened = changes.readonly === null ? undefined : accounts[changes.readonly];
  if (weakened?.role === AccountRole.WRITABLE)
    accounts[changes.readonly ?? 0] = { ...weakened, role: AccountRole.READONLY };
  if (changes.dropped !== null && changes.dropped < accounts.length) accounts.splice(changes.dropped, 1);
  return { ...instruction, accounts, data };
}

function expectAlike(task: TaskState, machine: SolanaTask): void {
  const { phase, atSeconds, deadlineSeconds, plan } = machine;
  expect(task).toMatchObject({ phase, atSeconds, deadlineSeconds, reason: plan?.reason });
  expect(task.minerAmount).toBe(plan?.minerAmount ?? 0n);
}
