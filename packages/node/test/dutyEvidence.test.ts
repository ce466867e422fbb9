import { createApiServer } from "@cortensor/api";
import { createScriptedEngine } from "@cortensor/engine";
import { checkDuty } from "@cortensor/proof";
import { type Bytes32, beaconWithoutGuards, keccak256, setEntryId, utf8ToBytes } from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createNodeSigner, createSignatureCounter } from "../src/host/index.js";
import { createFetchDutyEvidence } from "../src/validator/fetchDutyEvidence.js";
import { PROFILE } from "./fakeChain.js";
import {
  aRequest,
  ask,
  keyOf,
  OPERATOR,
  onTearDown,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const SETTLEMENT = keccak256(utf8ToBytes("settlement"));
/** None turns while a test runs. */
const EPOCH_SECONDS = 86_400;
const SCRIPT = { reply: () => "one two three four" };
const NEVER = new AbortController().signal;
const signerOf = (name: string) => createNodeSigner(new Secret(keyOf(name)), createSignatureCounter(createMetrics()));

/** A router that serves over HTTP, one settled task, and the epoch whose verdicts are due: the task's own, by default. */
async function settledTask(ofEpoch = epochNow() - 1) {
  const beaconOf = (each: number) => (each > ofEpoch ? undefined : beaconWithoutGuards(PROFILE.chainId, each));
  const router = await startTestRouter({ beaconOf, epochSeconds: EPOCH_SECONDS });
  const miner = await startScriptedMiner(router, { name: "miner", script: SCRIPT });
  const { taskId } = await ask(router, aRequest(router, "a question", { temperature: 0 }));
  const { results, receipt } = await receiptOf(router, taskId);
  // Its miner signs it a moment later.
  await until(async () => (await router.books.findProofs(results)).length === results.length);
  await router.books.recordSettlement({ id: SETTLEMENT, taskIds: [taskId], state: "prepared" });
  const { gateway } = router;
  const server = createApiServer({ gateway, log: silentLogger, version: "test", cors: [] });
  onTearDown(() => server.close());
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const epoch = epochNow() - 1;
  router.chain.validators.add(`${signerOf("validator").address} ${epoch}`);
  const id = setEntryId(taskId);
  const task = { id, resultsHash: receipt.resultsHash, lane: OPERATOR, settlementId: SETTLEMENT };
  return { router, miner, url, epoch, task, results };
}

const epochNow = (): number => Math.floor((Date.now() / 1_000 - PROFILE.t0) / EPOCH_SECONDS);

function fetchAs(name: string, { router, url }: { readonly router: TestRouter; readonly url: string }) {
  const { chainId, addresses } = PROFILE;
  return createFetchDutyEvidence({
    chain: {
      ...{ chainId, guards: addresses.attestations, registry: addresses.registry },
      readNode: (signer) => router.chain.readNode(signer),
    },
    signer: signerOf(name),
    readRouterEndpoints: async () => ["no address", url],
  });
}

describe("what a validator is shown of a settled task", () => {
  it("is all that its receipt names, and passes the check of an engine of the same class", async () => {
    const test = await settledTask();
    const { task, epoch, results } = test;
    const evidence = await fetchAs("validator", test)({ task, epoch }, NEVER);
    if (evidence === undefined) throw new Error("nothing is shown");
    expect([evidence.bodies.length, evidence.missing]).toEqual([results.length, []]);
    expect(evidence.proofs.map(({ result, proof }) => [result, proof.signer])).toEqual(
      results.map((result) => [result, test.miner.address]),
    );
    const facts = { beacon: beaconWithoutGuards(PROFILE.chainId, evidence.epoch) };
    const checkWith = (engine: ReturnType<typeof createScriptedEngine>) =>
      checkDuty(engine, evidence.bodies, facts, { signal: NEVER }).then(({ finding }) => finding);
    expect((await checkWith(createScriptedEngine(SCRIPT))).outcome).toBe("passed");
    const other = await checkWith(createScriptedEngine({ reply: () => "one two three five" }));
    expect(other.outcome).toBe("failed");
    expect((await checkWith(createScriptedEngine({ ...SCRIPT, model: "another" }))).outcome).toBe("undecided");
  });

  it("is nothing for who committed to no secret of that epoch, and at another epoch's time", async () => {
    const test = await settledTask();
    const { task, epoch, router } = test;
    expect(await fetchAs("stranger", test)({ task, epoch }, NEVER)).toBeUndefined();
    for (const other of [epoch - 1, epoch + 1]) {
      router.chain.validators.add(`${signerOf("validator").address} ${other}`);
      expect(await fetchAs("validator", test)({ task, epoch: other }, NEVER)).toBeUndefined();
    }
  });

  it.each<[string, { id?: Bytes32; resultsHash?: Bytes32; settlementId?: Bytes32; lane?: `0x${string}` }]>([
    ["a task that isn't in the settlement", { id: SETTLEMENT }],
    ["another settlement", { settlementId: keccak256(utf8ToBytes("another")) }],
    ["other results than it was settled with", { resultsHash: SETTLEMENT }],
    ["another lane", { lane: `0x${"77".repeat(20)}` }],
  ])("is nothing for %s", async (_what, change) => {
    const test = await settledTask();
    const { task, epoch } = test;
    expect(await fetchAs("validator", test)({ task: { ...task, ...change }, epoch }, NEVER)).toBeUndefined();
  });

  it("is nothing where the receipt names an epoch that hadn't begun when it was settled", async () => {
    const test = await settledTask(epochNow());
    const { task, epoch } = test;
    expect(await fetchAs("validator", test)({ task, epoch }, NEVER)).toBeUndefined();
  });

  it("lacks the body of a miner that is gone", async () => {
    const test = await settledTask();
    const { task, epoch, router, miner, results } = test;
    await miner.stop();
    await until(() => router.gateway.network().miners.length === 0);
    const evidence = await fetchAs("validator", test)({ task, epoch }, NEVER);
    expect([evidence?.bodies, evidence?.missing]).toEqual([[], results]);
  });
});
