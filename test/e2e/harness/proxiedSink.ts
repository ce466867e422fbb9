import { writeFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import { freePorts } from "./freePorts.js";
import type { SinkDatabase } from "./sinkDatabase.js";
import { type StartedProcess, startProcess } from "./startProcess.js";

/** A proxy with a sink, which may be killed and started again where it was. */
export type ProxiedSink = {
  readonly asked: readonly string[];
  /** Asks the proxy that runs; resolves when it has been answered whole. */
  readonly ask: () => Promise<void>;
  /** Kills the proxy in the midst of an answer. Returns that answer's id. */
  readonly killInMidst: () => Promise<string>;
  readonly start: () => Promise<void>;
  /** Ends the proxy in order. */
  readonly stop: () => Promise<number | null>;
};

/** Asks by a proxy of its own home, whose records go to the database. */
export async function openProxiedSink(parts: {
  readonly home: string;
  readonly router: string;
  readonly apiKey: string;
  readonly model: string;
  readonly database: SinkDatabase;
}): Promise<ProxiedSink> {
  const { home, router, model } = parts;
  const key = "a-key-of-this-sinks-proxy";
  const [port] = await freePorts(1);
  const target = join(home, "target");
  writeFileSync(target, `${parts.database.url}\n`, { mode: 0o600 });
  const openai = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: key, maxRetries: 0 });
  const asked: string[] = [];
  let running: StartedProcess | undefined;
  const start = async (): Promise<void> => {
    const args = ["proxy", "--port", String(port), "--router", router, "--sink", target];
    running = startProcess(home, args, { env: { CORTENSOR_API_KEY: parts.apiKey, PROXY_KEY: key } });
    await running.output.find((line) => line.event === "result");
  };
  return {
    asked,
    start,
    async ask() {
      const prompt = `Question ${asked.length + 1} of a client of its own.`;
      await openai.completions.create({ model, prompt, max_tokens: 4 });
      asked.push(prompt);
    },
    async killInMidst() {
      const body = { model, prompt: "A long one.", max_tokens: 400, stream: true as const };
      // Read by hand: a loop that is left cancels its stream, and one that its server cut fails at that.
      const chunks = (await openai.completions.create(body))[Symbol.asyncIterator]();
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        const { id, choices } = next.value;
        // What has come is charged: it has a receipt.
        if ((choices[0]?.text ?? "") === "") continue;
        running?.child.kill("SIGKILL");
        await running?.exited;
        // Nothing more is read: how a connection ends whose process is gone is not this test's.
        return id;
      }
      throw new Error("no answer began");
    },
    async stop() {
      running?.child.kill("SIGINT");
      return (await running?.exited) ?? null;
    },
  };
}
