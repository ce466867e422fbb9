import { rmSync } from "node:fs";
import { verifyReceipt } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome } from "./harness/makeHome.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const RECEIPT_MS = 30_000;
const QUESTION = "Tell me a story about a brave fox.";
/** With a seed of the client's own there is one honest answer. A fifth cheaper than the others: asked first wherever it is free. */
const ASKED = { maxTokens: 40, temperature: 1, seed: 7 };
const CHEAPER = { MINER_WEI_PER_TOKEN_IN: "800000000000", MINER_WEI_PER_TOKEN_OUT: "2400000000000" };
const CHECKED = { ...ASKED, validation: "check" } as const;

describe("answers that are checked, among two honest miners and one that picks its own seeds", () => {
  let network: Network;
  let home: string;
  let liar: StartedAdversary;
  const honest = new Set<string>();

  beforeAll(async () => {
    home = makeHome("checked");
    network = await startNetwork({ args: ["--miners", "2"] });
    await until("two verified miners", async () => {
      const { miners } = await network.client.network();
      return miners.filter(({ verifiedUntil }) => verifiedUntil !== undefined).length === 2 ? true : undefined;
    });
    for (const miner of network.minerPids().keys()) honest.add(miner);
    liar = await startAdversary(network, home, { cheat: "own-seed", prices: CHEAPER });
  });
  afterAll(async () => {
    await liar?.stop();
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("are the honest ones, and only who made them is paid", async () => {
    const payeesOf = async (taskId: string) => {
      const document = await network.client.receipt(taskId, { waitMs: RECEIPT_MS });
      expect(await verifyReceipt(document, { deployment: network.profile })).toMatchObject({ kind: "valid" });
      return document.payees.map(({ miner }) => miner);
    };
    // Now and then any miner gets a task: the liar has most of them, not all.
    const unchecked = await until("an answer of the liar's", async () => {
      const answer = await network.client.chat(QUESTION, ASKED);
      expect(answer.checked).toBeUndefined();
      const payees = await payeesOf(answer.taskId);
      return payees.length === 1 && payees[0] === liar.address ? answer : undefined;
    });

    const checked = await until("an answer whose first author was found out", async () => {
      const answer = await network.client.chat(QUESTION, CHECKED);
      expect(answer).toMatchObject({ proof: "proved", checked: { verdict: "holds" } });
      expect(answer.text).not.toBe(unchecked.text);
      expect(new Set([...(await payeesOf(answer.taskId)), answer.checked?.by])).toEqual(honest);
      return (await outcomes("wrong")) > 0 ? answer : undefined;
    });

    const args = ["--home", network.home, "chat", "--validation", "check", "--seed", "7", "--temperature", "1"];
    const asked = await runCommand([...args, "--max-tokens", String(ASKED.maxTokens), QUESTION]);
    expect(asked.code, JSON.stringify(asked.lines)).toBe(0);
    expect(resultOf(asked)).toMatchObject({ text: checked.text, checked: { verdict: "holds" } });

    await liar.stop();
    expect((await network.client.chat(QUESTION, ASKED)).text).toBe(checked.text);
  });

  async function outcomes(outcome: string): Promise<number> {
    const text = await (await fetch(`${network.url}/metrics`)).text();
    const name = `cortensor_router_checks_total{outcome="${outcome}"}`;
    return Number(
      text
        .split("\n")
        .find((line) => line.startsWith(name))
        ?.split(" ")
        .at(-1) ?? 0,
    );
  }
});
