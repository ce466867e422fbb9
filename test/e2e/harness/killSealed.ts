import { type Answer, createCortensor } from "@cortensor/sdk";
import { LONG_PROMPT, longAnswer } from "./longAnswer.js";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";
import type { TaskWatch } from "./watchTasks.js";

/** A sealed answer that lost its miner, and how often its client sealed it. */
export type KilledSealed = { readonly answer: Answer; readonly killed: string; readonly envelopes: number };

const ASKED = longAnswer({ maxTokens: 160, temperature: 0 });

/** A client that seals, with standbys or without, and counts the envelopes that it sends. */
export function sealingClient(network: Network, { standbys }: { readonly standbys: boolean }) {
  const sent = { envelopes: 0 };
  const counting: typeof fetch = (input, init) => {
    if (String(input).endsWith("/envelope")) sent.envelopes += 1;
    return fetch(input, init);
  };
  const { url: baseUrl, apiKey, profile: deployment } = network;
  const client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed", standbys, fetch: counting });
  const taskIds: string[] = [];
  return {
    taskIds,
    /** The answer when nobody is killed, once the router knows prekeys of as many miners. */
    async undisturbed(readers: number): Promise<string> {
      return until(`an answer sealed to ${readers}`, async () => {
        const answer = await client.chat(LONG_PROMPT, ASKED).catch(() => undefined);
        if (answer !== undefined) taskIds.push(answer.taskId);
        return answer?.sealing?.readers.length === readers ? answer.text : undefined;
      });
    },
    /** Kills whoever answers, once half of the text has come. */
    async kill(wanted: string, watch: TaskWatch): Promise<KilledSealed> {
      const pids = network.minerPids();
      const before = sent.envelopes;
      let killed = "";
      let miner = "";
      let text = "";
      for await (const event of client.streamChat(LONG_PROMPT, ASKED)) {
        if (event.kind === "started") miner = (await watch.of("taskStarted", event.taskId)).miner;
        if (event.kind === "text") text += event.text;
        if (event.kind === "text" && killed === "" && text.length > wanted.length / 2) {
          const pid = pids.get(miner);
          if (pid === undefined) throw new Error(`miner ${miner} has no process`);
          process.kill(pid, "SIGKILL");
          killed = miner;
        }
        if (event.kind !== "end") continue;
        const { kind: _kind, ...answer } = event;
        taskIds.push(answer.taskId);
        return { answer, killed, envelopes: sent.envelopes - before };
      }
      throw new Error("no end");
    },
  };
}
