import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Network } from "./startNetwork.js";

const LOAD = fileURLToPath(new URL("../../../bench/router/load.mjs", import.meta.url));

export type Asked = {
  readonly finished: number;
  readonly failed: number;
  readonly seconds: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Ids that the answers named. */
  readonly tasks: readonly string[];
};

/** Asks so many short questions over so many connections, from a process of its own that costs little beside the network. */
export function askMany(
  network: Network,
  counts: { readonly requests: number; readonly connections: number },
): Promise<Asked> {
  const load = {
    ...counts,
    port: Number(new URL(network.url).port),
    path: "/v1/chat/completions",
    headers: { authorization: `Bearer ${network.apiKey}` },
    body: { model: network.model, temperature: 0, max_tokens: 4, messages: [{ role: "user", content: "a b c d" }] },
    stream: false,
  };
  const child = spawn(process.execPath, [LOAD], {
    env: { ...process.env, LOAD: JSON.stringify(load) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(text) as Asked);
      else reject(new Error(`the load generator ended with ${code}`));
    });
  });
}
