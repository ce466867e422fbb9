import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foundInMemory } from "./harness/processMemory.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

/** Two honest miners, a third that cuts prompts, and as many canaries as show it. */
const TIMEOUT_MS = 900_000;
const ASKED = { maxTokens: 16, temperature: 0 };
/** As honest miners ask, so that each gets its part of the work. */
const PRICES = { MINER_WEI_PER_TOKEN_IN: "1000000000000", MINER_WEI_PER_TOKEN_OUT: "3000000000000" };
const AT_ONCE = 3;

/** By `CORTENSOR_DEEP=openings`: `packages/cli/test/canaries.test.ts` shows the same through one process. */
const isDeep = process.env.CORTENSOR_DEEP === "openings";

describe.skipIf(!isDeep)(
  "canaries among a client's sealed questions, with a miner that runs half of each prompt",
  {
    timeout: TIMEOUT_MS,
  },
  () => {
    const home = mkdtempSync(join(tmpdir(), "cortensor-canaries-"));
    const marker = `marker${randomBytes(6).toString("hex")}`;
    let network: Network;
    let liar: StartedAdversary;
    let client: Cortensor;
    let honest: readonly string[];
    /** While a node is verified anew nobody is able for a moment: what is refused then isn't asked again. */
    const asked = async (count: number): Promise<readonly Answer[]> => {
      const asks = Array.from({ length: count }, (_, at) => client.chat(`Tell me of the number ${at}.`, ASKED));
      return (await Promise.allSettled(asks)).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    };

    beforeAll(async () => {
      network = await startNetwork({ args: ["--miners", "2"] });
      honest = [...network.minerPids().keys()];
      liar = await startAdversary(network, home, {
        cheat: "cut-prompt",
        prices: PRICES,
      });
      const { url: baseUrl, apiKey, profile: deployment } = network;
      const canaries = { rate: 1, texts: [`Who was ${marker}?`, `Where is the town of ${marker}, and who built it?`] };
      client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed", canaries });
      await until("prekeys of three miners", async () => {
        const answers = await asked(AT_ONCE);
        return answers.length === AT_ONCE ? true : undefined;
      });
    }, TIMEOUT_MS);
    afterAll(async () => {
      await liar?.stop();
      await network?.stop();
      rmSync(home, { recursive: true, force: true });
    });

    it("show who it is, with the tasks that say so, and accuse no honest one", async () => {
      const caught = await until(
        "a miner that is avoided",
        async () => {
          const [answers] = await Promise.all([asked(AT_ONCE), client.canaries.settle()]);
          for (const { sealing } of answers) expect(sealing?.audit).toBe("canary");
          return (await client.canaries.miners()).find(({ isAvoided }) => isAvoided);
        },
        TIMEOUT_MS / 2,
      ).catch(async (error: unknown) => {
        throw new Error(JSON.stringify(await client.canaries.miners()), { cause: error });
      });
      expect(caught.miner).toBe(liar.address);
      expect(caught.right).toBe(0);
      const [fault] = caught.faults;
      const receipt = await client.receipt(fault?.taskId ?? "", { waitMs: 20_000 });
      expect(receipt.payees.map(({ miner }) => miner)).toEqual([liar.address]);
      expect(new Set(fault?.against).size).toBeGreaterThanOrEqual(2);
      const others = (await client.canaries.miners()).filter(({ miner }) => honest.includes(miner));
      expect(others.map(({ wrong, isAvoided }) => [wrong, isAvoided])).toEqual(others.map(() => [0, false]));
      expect(others.every(({ right }) => right > 0)).toBe(true);
    });

    it("give it no more of that client's work, and leave no word of theirs with the router", async () => {
      const answers = await until("answers", async () => {
        const some = await asked(2 * AT_ONCE);
        return some.length === 0 ? undefined : some;
      });
      for (const { sealing } of answers) {
        expect(sealing?.readers.some((reader) => reader === liar.address)).toBe(false);
      }
      expect(foundInMemory(network.routerPid(), [marker])).toEqual([]);
    });
  },
);
