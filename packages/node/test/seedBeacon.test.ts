import { epochAt } from "@cortensor/chain";
import { type Bytes32, beaconWithoutGuards, keccak256, seedSource, utf8ToBytes } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { PROFILE } from "./fakeChain.js";
import { honest, startRawMiner } from "./rawMiner.js";
import {
  aRequest,
  ask,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

/** What guards made of their secrets. */
const guarded = (epoch: number): Bytes32 => keccak256(utf8ToBytes(`beacon of ${epoch}`));
const EPOCH_SECONDS = 1;

const epochNow = ({ chain }: TestRouter): number => epochAt(chain.profile, Math.floor(Date.now() / 1_000));

describe("a task's seed", () => {
  it("is of the chain's beacon of the epoch that its assignment names", async () => {
    const router = await startTestRouter({ beaconOf: guarded });
    const miner = await startRawMiner(router, { name: "miner", onTask: honest(3) });
    await ask(router, aRequest(router, "a question"));
    const [task] = miner.tasks;
    if (task === undefined) throw new Error("no task came");
    const { assignment, task: bound, seedSource: source } = task.start;
    const { taskId, epoch } = assignment;
    const { userNonce } = bound;
    expect(epochNow(router) - epoch).toBeLessThanOrEqual(1);
    expect(source).toBe(seedSource({ taskId, userNonce, beacon: guarded(epoch) }));
    expect(guarded(epoch)).not.toBe(beaconWithoutGuards(router.chain.profile.chainId, epoch));
  });

  it("is refused by a miner whose chain shows another beacon, and taken by one whose chain shows the router's", async () => {
    const router = await startTestRouter({ beaconOf: guarded });
    const readBeacon = async (epoch: number) => beaconWithoutGuards(router.chain.profile.chainId, epoch);
    await startScriptedMiner(router, { name: "elsewhere", readBeacon });
    const refused = await ask(router, aRequest(router, "a question"));
    expect([refused.failed?.code, refused.text]).toEqual(["overloaded", ""]);
    await startScriptedMiner(router, { name: "here" });
    const answer = await ask(router, aRequest(router, "a question"));
    expect(answer.text).toBe("You said: a question");
  });

  it("stays what it was when the epoch turns in mid-answer and another miner goes on", async () => {
    const router = await startTestRouter({ beaconOf: guarded, epochSeconds: EPOCH_SECONDS });
    const dying = await startRawMiner(router, {
      name: "dying",
      offer: { weiPerTokenOut: 99n },
      onTask: async (task) => {
        task.accept().tokensTo(40, () => "a, ");
        const { epoch } = task.assignment;
        // Until what begins now is of a later one.
        await until(() => epochNow(router) > epoch + 1);
        dying.link.close("done");
      },
    });
    const next = await startRawMiner(router, { name: "next", onTask: honest(50) });
    const answer = await ask(router, aRequest(router, "a question"));
    expect(answer.done).toMatchObject({ finish: "stop", segments: 2 });
    const later = await ask(router, aRequest(router, "another"));
    expect(later.done?.segments).toBe(1);
    const [first] = dying.tasks;
    const [second, third] = next.tasks;
    const epochs = [first, second, third].map((task) => task?.assignment.epoch ?? 0);
    expect(epochs[1]).toBe(epochs[0]);
    expect(epochs[2]).toBeGreaterThan(epochs[0] ?? 0);
    expect(second?.start.seedSource).toBe(first?.start.seedSource);
  });

  it("is taken over by a real miner after the turn, out of its own look at the chain", async () => {
    const router = await startTestRouter({ beaconOf: guarded, epochSeconds: EPOCH_SECONDS });
    const text = "word ".repeat(150);
    const script = { reply: () => text, tokensPerSecond: 100 };
    const prices = { weiPerTokenIn: 10n, weiPerTokenOut: 90n };
    const first = await startScriptedMiner(router, { name: "first", script, prices });
    await startScriptedMiner(router, { name: "second", script });
    let stopping: Promise<void> | undefined;
    let startedIn = 0;
    const disturbed = await ask(router, aRequest(router, "tell me"), {
      onEvent: (event) => {
        if (event.kind === "started") startedIn = epochNow(router);
        if (event.kind === "text" && epochNow(router) > startedIn) stopping ??= first.stop();
      },
    });
    await stopping;
    expect(disturbed.done?.segments).toBe(2);
    expect(disturbed.text).toBe(text);
  });
});

describe("a router that can't read its chain", () => {
  it("goes on with the last beacon that it knows, and its miners with it", async () => {
    const last = Math.floor((Date.now() / 1_000 - PROFILE.t0) / EPOCH_SECONDS);
    const beaconOf = (epoch: number) => (epoch > last ? undefined : guarded(epoch));
    const router = await startTestRouter({ beaconOf, epochSeconds: EPOCH_SECONDS });
    await startScriptedMiner(router, { name: "miner" });
    await ask(router, aRequest(router, "a question"));
    router.chain.isDown = true;
    await until(() => epochNow(router) > last + 1);
    const answer = await ask(router, aRequest(router, "another"));
    expect(answer.text).toBe("You said: another");
    expect((await receiptOf(router, answer.taskId)).receipt.epoch).toBe(last);
  });
});
