import { type LogData, silentLogger } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { honest, startRawMiner } from "./rawMiner.js";
import {
  addressOf,
  aRequest,
  ask,
  introduce,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const config = { chainPollMs: 20 };
const viewOf = ({ gateway }: TestRouter, name: string) =>
  gateway.network().miners.find(({ address }) => address === addressOf(name));
const untilVerified = (router: TestRouter, name: string, isVerified: boolean) =>
  until(() => (viewOf(router, name)?.verifiedUntil !== undefined) === isVerified);

describe("a miner that isn't verified any more", () => {
  it("gets no task from the next look at the chain on, and tasks again when it is verified again", async () => {
    const router = await startTestRouter({ config });
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const request = aRequest(router, "hello");
    expect((await ask(router, request)).failed).toBeUndefined();
    router.chain.setVerification(address, { isVerified: false });
    await untilVerified(router, "miner", false);
    expect((await ask(router, request)).failed).toEqual({
      code: "no_miner",
      message: "None of the miners that offer this model is verified now.",
    });
    expect(router.router.readiness()).toEqual({ isReady: false, reasons: ["No connected miner is verified."] });
    expect(router.gateway.models()).toMatchObject([{ id: "scripted", miners: 0 }]);
    router.chain.setVerification(address, { isVerified: true });
    await untilVerified(router, "miner", true);
    expect((await ask(router, request)).failed).toBeUndefined();
    expect(router.gateway.models()).toMatchObject([{ id: "scripted", miners: 1 }]);
    expect(router.router.readiness().isReady).toBe(true);
  });

  it("is out at the second its verification ends, whatever the chain was last asked", async () => {
    const router = await startTestRouter({ config: { chainPollMs: 3_600_000 } });
    const address = introduce([router], "miner");
    router.chain.setVerification(address, { expires: Math.floor(Date.now() / 1_000) + 2 });
    await startScriptedMiner(router, { name: "miner", isIntroduced: true });
    expect((await ask(router, aRequest(router, "hello"))).failed).toBeUndefined();
    await untilVerified(router, "miner", false);
    expect((await ask(router, aRequest(router, "hello"))).failed).toMatchObject({ code: "no_miner" });
  });
});

describe("a miner that a jury's verdict freezes", () => {
  it("gets no task while it is frozen, verified as it is", async () => {
    const router = await startTestRouter({ config });
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const readiness = () => router.router.readiness().isReady;
    await until(readiness);
    router.chain.frozen.add(address);
    await until(() => !readiness());
    expect((await ask(router, aRequest(router, "hello"))).failed).toMatchObject({ code: "no_miner" });
    expect(router.gateway.models()).toMatchObject([{ id: "scripted", miners: 0 }]);
    expect(viewOf(router, "miner")?.verifiedUntil).toBeDefined();
    router.chain.frozen.clear();
    await until(readiness);
    expect((await ask(router, aRequest(router, "hello"))).failed).toBeUndefined();
  });
});

describe("a router's place on the list of verifiers", () => {
  const LIST = "verifierList";

  /** A router, and what it says of it. */
  async function startTelling(requireVerified = true) {
    const said: { readonly level: string; readonly message: string; readonly data: LogData }[] = [];
    const note = (level: string) => (message: string, data?: LogData) => {
      if (data !== undefined && LIST in data) said.push({ level, message, data });
    };
    const log = { ...silentLogger, info: note("info"), warn: note("warn") };
    return { said, router: await startTestRouter({ config: { ...config, requireVerified }, log }) };
  }

  it("is told at its start and when it changes, with what to do when it has none", async () => {
    const { said, router } = await startTelling();
    const { address } = router.identity.signer;
    const isNone = {
      level: "warn",
      message: expect.stringContaining("isn't a verifier: its miners get work only while"),
    };
    expect(said).toMatchObject([{ ...isNone, data: { router: address, remedy: expect.stringContaining(address) } }]);
    expect(router.gateway.network().router.isVerifier).toBe(false);
    router.chain.isVerifier = true;
    await until(() => router.gateway.network().router.isVerifier);
    router.chain.isVerifier = false;
    await until(() => !router.gateway.network().router.isVerifier);
    expect(said.slice(1)).toMatchObject([{ level: "info", message: "This router is a verifier" }, isNone]);
  });

  it("is no matter where unverified miners get work", async () => {
    const { said } = await startTelling(false);
    expect(said).toMatchObject([{ level: "info", message: expect.stringContaining("get work unverified") }]);
  });
});

describe("what a miner offers", () => {
  it("in another kernel class than it was verified in gets no task", async () => {
    const router = await startTestRouter({ config });
    const offer = { kernelClass: `0x${"c1".repeat(32)}` } as const;
    const miner = await startRawMiner(router, { name: "miner", onTask: honest(3), offer });
    expect((await ask(router, aRequest(router, "hello"))).failed).toBeUndefined();
    const [model] = miner.advertisement.models;
    if (model === undefined) throw new Error("nothing is offered");
    miner.advertise({ models: [{ ...model, kernelClass: `0x${"c2".repeat(32)}` }] });
    await until(() => router.gateway.models()[0]?.miners === 0);
    expect((await ask(router, aRequest(router, "hello"))).failed).toMatchObject({ code: "no_miner" });
  });

  it("sets no price, and drives nobody out, while it isn't verified", async () => {
    const router = await startTestRouter({ config });
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const cheap = introduce([router], "cheap");
    router.chain.setVerification(cheap, { isVerified: false });
    const prices = { weiPerTokenIn: 1n, weiPerTokenOut: 1n };
    await startScriptedMiner(router, { name: "cheap", prices, isIntroduced: true });
    expect(router.gateway.models()).toMatchObject([{ miners: 1, ...PRICES }]);
    const answer = await ask(router, aRequest(router, "hello"));
    const { payees } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ miner }) => miner)).toEqual([address]);
  });

  it("sets no price, and has no task refused, before its operator's stake is read", async () => {
    const router = await startTestRouter({ config });
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const cheap = introduce([router], "cheap");
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const readStakeWei = router.chain.readStakeWei.bind(router.chain);
    router.chain.readStakeWei = async (operator) => {
      if (operator === addressOf("owner of cheap")) await held;
      return readStakeWei(operator);
    };
    const prices = { weiPerTokenIn: 1n, weiPerTokenOut: 1n };
    await startScriptedMiner(router, { name: "cheap", prices, isIntroduced: true });
    const payeeNow = async () => {
      const { taskId, failed } = await ask(router, aRequest(router, "hello"));
      expect(failed).toBeUndefined();
      return (await receiptOf(router, taskId)).payees[0]?.miner;
    };
    expect(await payeeNow()).toBe(address);
    letGo();
    await untilVerified(router, "cheap", true);
    expect(await payeeNow()).toBe(cheap);
  });

  it("is served all the same by a router that doesn't require it", async () => {
    const router = await startTestRouter({ config: { ...config, requireVerified: false } });
    const address = introduce([router], "miner");
    router.chain.setVerification(address, { isVerified: false });
    await startScriptedMiner(router, { name: "miner", isIntroduced: true });
    expect((await ask(router, aRequest(router, "hello"))).failed).toBeUndefined();
  });
});

describe("while the chain is away", () => {
  it("a verified miner that comes back goes on as it was", async () => {
    const router = await startTestRouter({ config });
    const options = { name: "miner", onTask: honest(3) };
    const first = await startRawMiner(router, options);
    first.link.close("done");
    await until(() => viewOf(router, "miner") === undefined);
    router.chain.isDown = true;
    const again = await startRawMiner(router, options);
    expect(viewOf(router, "miner")?.verifiedUntil).toBeGreaterThan(0);
    expect((await ask(router, aRequest(router, "hello"))).failed).toBeUndefined();
    expect(again.tasks).toHaveLength(1);
  });
});
