import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Enough of the child's last words to see why it died; engine messages hold no prompts. */
const TAIL_BYTES_MAX = 2_048;

export type ForkedEngine = {
  readonly child: ChildProcess;
  /** The end of what the child wrote to its standard error. */
  tail(): string;
};

/** Starts the engine's own process. Run from sources, it gets the loader that understands them. */
export function forkEngine(): ForkedEngine {
  const isSource = import.meta.url.endsWith(".ts");
  const entry = new URL(isSource ? "./llamaChild.ts" : "./llamaChild.js", import.meta.url);
  const loader = new URL("../../test/sourceLoader.mjs", import.meta.url);
  const child = fork(fileURLToPath(entry), [], {
    execArgv: isSource ? ["--conditions=source", "--import", loader.href] : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-TAIL_BYTES_MAX);
  });
  return { child, tail: () => tail };
}
