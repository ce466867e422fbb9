import { createApiServer } from "@cortensor/api";
import type { DisputeRecord } from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import { beaconWithoutGuards, setEntryId, ZERO_BYTES32 } from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createNodeSigner, createSignatureCounter } from "../src/host/index.js";
import { createFetchCaseEvidence } from "../src/judge/fetchCaseEvidence.js";
import { judgeResult } from "../src/judge/judgeResult.js";
import { PROFILE } from "./fakeChain.js";
import {
  addressOf,
  aRequest,
  ask,
  keyOf,
  onTearDown,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const NEVER = new AbortController().signal;
const readSeedBeacon = async (epoch: number) => beaconWithoutGuards(PROFILE.chainId, epoch);
const HONEST = { reply: () => "one two three four" };

/** A router that serves over HTTP, and an answered task whose result is disputed. */
async function disputedTask(script = HONEST, temperature = 1) {
  const router = await startTestRouter();
  const miner = await startScriptedMiner(router, { name: "miner", script });
  const { taskId } = await ask(router, aRequest(router, "a question", { temperature }));
  const { results } = await receiptOf(router, taskId);
  await until(async () => (await router.books.findProofs(results)).length === results.length);
  const { gateway } = router;
  const server = createApiServer({ gateway, log: silentLogger, version: "test", cors: [] });
  onTearDown(() => server.close());
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const { modelId, kernelClass } = createScriptedEngine(HONEST).describe();
  const parties = { miner: miner.address, client: addressOf("client"), opener: addressOf("opener") };
  const dispute: DisputeRecord = {
    ...{ number: 1, taskId: setEntryId(taskId), resultHash: results[0] ?? "0x", modelId, kernelClass, ...parties },
    ...{ appellant: undefined, feeWei: 1n, phase: "seated", atSeconds: 0, deadlineSeconds: 1, round: 1, tries: 0 },
    ...{ validators: [addressOf("validator")], committed: [], jurors: [addressOf("juror")], secondJurors: [] },
    ...{
      verdict: undefined,
      isAppealed: false,
      ending: undefined,
      frozenUntil: undefined,
      isSent: false,
      isOwn: false,
    },
  };
  router.chain.disputes.set(1, dispute);
  const fetchAs = (name: string) => {
    const { chainId, addresses } = PROFILE;
    return createFetchCaseEvidence({
      chain: { chainId, guards: addresses.attestations, registry: addresses.registry, readNode: async () => undefined },
      signer: createNodeSigner(new Secret(keyOf(name)), createSignatureCounter(createMetrics())),
      readRouterEndpoints: async () => ["no address", url],
    });
  };
  const judge = (engine = createScriptedEngine(HONEST)) =>
    judgeResult(
      dispute,
      {
        ...{ readSeedBeacon, times: PROFILE, fetchEvidence: fetchAs("validator") },
        openChecker: async () => ({ engine }),
      },
      NEVER,
    );
  return { router, miner, dispute, fetchAs, judge };
}

describe("a disputed result", () => {
  it("is shown to who sits in its dispute, with its miner's signature, and to nobody else", async () => {
    const { dispute, fetchAs, miner, router } = await disputedTask();
    for (const name of ["validator", "juror"]) {
      const shown = await fetchAs(name)(dispute, NEVER);
      expect([shown?.bodies.length, shown?.missing]).toEqual([1, []]);
      expect(shown?.proofs.map(({ result, proof }) => [result, proof.signer])).toEqual([
        [dispute.resultHash, miner.address],
      ]);
    }
    expect(await fetchAs("stranger")(dispute, NEVER)).toBeUndefined();
    expect(await fetchAs("validator")({ ...dispute, number: 2 }, NEVER)).toBeUndefined();
    expect(await fetchAs("validator")({ ...dispute, resultHash: ZERO_BYTES32 }, NEVER)).toBeUndefined();
    router.chain.disputes.set(1, { ...dispute, phase: "ended", ending: "cleared" });
    expect(await fetchAs("validator")(dispute, NEVER)).toBeUndefined();
  });

  it("is judged by making it again, whatever epoch its receipt names", async () => {
    const { dispute, fetchAs, judge } = await disputedTask();
    expect((await judge())?.outcome).toBe("passed");
    const shown = await fetchAs("validator")(dispute, NEVER);
    if (shown === undefined) throw new Error("nothing is shown");
    const found = await judgeResult(
      dispute,
      {
        ...{
          readSeedBeacon,
          times: PROFILE,
          openChecker: async () => ({ engine: createScriptedEngine(HONEST) }),
        },
        fetchEvidence: async () => ({ ...shown, epoch: shown.epoch + 1_000 }),
      },
      NEVER,
    );
    expect(found?.outcome).toBe("passed");
  });

  it("is found wrong by an engine that answers otherwise, and nothing by one of another model", async () => {
    const { judge } = await disputedTask();
    expect((await judge(createScriptedEngine({ reply: () => "five six seven eight" })))?.outcome).toBe("failed");
    expect((await judge(createScriptedEngine({ ...HONEST, model: "another" })))?.outcome).toBe("undecided");
  });

  it("isn't judged when its miner is gone", async () => {
    const { router, miner, judge } = await disputedTask();
    await miner.stop();
    await until(() => router.gateway.network().miners.length === 0);
    expect(await judge()).toBeUndefined();
  });
});
