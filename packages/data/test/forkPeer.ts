import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A peer in a process of its own. */
export type ForkedPeer = { readonly child: ChildProcess; readonly addresses: readonly string[] };

/** Starts a peer's process without waiting for what it says. */
export function forkPeerProcess(told: {
  readonly folder: string;
  readonly does: "serve" | "lie" | "churn";
  readonly lengths: readonly number[];
  readonly peers?: readonly string[];
}): ChildProcess {
  const entry = fileURLToPath(new URL("./peerProcess.ts", import.meta.url));
  const loader = new URL("../../engine/test/sourceLoader.mjs", import.meta.url).href;
  return fork(entry, [JSON.stringify(told)], { execArgv: ["--conditions=source", "--import", loader] });
}

/** Starts a peer and waits until it can be reached. */
export async function forkPeer(told: Parameters<typeof forkPeerProcess>[0]): Promise<ForkedPeer> {
  const child = forkPeerProcess(told);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the peer ended with ${code}`);
  });
  ended.catch(() => undefined);
  const [said] = await Promise.race([once(child, "message"), ended]);
  return { child, addresses: said.addresses };
}

/** Ends a process and waits until it is gone. */
export async function endPeer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
