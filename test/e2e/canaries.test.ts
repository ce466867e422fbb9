import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type Answer, type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AskedCanary, type CanaryReplay, openCanaryReplay } from "./harness/canaryReplay.js";
import { makeHome } from "./harness/makeHome.js";
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
    const home = makeHome("canaries");
    const marker = `marker${randomBytes(6).toString("hex")}`;
    let network: Network;
    let liar: StartedAdversary;
    let client: Cortensor;
    let honest: readonly string[];
    let replay: CanaryReplay;
    /** The client's book, as it was last written. */
    let book = "";
    /** Begin with the marker: whatever of them is cut off, it is there. */
    const texts = [`Who was ${marker}?`, `Was it ${marker} that built the old bridge?`].concat(
      ["Where is the town of", "What is the capital of", "How many people live in", "Which river flows through"].map(
        (beginning) => `${beginning} ${marker}, and who would know it?`,
      ),
    );
    /** While a node is verified anew nobody is able for a moment: what is refused then isn't asked again. */
    const asked = async (count: number): Promise<readonly Answer[]> => {
      const asks = Array.from({ length: count }, (_, at) =>
        client.chat(`Tell me of the number ${at}, and of what is counted by it.`, ASKED),
      );
      return (await Promise.allSettled(asks)).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    };

    beforeAll(async () => {
      replay = await openCanaryReplay();
      network = await startNetwork({ args: ["--miners", "2"] });
      honest = [...network.minerPids().keys()];
      liar = await startAdversary(network, home, {
        cheat: "cut-prompt",
        prices: PRICES,
      });
      const { url: baseUrl, apiKey, profile: deployment } = network;
      const store = {
        load: async () => undefined,
        async save(text: string) {
          book = text;
        },
      };
      const canaries = { rate: 1, texts, store };
      client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed", canaries });
      await until("prekeys of three miners", async () => {
        const answers = await asked(AT_ONCE);
        return answers.length === AT_ONCE ? true : undefined;
      });
    }, TIMEOUT_MS);
    afterAll(async () => {
      await replay?.close();
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
      const [fault] = caught.faults;
      const receipt = await client.receipt(fault?.taskId ?? "", { waitMs: 20_000 });
      expect(receipt.payees.map(({ miner }) => miner)).toEqual([liar.address]);
      expect(new Set(fault?.against).size).toBeGreaterThanOrEqual(2);
      const others = (await client.canaries.miners()).filter(({ miner }) => honest.includes(miner));
      expect(others.map(({ wrong, isAvoided }) => [wrong, isAvoided])).toEqual(others.map(() => [0, false]));
      expect(others).toHaveLength(honest.length);
    });

    it("asked each miner what nobody was asked before, and say of every answer what its own prompt or half of it makes", async () => {
      await client.canaries.settle();
      const standing = (await client.canaries.miners()).find(({ miner }) => miner === liar.address);
      const asked = await replay.read(book);
      expect(new Set(asked.map(({ prompt }) => prompt)).size).toBe(asked.length);
      const made = asked.flatMap(({ answers, whole, half }) =>
        answers.map(({ miner, hash }) => [miner, hash, miner === liar.address ? half : whole]),
      );
      expect(made.map(([miner, hash]) => [miner, hash])).toEqual(made.map(([miner, , expected]) => [miner, expected]));
      const { right, wrong } = standing ?? {};
      expect({ right, wrong }).toEqual(countsOf(asked, liar.address));
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

/**
 * What is to be counted of a miner that runs halves: it was wrong wherever both honest ones answered and half of the prompt makes another answer; right where
 * it makes the same one, unless that is what other prompts make too.
 */
function countsOf(asked: readonly AskedCanary[], liar: string) {
  const answering = ({ answers }: AskedCanary) => new Set<string>(answers.map(({ miner }) => miner));
  const agreed = asked.filter(({ answers, whole }) => {
    const said = answers.filter(({ hash }) => hash === whole);
    return new Set(said.map(({ miner }) => miner)).size >= 2;
  });
  const itsOwn = agreed.filter((one) => answering(one).has(liar));
  const isPhrase = ({ whole }: AskedCanary) => agreed.filter((one) => one.whole === whole).length > 1;
  return {
    right: itsOwn.filter((one) => one.half === one.whole && !isPhrase(one)).length,
    wrong: itsOwn.filter((one) => one.half !== one.whole).length,
  };
}
