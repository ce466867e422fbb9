import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT } from "../../scripts/run.mjs";

/**
 * Sessions that ask a router at once, in a process of their own. Rejects when that ends without having measured.
 * @param {{ url: string, apiKeys: readonly string[], profile: string, privacy: "open" | "sealed", requests: number, promptBytes: number, maxTokens: number, canaries?: { rate: number } }} asked
 *   Each key's session asks `requests` in turn; `canaries` of a sealed one are the SDK's own where none are named.
 * @returns {Promise<{ answered: number, failed: number, refusals: Record<string, number>, seconds: number, perSecond: number, p50Ms: number, cpuSeconds: number }>}
 */
export function askAsClients(asked) {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/data/askSessions.mjs")], {
    env: { ...process.env, ASK: JSON.stringify(asked) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`clients of ${asked.privacy} sessions ended with ${code}`));
    });
  });
}
