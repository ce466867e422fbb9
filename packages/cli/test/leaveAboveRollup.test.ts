import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, addressOfPrivateKey } from "@cortensor/protocol";
import { createWithdrawalCarrier, MESSAGE_PASSER, type WithdrawalStep } from "@cortensor/rollup";
import { HourlyBudget, systemClock } from "@cortensor/runtime";
import { encodeFunctionData, parseAbi, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { bridgedCorAbi } from "../../chain/src/generated/BridgedCor.js";
import {
  at,
  COR,
  corOf,
  KEYS,
  openRollupParent,
  passOn,
  type RollupParent,
  until,
  WINDOW_SECONDS,
} from "./leavingParents.js";
import { endOperator, type LeavingWorld, leave, openWorld, SILENCE_SECONDS, settle, stageOf } from "./leavingWorld.js";
import { contextIn } from "./runInHome.js";

/** Who is paid on the L2, and has nothing there before. */
const PAID_KEY = anvilKey(8);
const PAID = addressOfPrivateKey(PAID_KEY);
/** An account of nobody's on Ethereum. */
const HOME: Address = "0x00000000000000000000000000000000000a11ce";
const PASSER = parseAbi(["function initiateWithdrawal(address _target, uint256 _gasLimit, bytes _data) payable"]);

describe("leaving a chain above an L2 that is an OP Stack chain itself", { timeout: 240_000 }, () => {
  let world: LeavingWorld<RollupParent>;
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-cli-leave-"));
    world = await openWorld(home, await openRollupParent());
    await contextIn(home).keystore({ mayGenerate: false }).import("alice", KEYS.alice);
  }, 480_000);
  afterAll(async () => {
    await world?.running.stop();
    await world?.parent.stop();
    await rm(home, { recursive: true, force: true });
  });

  const coinsOf = (door: { readonly url: string; readonly chainId: number }, address: Address) =>
    at(door, KEYS.outsider).client.getBalance({ address });

  it("waits by the L2's clock, and then pays COR and coins out there, once", async () => {
    await settle(world);
    await endOperator(world);
    expect(await leave(world, "alice", PAID)).toMatchObject({ stage: { kind: "asked" }, steps: [] });
    await world.parent.pass(SILENCE_SECONDS - 300);
    expect(await leave(world, "alice", PAID)).toMatchObject({ stage: { kind: "asked" }, steps: [] });
    await world.parent.pass(301);
    expect(await leave(world, "alice", PAID)).toMatchObject({
      stage: { kind: "fixed" },
      steps: [
        { kind: "paid", holding: "balance", amountWei: String(40n * COR) },
        { kind: "coinsProposed" },
        { kind: "coinsWaiting" },
      ],
    });
    await world.parent.pass(WINDOW_SECONDS + 1);
    expect(await leave(world, "alice", PAID)).toMatchObject({ steps: [{ kind: "paidBefore" }, { kind: "coinsPaid" }] });
    expect(await leave(world, "alice", PAID)).toMatchObject({
      steps: [{ kind: "paidBefore" }, { kind: "coinsPaidBefore" }],
    });
    expect([await corOf(world.parent, PAID), await coinsOf(world.parent, PAID)]).toEqual([40n * COR, parseEther("3")]);
    expect(await stageOf(world)).toMatchObject({ kind: "fixed" });
  });

  it("lets all of that go on to the L1 by the L2's own withdrawals, whose operator is there", async () => {
    const { parent } = world;
    const { ethereum, opChain } = parent;
    const { send } = at(parent, PAID_KEY);
    const args = [HOME, 40n * COR] as const;
    const up = encodeFunctionData({ abi: bridgedCorAbi, functionName: "withdraw", args });
    await send({ call: "withdraw", to: parent.cor, data: up });
    const out = encodeFunctionData({ abi: PASSER, functionName: "initiateWithdrawal", args: [HOME, 100_000n, "0x"] });
    await send({ call: "initiateWithdrawal", to: MESSAGE_PASSER, data: out, value: parseEther("2") });
    // Two that would cost whoever carries them, and that nobody is helped by.
    for (const [target, gas] of [
      [opChain.contracts.optimismPortal, 100_000n],
      [HOME, 1_000_000_000n],
    ] as const) {
      const data = encodeFunctionData({ abi: PASSER, functionName: "initiateWithdrawal", args: [target, gas, "0x"] });
      await send({ call: "initiateWithdrawal", to: MESSAGE_PASSER, data });
    }
    const taken: WithdrawalStep["kind"][] = [];
    const held: string[] = [];
    const left: string[] = [];
    const carrierOf = (capWei: bigint) =>
      createWithdrawalCarrier({
        ...{ chain: opChain, chainRpcUrl: parent.url, parentRpcUrl: ethereum.url, key: KEYS.outsider },
        ...{ clock: systemClock, budget: new HourlyBudget(capWei) },
        onStep: ({ kind }) => taken.push(kind),
        onCapped: (withdrawalHash) => held.push(withdrawalHash),
        onLeft: (withdrawalHash) => left.push(withdrawalHash),
        onError: (error) => {
          throw error;
        },
      });
    const poor = carrierOf(1n);
    await until("outputs", async () => {
      await poor.look();
      return new Set(held).size === 2;
    });
    expect([taken, new Set(left).size]).toEqual([[], 2]);
    const carrier = carrierOf(parseEther("1"));
    const carryUntil = (count: number) =>
      until(`${count} steps`, async () => {
        await carrier.look();
        return taken.length === count;
      });
    await carryUntil(2);
    expect([await corOf(ethereum, HOME), await coinsOf(ethereum, HOME)]).toEqual([0n, 0n]);
    const { timestamp } = await at(ethereum, KEYS.outsider).client.getBlock();
    await passOn(ethereum, Number(timestamp) + WINDOW_SECONDS + 1);
    await carryUntil(4);
    expect(taken).toEqual(["prove", "prove", "finalise", "finalise"]);
    expect([await corOf(ethereum, HOME), await coinsOf(ethereum, HOME)]).toEqual([40n * COR, parseEther("2")]);
  });
});
