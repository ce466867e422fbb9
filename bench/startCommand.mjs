import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../scripts/run.mjs";

const ENTRY = path.join(ROOT, "packages/cli/bin/cortensor.mjs");
/** Time for a process, with its engine, to say that it is ready. */
const READY_MS = 300_000;

/** A command of `cortensor`. Resolves with the line by which it says that it is ready. */
export async function startCommand(home, { args, event, env = {} }) {
  const child = spawn(process.execPath, [ENTRY, "--json", "--home", home, ...args], {
    env: { ...process.env, ...env, CORTENSOR_PASSPHRASE: "of a bench" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const ready = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGINT");
      reject(new Error(`${args[0]} was not ready in ${READY_MS} ms`));
    }, READY_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.event !== event) return;
      clearTimeout(timer);
      resolve(said);
    });
    child.once("close", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  const stop = async () => {
    child.kill("SIGINT");
    await closed;
  };
  return { ready, stop };
}
