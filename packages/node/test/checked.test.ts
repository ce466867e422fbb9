import type { InferEvent } from "@cortensor/api";
import { createScriptedEngine } from "@cortensor/engine";
import { type Address, priceWei, registryDomain, verifyReceiptDocument } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { PROFILE } from "./fakeChain.js";
import { honest, N_IN, type RawTask, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  API_KEY,
  addressOf,
  aRequest,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
  untilOffered,
} from "./testNetwork.js";

afterEach(tearDown);

/** Cheaper than the others, so that it is asked first. */
const CHEAP = { weiPerTokenIn: 9n, weiPerTokenOut: 90n };
const LONG = Array.from({ length: 60 }, (_, at) => `word ${at}`).join(", ");

async function askChecked(router: TestRouter, signal = new AbortController().signal) {
  const caller = await router.gateway.authenticate(API_KEY);
  if (caller === undefined) throw new Error("the test key is unknown");
  const events: InferEvent[] = [];
  const asked = { signal, choice: { validation: "check" as const } };
  for await (const event of await router.gateway.infer(caller, aRequest(router, "hello"), asked)) events.push(event);
  const [started] = events;
  return {
    text: events.map((event) => (event.kind === "text" ? event.text : "")).join(""),
    taskId: started?.kind === "started" ? started.taskId : ("0x" as const),
    done: events.find((event) => event.kind === "done"),
    refusal: events.find((event) => event.kind === "failed")?.refusal,
  };
}

const saying = (name: string, text: string, prices = PRICES) => ({ name, prices, script: { reply: () => text } });
const lane = ({ gateway }: TestRouter) => gateway.lane({ account: ACCOUNT, custody: "custodial" });
const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });

async function payeesOf(router: TestRouter, taskId: `0x${string}`): Promise<readonly Address[]> {
  return (await receiptOf(router, taskId)).payees.map(({ miner }) => miner);
}

describe("an answer that is to be checked", () => {
  it("is given out when another owner's miner has found that it holds, at the price of a validated one", async () => {
    const router = await startTestRouter();
    const author = await startScriptedMiner(router, saying("author", LONG, CHEAP));
    const checker = await startScriptedMiner(router, saying("checker", LONG));
    const { text, done, taskId } = await askChecked(router);
    expect(text).toBe(LONG);
    expect(done).toMatchObject({ checked: { by: checker.address, verdict: "holds" }, label: "unproved" });
    const document = await receiptOf(router, taskId);
    expect(verifyReceiptDocument({ document, domain, routerSigner: router.identity.signer.address })).toEqual({
      kind: "valid",
    });
    const { receipt, payees } = document;
    expect(payees).toMatchObject([{ miner: author.address, from: 0, to: receipt.nOut }]);
    const terms = { redundant: 1, numOfValidatorNodes: 1, sla: 0, privacy: "open" } as const;
    expect(receipt.feeWei).toBe(priceWei({ model: CHEAP, terms, nIn: receipt.nIn, nOut: receipt.nOut }));
    await until(async () => (await lane(router)).heldWei === 0n);
  });

  it("is made again when it is wrong: the client sees nothing of it, and its miner is paid nothing", async () => {
    const router = await startTestRouter();
    const liar = await startScriptedMiner(router, saying("liar", `${LONG} and a lie`, CHEAP));
    const others = [
      await startScriptedMiner(router, saying("one", LONG)),
      await startScriptedMiner(router, saying("two", LONG)),
    ].map(({ address }) => address);
    const { text, done, taskId } = await askChecked(router);
    expect(text).toBe(LONG);
    expect(others).toContain(done?.checked?.by);
    const [payee, ...more] = await payeesOf(router, taskId);
    expect(more).toEqual([]);
    expect(others.filter((one) => one !== done?.checked?.by)).toEqual([payee]);
    const { payees } = await receiptOf(router, taskId);
    expect(payees.some(({ miner }) => miner === liar.address)).toBe(false);
  });

  it("comes through a checker that lies: another author's answer is checked by another", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, saying("first", LONG, CHEAP));
    const liar = await startScriptedMiner(
      router,
      saying("liar", "a lie", { weiPerTokenIn: 11n, weiPerTokenOut: 110n }),
    );
    await startScriptedMiner(router, saying("second", LONG));
    await startScriptedMiner(router, saying("third", LONG));
    const { text, done, taskId } = await askChecked(router);
    expect(text).toBe(LONG);
    expect(done?.checked?.by).not.toBe(liar.address);
    expect(await payeesOf(router, taskId)).not.toContain(liar.address);
  });

  it("comes through one checker that lies among three owners: two authors that make the same outvote it", async () => {
    const router = await startTestRouter();
    const differs = { what: "token", position: 0 } as const;
    const liar = await startRawMiner(router, {
      name: "liar",
      onTask: honest(5),
      checks: { kind: "checked", verdict: "wrong", differs },
      // Too small for any task.
      offer: { contextTokens: 8 },
    });
    const others = [
      await startScriptedMiner(router, saying("one", LONG)),
      await startScriptedMiner(router, saying("two", LONG)),
    ].map(({ address }) => address);
    // Each time another is drawn to check.
    for (let time = 0; time < 8; time += 1) {
      const { text, done, taskId } = await askChecked(router);
      expect(text).toBe(LONG);
      expect(new Set([done?.checked?.by, ...(await payeesOf(router, taskId))])).toEqual(new Set(others));
    }
    expect(liar.tasks).toEqual([]);
  });

  it("is made again when its miner doesn't show what it signed", async () => {
    const router = await startTestRouter();
    const hiding = await startRawMiner(router, { name: "hiding", onTask: honest(40), offer: CHEAP });
    await startScriptedMiner(router, saying("one", LONG));
    await startScriptedMiner(router, saying("two", LONG));
    const { text, taskId } = await askChecked(router);
    expect(text).toBe(LONG);
    expect(await payeesOf(router, taskId)).not.toContain(hiding.address);
    expect(hiding.tasks).toHaveLength(1);
  });

  it("is begun anew when its miner fails half-way: no answer is of two miners", async () => {
    const router = await startTestRouter();
    const failing = (task: RawTask): void => {
      task.accept().tokensTo(40).send({ kind: "failed", code: "broken", detail: "" });
    };
    const broken = await startRawMiner(router, { name: "broken", onTask: failing, offer: CHEAP });
    await startScriptedMiner(router, saying("one", LONG));
    await startScriptedMiner(router, saying("two", LONG));
    const { text, taskId } = await askChecked(router);
    expect(text).toBe(LONG);
    const { payees } = await receiptOf(router, taskId);
    expect(payees).toHaveLength(1);
    expect(payees[0]).toMatchObject({ segment: 0, from: 0 });
    expect(payees[0]?.miner).not.toBe(broken.address);
    expect(broken.tasks[0]?.received.some(({ kind }) => kind === "acknowledged")).toBe(true);
  });

  it("isn't there, nor charged, when nobody who is asked can say", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, saying("author", LONG, CHEAP));
    await startRawMiner(router, { name: "busy", onTask: honest(5) });
    const { text, refusal } = await askChecked(router);
    expect(text).toBe("");
    expect(refusal).toEqual({ code: "miner_failed", message: "Nobody could check the answer." });
    expect(await lane(router)).toMatchObject({ spentWei: 0n, heldWei: 0n });
  });

  it("is paid as far as it was made when its client goes", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, saying("checker", LONG));
    const onTask = (task: RawTask): void => void task.accept().tokensTo(32);
    const author = await startRawMiner(router, { name: "author", onTask, offer: CHEAP });
    const leaving = new AbortController();
    const answering = askChecked(router, leaving.signal);
    await until(() => author.tasks.length === 1);
    const [task] = author.tasks;
    leaving.abort();
    await until(() => task?.received.some(({ kind }) => kind === "abort") === true);
    task?.finish({ finish: "abort" });
    const { done, text } = await answering;
    expect(text).toBe("");
    expect(done).toMatchObject({ finish: "abort", nIn: N_IN, nOut: 32 });
    expect(done?.checked).toBeUndefined();
  });
});

describe("an answer that nobody could check", () => {
  const NOBODY = {
    code: "no_miner",
    message:
      "No verified miner of a second owner, in a kernel class that answers with scripted, is here to check its answers.",
  };

  it("is refused by name, and nothing is held: one miner", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, saying("alone", LONG));
    expect((await askChecked(router)).refusal).toEqual(NOBODY);
    expect(await lane(router)).toMatchObject({ spentWei: 0n, heldWei: 0n });
  });

  it("is refused by name: two miners of one owner, and one of another kernel class", async () => {
    const router = await startTestRouter();
    const { kernelClass } = createScriptedEngine().describe();
    for (const name of ["one", "two"]) {
      router.chain.register(addressOf(name), { owner: addressOf("owner"), role: "miner", kernelClass });
    }
    router.chain.setStake(addressOf("owner"), 10n ** 30n);
    for (const name of ["one", "two"]) {
      const { address } = await startScriptedMiner(router, { ...saying(name, LONG), isIntroduced: true });
      await untilOffered(router, address);
    }
    const other = `0x${"c1".repeat(32)}` as const;
    await startRawMiner(router, { name: "elsewhere", onTask: honest(5), offer: { kernelClass: other } });
    expect((await askChecked(router)).refusal).toEqual(NOBODY);
  });
});
