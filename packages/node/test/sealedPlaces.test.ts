import { afterEach, describe, expect, it } from "vitest";
import { SealedClient } from "./sealedClient.js";
import { untilSealing } from "./supportCast.js";
import { ACCOUNT, API_KEY, startScriptedMiner, startTestRouter, type TestRouter, tearDown } from "./testNetwork.js";

afterEach(tearDown);

/** A miner that clients can seal to, of so many sequences. */
async function startSealing(slots: number): Promise<TestRouter> {
  const router = await startTestRouter();
  await startScriptedMiner(router, { name: "anna", script: { reply: () => "x", slots }, prekeys: new Map() });
  await untilSealing(router);
  return router;
}

/** Keys of as many customers of the operator: each is a client of its own. */
async function keysOf({ gateway }: TestRouter, count: number): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const made = await gateway.keys.create({ account: ACCOUNT, name: `customer ${index}` });
    if (made.kind !== "created") throw new Error(made.message);
    keys.push(made.key);
  }
  return keys;
}

describe("sealed tasks that are asked for at once", () => {
  it("have no more of a miner's places than it has, however many wait for one", async () => {
    const router = await startSealing(1);
    // One runs, and one is sent ahead.
    const places = 2;
    let [held, heldMost] = [0, 0];
    const askOne = async (key: string): Promise<void> => {
      const client = new SealedClient(router, "hello", {}, key);
      const { assignment } = await client.assigned();
      held += 1;
      heldMost = Math.max(heldMost, held);
      await client.caller();
      held -= 1;
      expect(router.gateway.sealed.drop(await client.caller(), assignment.taskId)).toBe(true);
    };
    await Promise.all((await keysOf(router, 12)).map(askOne));
    expect([held, heldMost]).toEqual([0, places]);
  });

  it("wait for their envelopes up to eight of a client, and a ninth is told when to come back; another client's isn't", async () => {
    const router = await startSealing(32);
    const ask = (key: string) => new SealedClient(router, "hello", {}, key).assign();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => ask(API_KEY)));
    const assigned = outcomes.flatMap((outcome) => (outcome.kind === "assigned" ? [outcome.assigned] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome.refusal] : []));
    expect([assigned.length, refused.length]).toEqual([8, 4]);
    for (const one of refused) expect(one).toMatchObject({ code: "overloaded", retryAfterSeconds: 1 });
    const [another = ""] = await keysOf(router, 1);
    expect(await ask(another)).toMatchObject({ kind: "assigned" });

    const [first, second] = assigned;
    if (first === undefined || second === undefined) throw new Error("nothing was assigned");
    const client = new SealedClient(router, "hello");
    expect(router.gateway.sealed.drop(await client.caller(), first.assignment.taskId)).toBe(true);
    expect(await ask(API_KEY)).toMatchObject({ kind: "assigned" });
    expect(await ask(API_KEY)).toMatchObject({ kind: "refused", refusal: { code: "overloaded" } });
    // Its envelope has come, whatever it is worth.
    expect(await client.send((await client.seal(second)).envelope)).toMatchObject({ kind: "streaming" });
    expect(await ask(API_KEY)).toMatchObject({ kind: "assigned" });
    expect(await ask(API_KEY)).toMatchObject({ kind: "refused", refusal: { code: "overloaded" } });
  });
});
