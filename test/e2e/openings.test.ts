import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { type Answer, type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentOf } from "./harness/processes.js";
import { foundInMemory } from "./harness/processMemory.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { foundWords, lookEverywhere, portsOf } from "./harness/taintPlaces.js";
import { until, within } from "./harness/until.js";

const RECORDER = fileURLToPath(new URL("./harness/recordSockets.mjs", import.meta.url));
const TABLE = fileURLToPath(new URL("../../docs/SECURITY.md", import.meta.url));

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
    /** Each asked with a word of its own, by task. */
    const asked = new Map<string, string>();
    const folder = mkdtempSync(join(tmpdir(), "cortensor-e2e-openings-"));
    const [wires, clientFolder] = [join(folder, "wires"), join(folder, "client")] as const;
    let opened: { readonly validator: string; readonly word: string };

    beforeAll(async () => {
      for (const one of [wires, clientFolder]) mkdirSync(one);
      network = await startNetwork({
        args: ["--miners", "1", "--guards", "4"],
        env: {
          ...{ ROUTER_SETTLE_AGE: "500ms", GUARD_DUTIES: "embedded", CORTENSOR_LOG: "debug" },
          ...{ CORTENSOR_E2E_WIRES: wires, NODE_OPTIONS: `--import=${RECORDER}` },
        },
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
      rmSync(folder, { recursive: true, force: true });
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
      const found = await until(
        "opened task in the guards' logs",
        async () => {
          // Whoever validates an epoch has committed to it before: what is asked earlier is drawn for nobody.
          const word = `${marker}${randomBytes(6).toString("hex")}`;
          const { taskId } = await client.chat(`Tell me of ${word}.`, ASKED);
          asked.set(taskId, word);
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
      expect(found.one.guards).toBeGreaterThanOrEqual(3);
      expect(new Set(found.released.map(({ validator }) => validator))).toEqual(new Set([found.one.validator]));
      opened = { validator: found.one.validator, word: asked.get(found.one.taskId) ?? "" };
      const outcome = await until("a guard that says what it found", () => foundIn(join(network.home, "logs")));
      expect(outcome).toMatchObject({ outcome: "passed", miner: [...network.minerPids().keys()][0] });
      expect(JSON.stringify(network.output.lines)).not.toContain(marker);
    });

    it("leave no word anywhere but in the memory of the validator that opened them", async () => {
      const readers = network
        .guardPids()
        .filter((pid) => foundInMemory(pid, [opened.word]).length > 0)
        .map((pid) => addressOfPrivateKey(`0x${(environmentOf(pid, "GUARD_SIGNER_KEY") ?? "").replace(/^0x/, "")}`));
      expect(readers.filter((reader) => reader !== opened.validator)).toEqual([]);
      const places = lookEverywhere(network, { wires, clientFolder, listeners: portsOf(network, { port: 0 }) });
      const words = { auditable: { asked: opened.word, said: opened.word } };
      const { found, looked } = await foundWords(places, { beginning: marker, words });
      const lasting = found.get("auditable")?.asked.filter((name) => name !== "guard's memory");
      expect(lasting).toEqual([]);
      for (const name of [
        "chain",
        "database",
        "logs",
        "guard's store",
        "samples",
        "wire guard–guard",
        "wire guard–router",
      ])
        expect([name, looked.get(name) ?? 0]).not.toEqual([name, 0]);
      const row = readFileSync(TABLE, "utf8")
        .split("\n")
        .find((line) => line.startsWith("| `auditable` |"));
      const columns = row?.split("|").slice(3, 5);
      expect(columns?.map((column) => column.trim())).toEqual(["nowhere", "nowhere"]);
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
