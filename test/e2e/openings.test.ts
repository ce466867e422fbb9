import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foundInMemory } from "./harness/processMemory.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until, within } from "./harness/until.js";

/** An epoch of answers, one of roots, and what guards say of them. */
const TIMEOUT_MS = 900_000;

const ASKED = { maxTokens: 24, temperature: 0 };

type Release = { readonly guard: string; readonly taskId: string; readonly validator: string };

/** Four guards with an engine each, and minutes of epochs: `CORTENSOR_DEEP=openings` runs it. Each step has a test inside one process. */
const isDeep = process.env.CORTENSOR_DEEP === "openings";

describe.skipIf(!isDeep)(
  "sealed tasks that guards may open together, through real processes",
  { timeout: TIMEOUT_MS },
  () => {
    const marker = `marker${randomBytes(6).toString("hex")}`;
    let network: Network;
    let client: Cortensor;
    let answer: Answer;
    const asked = new Set<string>();

    beforeAll(async () => {
      network = await startNetwork({
        args: ["--miners", "1", "--guards", "4"],
        env: { ROUTER_SETTLE_AGE: "500ms", GUARD_DUTIES: "embedded" },
      });
      await within(
        "guards",
        network.output.find(({ event }) => event === "guards.ready"),
        TIMEOUT_MS / 2,
      );
      const { url: baseUrl, apiKey, profile: deployment } = network;
      client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed", audit: "auditable" });
      let refused: unknown;
      const first = () =>
        client.chat(`Tell me of ${marker}.`, ASKED).catch((error: unknown) => {
          refused = error;
          return undefined;
        });
      answer = await until("prekeys of a miner and of guards", first, TIMEOUT_MS / 2).catch((error: unknown) => {
        throw new Error(`${error}, the last refusal was ${refused}`);
      });
    }, TIMEOUT_MS);
    afterAll(async () => {
      await network?.stop();
    });

    it("say so in their label, and leave the router nothing that it can read", () => {
      const { guards, threshold } = answer.sealing?.opening ?? {};
      expect(answer.sealing).toMatchObject({ audit: "auditable", readers: [...network.minerPids().keys()] });
      expect([guards, threshold]).toEqual([4, 3]);
      const kept = readdirSync(join(network.home, "samples"));
      expect(kept).toContain(`${answer.taskId}.json`);
      for (const name of kept) expect(readFileSync(join(network.home, "samples", name), "utf8")).not.toContain(marker);
      expect(foundInMemory(network.routerPid(), [marker])).toEqual([]);
      for (const pid of network.guardPids()) expect(foundInMemory(pid, [marker])).toEqual([]);
    });

    it("are opened for the one validator that the beacon drew, checked, and the owner reads by whom and when", async () => {
      const opened = await until(
        "opened task in the guards' logs",
        async () => {
          // Whoever validates an epoch has committed to it before: what is asked earlier is drawn for nobody.
          const { taskId } = await client.chat(`Tell me of ${marker}.`, ASKED);
          asked.add(taskId);
          const outcome = await runCommand(["--home", network.home, "data", "openings"]);
          const { opened, released } = resultOf(outcome) as {
            readonly opened: readonly {
              readonly taskId: string;
              readonly validator: string;
              readonly guards: number;
            }[];
            readonly released: readonly Release[];
          };
          const one = opened.find((of) => asked.has(of.taskId));
          return one && { one, released: released.filter((of) => of.taskId === one.taskId) };
        },
        TIMEOUT_MS / 2,
      );
      expect(opened.one.guards).toBeGreaterThanOrEqual(3);
      expect(new Set(opened.released.map(({ validator }) => validator))).toEqual(new Set([opened.one.validator]));
      const outcome = await until("a guard that says what it found", () => foundIn(join(network.home, "logs")));
      expect(outcome).toMatchObject({ outcome: "passed", miner: [...network.minerPids().keys()][0] });
      expect(JSON.stringify(network.output.lines)).not.toContain(marker);
    });
  },
);

/** What the validator's log says of the task that it opened. */
function foundIn(folder: string): Record<string, unknown> | undefined {
  const lines = readdirSync(folder)
    .filter((name) => name.startsWith("guard"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
  const line = lines.find((one) => one.includes("A drawn task was opened"));
  return line === undefined ? undefined : JSON.parse(line);
}
