import type { EvidenceOutcome } from "@cortensor/api";
import { type Bytes32, bodyFault, isSignedByMiner, registryDomain, tokenRootOf } from "@cortensor/protocol";
import { Secret } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { honest, type RawTask, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  API_KEY,
  aRequest,
  ask,
  hashOf,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const OTHER_KEY = "ck-neighbour";

async function evidenceBy(router: TestRouter, taskId: Bytes32, bearer: string): Promise<EvidenceOutcome> {
  const caller = await router.gateway.authenticate(bearer);
  if (caller === undefined) throw new Error("unknown key");
  return router.gateway.evidence.find(taskId, caller);
}

describe("a task's evidence", () => {
  it("is fetched from its miner for whoever asked the task, and is what the receipt names", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner", script: { reply: () => "one two three" } });
    const { taskId } = await ask(router, aRequest(router, "a private question"));
    const { results } = await receiptOf(router, taskId);
    const outcome = await evidenceBy(router, taskId, API_KEY);
    if (outcome.kind !== "found") throw new Error(outcome.kind);
    const { bodies, missing } = outcome.evidence;
    expect(missing).toEqual([]);
    expect(bodies.map((body, at) => bodyFault(body, results[at] ?? "0x"))).toEqual([undefined]);
    expect(bodies[0]?.prompt).toEqual({ kind: "text", text: "a private question" });
  });

  it("is for the key that asked, not for another one of the same account; an auditor has all", async () => {
    const router = await startTestRouter({ config: { auditorToken: new Secret("auditor") } });
    await router.books.putKey({ keyHash: await hashOf(OTHER_KEY), account: ACCOUNT, name: "other", revoked: false });
    await startScriptedMiner(router, { name: "miner" });
    const first = await ask(router, aRequest(router, "mine"));
    await receiptOf(router, first.taskId);
    const second = await ask(router, aRequest(router, "theirs"), { bearer: OTHER_KEY });
    await receiptOf(router, second.taskId);
    expect(await evidenceBy(router, first.taskId, OTHER_KEY)).toEqual({ kind: "foreign" });
    expect((await evidenceBy(router, second.taskId, OTHER_KEY)).kind).toBe("found");
    const { evidence } = router.gateway;
    expect([evidence.isAuditor("auditor"), evidence.isAuditor(API_KEY), evidence.isAuditor("admin")]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await evidence.find(first.taskId, "auditor")).kind).toBe("found");
    expect(await evidence.recent(2)).toEqual([second.taskId, first.taskId]);
    expect(await evidence.find(`0x${"00".repeat(32)}`, "auditor")).toEqual({ kind: "unknown" });
  });

  it("has no auditor where the operator named none", async () => {
    const router = await startTestRouter();
    expect(router.gateway.evidence.isAuditor("")).toBe(false);
  });

  it("has the last checkpoint that a miner signed before it was given up, beside its successor's body", async () => {
    const router = await startTestRouter();
    await startRawMiner(router, { name: "good", onTask: honest(100) });
    const dying = await startRawMiner(router, {
      name: "dying",
      offer: { weiPerTokenOut: 99n },
      onTask: (task) => {
        task.accept().tokensTo(70);
        dying.sign();
        dying.link.close("done");
      },
    });
    const { taskId } = await ask(router, aRequest(router, "a question"));
    const { payees } = await receiptOf(router, taskId);
    expect(payees[0]).toMatchObject({ miner: dying.address, from: 0, to: 64 });
    const outcome = await evidenceBy(router, taskId, API_KEY);
    const checkpoints = outcome.kind === "found" ? outcome.evidence.checkpoints : [];
    const tokenRoot = tokenRootOf(Array.from({ length: 64 }, (_, id) => id));
    expect(checkpoints.map(({ checkpoint }) => checkpoint)).toEqual([
      { taskId, miner: dying.address, replica: 0, segment: 0, position: 64, tokenRoot },
    ]);
    const domain = registryDomain(router.identity.node);
    expect(checkpoints.every((one) => isSignedByMiner(one, domain))).toBe(true);
  });

  it.each<[string, (task: RawTask) => void]>([
    ["it signed none", (task) => void task.accept().tokensTo(70)],
    ["it was given up before its first", (task) => void task.accept().tokensTo(31)],
  ])("has no checkpoint of a miner where %s", async (_what, work) => {
    const router = await startTestRouter();
    await startRawMiner(router, { name: "good", onTask: honest(100) });
    const dying = await startRawMiner(router, {
      name: "dying",
      offer: { weiPerTokenOut: 99n },
      proves: false,
      onTask: (task) => {
        work(task);
        dying.link.close("done");
      },
    });
    const { taskId } = await ask(router, aRequest(router, "a question"));
    await receiptOf(router, taskId);
    expect(await evidenceBy(router, taskId, API_KEY)).toMatchObject({ kind: "found", evidence: { checkpoints: [] } });
  });

  it("is missing when the miner is gone", async () => {
    const router = await startTestRouter();
    const gone = await startScriptedMiner(router, { name: "gone" });
    const { taskId } = await ask(router, aRequest(router, "hello"));
    const { results } = await receiptOf(router, taskId);
    await gone.stop();
    await until(() => router.gateway.network().miners.length === 0);
    expect(await evidenceBy(router, taskId, API_KEY)).toMatchObject({
      kind: "found",
      evidence: { taskId, bodies: [], missing: results, checkpoints: [] },
    });
  });

  it("is missing when the miner shows another body than it signed, whichever it shows", async () => {
    const router = await startTestRouter();
    const honestMiner = await startScriptedMiner(router, { name: "honest" });
    const first = await ask(router, aRequest(router, "hello"));
    await receiptOf(router, first.taskId);
    const outcome = await evidenceBy(router, first.taskId, API_KEY);
    const body = outcome.kind === "found" ? outcome.evidence.bodies[0] : undefined;
    if (body === undefined) throw new Error("nothing to show instead");
    await honestMiner.stop();

    const asked: Bytes32[] = [];
    await startRawMiner(router, {
      name: "liar",
      onTask: honest(3),
      shows: (address) => {
        asked.push(address);
        return { kind: "body", body };
      },
    });
    const { taskId } = await ask(router, aRequest(router, "hello again"));
    const { results } = await receiptOf(router, taskId);
    expect(await evidenceBy(router, taskId, API_KEY)).toMatchObject({ evidence: { bodies: [], missing: results } });
    expect(asked).toEqual(results);
  });
});
