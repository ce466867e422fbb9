import { createScriptedEngine } from "@cortensor/engine";
import {
  type Bytes32,
  decodeWorkRecord,
  mergeWork,
  provenWork,
  registryDomain,
  setEntryId,
  type WorkRecord,
  type WorkTask,
} from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { PROFILE } from "./fakeChain.js";
import { honest, startRawMiner } from "./rawMiner.js";
import {
  aRequest,
  ask,
  OPERATOR,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
} from "./testNetwork.js";

afterEach(tearDown);

const HEAD = { chainId: PROFILE.chainId, lane: OPERATOR, epoch: 2 ** 31 };
const CHEAP = { weiPerTokenIn: 9n, weiPerTokenOut: 90n };
const LONG = Array.from({ length: 60 }, (_, at) => `word ${at}`).join(", ");
const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });

/** Everything that a stopped router told of: what it posted meanwhile, and what was still to be. */
async function toldBy({ books, chain }: TestRouter): Promise<WorkRecord> {
  const found = await Promise.all(chain.works.map(({ recordCid }) => books.findSettlementSet(recordCid)));
  const posted = found.flatMap((bytes) => bytes ?? []);
  for (const epoch of [HEAD.epoch, HEAD.epoch + 1]) {
    const sealed = await books.sealWork({ chainId: HEAD.chainId, epoch });
    if (sealed === undefined) break;
    posted.push(sealed.bytes);
    await books.endWork(sealed.epoch, "posted");
  }
  return mergeWork(HEAD, posted.map(decodeWorkRecord));
}

async function taskOf(router: TestRouter, taskId: Bytes32): Promise<WorkTask | undefined> {
  await router.stop();
  return (await toldBy(router)).ended.find(({ id }) => id === setEntryId(taskId));
}

describe("what a router tells of its tasks", () => {
  it("is who made an answer, and how fast, by its public id and nothing else", async () => {
    const router = await startTestRouter();
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const { taskId, done } = await ask(router, aRequest(router, "say this back"));
    await receiptOf(router, taskId);
    const seeded = await ask(router, aRequest(router, "and this", { userSeed: 5n }));
    await router.stop();
    const told = await toldBy(router);
    const task = told.ended.find(({ id }) => id === setEntryId(taskId));
    const { kernelClass, modelId } = createScriptedEngine().describe();
    expect(task).toMatchObject({ modelId, isSeeded: false, hasBegun: true });
    expect(task?.parts).toHaveLength(1);
    expect(task?.parts[0]).toMatchObject({ miner: address, kernelClass, outcome: "delivered", replica: 0, segment: 0 });
    expect([task?.parts[0]?.nIn, task?.parts[0]?.nOut]).toEqual([done?.nIn, done?.nOut]);
    expect(told.ended.find(({ id }) => id === setEntryId(seeded.taskId))?.isSeeded).toBe(true);
    expect(told.begun).toEqual([]);
  });

  it("has the word of a miner that died, signed by it before, and the miner that went on", async () => {
    const router = await startTestRouter();
    const script = { reply: () => LONG, tokensPerSecond: 40 };
    const dying = await startScriptedMiner(router, { name: "dying", script, prices: CHEAP });
    const good = await startScriptedMiner(router, { name: "good", script: { reply: () => LONG } });
    let tokens = 0;
    let stopping: Promise<void> | undefined;
    const onEvent = (): void => {
      tokens += 1;
      // A second of them: the miner's first batch is signed by then.
      if (tokens === 40) stopping = dying.stop();
    };
    const { taskId, text } = await ask(router, aRequest(router, "a question"), { onEvent });
    await stopping;
    expect(text).toBe(LONG);
    const task = await taskOf(router, taskId);
    expect(task?.parts.map(({ miner, outcome }) => [miner, outcome])).toEqual([
      [dying.address, "died"],
      [good.address, "delivered"],
    ]);
    const { ended } = provenWork({ ...HEAD, begun: [], ended: task === undefined ? [] : [task] }, domain);
    expect(ended[0]?.parts.map(({ word }) => word?.taskId)).toEqual([taskId, undefined]);
  });

  it("says of a failure without its miner's signature no more than that, and of a task that came to nothing that it ended", async () => {
    const router = await startTestRouter({ config: { handoversMax: 0 } });
    const liar = await startRawMiner(router, {
      name: "liar",
      onTask: (task) => {
        task.accept().tokensTo(5);
        liar.link.close("done");
      },
    });
    const { taskId, failed } = await ask(router, aRequest(router, "a question"));
    expect(failed).toBeDefined();
    const task = await taskOf(router, taskId);
    expect(task?.parts).toMatchObject([{ miner: liar.address, outcome: "died", nOut: 5 }]);
    expect(task?.parts[0]?.word).toBeUndefined();
  });

  it("leaves out a miner that refused", async () => {
    const router = await startTestRouter();
    await startRawMiner(router, {
      name: "refusing",
      offer: CHEAP,
      onTask: (task) => task.send({ kind: "refused", code: "busy", detail: "" }),
    });
    const good = await startRawMiner(router, { name: "good", onTask: honest(70), offer: PRICES });
    const { taskId } = await ask(router, aRequest(router, "a question"));
    const task = await taskOf(router, taskId);
    expect(task?.parts.map(({ miner, outcome }) => [miner, outcome])).toEqual([[good.address, "delivered"]]);
  });
});
