import { type CheatName, cheatingEngine } from "@cortensor/engine";
import type { Prompt, SealedAsk } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { SealedClient } from "../../node/test/sealedClient.js";
import {
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "../../node/test/testNetwork.js";
import { CanaryDesk } from "../../sdk/src/sealed/canaryDesk.js";

afterEach(tearDown);

const MODEL = "scripted";
const HONEST = ["anna", "bert"];
/** Canaries until the cheat has been asked twice, whoever the router chooses. */
const ROUNDS_MAX = 60;
/** Real tasks of this size give canaries theirs. */
const REAL: { readonly model: string; readonly prompt: Prompt; readonly maxTokens: number } = {
  ...{ model: MODEL, maxTokens: 64 },
  prompt: { kind: "text", text: "What do you know of the old bridge?" },
};

/** A router, two honest miners, one that cheats, and a client whose every task is followed by a canary. */
async function startAmong(cheat: CheatName) {
  const router = await startTestRouter();
  for (const name of HONEST) await startScriptedMiner(router, { name, prekeys: new Map() });
  const liar = await startScriptedMiner(router, {
    ...{ name: "liar", prekeys: new Map() },
    behind: (engine) => cheatingEngine(cheat, { honest: engine, other: engine }),
  });
  await until(async () => {
    const probe = new SealedClient(router, "hello");
    const outcome = await probe.assign();
    if (outcome.kind === "refused") return false;
    router.gateway.sealed.drop(await probe.caller(), outcome.assigned.assignment.taskId);
    return outcome.assigned.standbys.length === HONEST.length;
  });
  let ms = 0;
  const desk: CanaryDesk = new CanaryDesk({
    options: { rate: 1, texts: ["Who built the town by the river, and when was that?", "Why does iron rust?"] },
    nowMs: () => {
      ms += 10;
      return ms;
    },
    randomBytes: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    // Each miner of the test network has an owner of its own.
    ownerOf: async (miner) => miner,
    ask: async (prompt, { maxTokens, avoid }) =>
      answerOf(router, prompt, { maxTokens, avoid: [...avoid, ...(await desk.avoided())] }),
  });
  return { router, liar, desk };
}

async function answerOf(
  router: TestRouter,
  prompt: Prompt,
  { maxTokens, avoid }: { readonly maxTokens: number; readonly avoid: readonly `0x${string}`[] },
) {
  if (prompt.kind !== "text") throw new Error("a canary of another kind than the tasks");
  const client = new SealedClient(router, prompt.text, { maxTokens });
  const ask: SealedAsk = { ...client.ask, avoid: [...avoid], audit: "canary" };
  const done = await client.answer(await client.assigned(ask));
  if (done?.kind !== "done") throw new Error(JSON.stringify(done));
  expect(done.sealing.audit).toBe("canary");
  const { miner, kernelClass } = done.result;
  return { taskId: done.taskId, miner, kernelClass, ids: client.ids };
}

describe("canaries through a real router, with a miner among three that cheats", () => {
  it.each<CheatName>(["cut-prompt", "early-stop"])(
    "name the one that does '%s', with the tasks that show it, accuse no other, and keep work from it",
    async (cheat) => {
      const { router, liar, desk } = await startAmong(cheat);
      const caught = async () => (await desk.miners()).find(({ isAvoided }) => isAvoided);
      for (let round = 0; round < ROUNDS_MAX && (await caught()) === undefined; round += 1) {
        await desk.taskAsked(REAL);
        await desk.settle();
      }
      const found = await caught();
      expect(found).toMatchObject({ miner: liar.address, right: 0, wrong: 2 });
      expect(found?.faults.length).toBeGreaterThanOrEqual(2);
      for (const { against } of found?.faults ?? []) expect(new Set(against).size).toBeGreaterThanOrEqual(2);
      const others = (await desk.miners()).filter(({ miner }) => miner !== liar.address);
      expect(others.map(({ wrong, isAvoided }) => [wrong, isAvoided])).toEqual(HONEST.map(() => [0, false]));
      for (let ask = 0; ask < 8; ask += 1) {
        const { miner } = await answerOf(router, REAL.prompt, { maxTokens: 16, avoid: await desk.avoided() });
        expect(miner).not.toBe(liar.address);
      }
    },
  );
});
