import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, parseAddress } from "@cortensor/protocol";
import type { Network } from "./startNetwork.js";
import { startProcess } from "./startProcess.js";
import { within } from "./until.js";

const START_MS = 240_000;
const QUESTIONS = [
  "Tell me about the sea.",
  "What did the miller say?",
  "Why does the owl sleep?",
  "Who lost the key?",
];

export type StartedPlanter = {
  readonly miner: Address;
  stop(): Promise<void>;
};

/** Starts a planter as anyone would, in a home of its own, that plants so many results in each epoch, and waits until it plants. */
export async function startPlanter(network: Network, home: string, plantsLeast: number): Promise<StartedPlanter> {
  const prompts = join(home, "questions.txt");
  mkdirSync(home, { recursive: true });
  writeFileSync(prompts, QUESTIONS.join("\n"));
  const args = ["planter", "--network", network.url, "--prompts", prompts, "--least", String(plantsLeast)];
  const started = startProcess(home, args, { env: { MINER_CHAIN_POLL: "1s" } });
  const stop = async (): Promise<void> => {
    started.child.kill("SIGTERM");
    await started.exited;
  };
  try {
    const isReady = started.output.find(({ event }) => event === "planter.ready");
    const ready = await within("planter", isReady, START_MS);
    return { miner: parseAddress(String(ready.miner)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
