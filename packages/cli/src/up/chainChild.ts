import { join } from "node:path";
import { pickFreePort } from "@cortensor/runtime";
import { forwardPort } from "./forwardPort.js";
import { keepChainTime } from "./keepChainTime.js";
import { ENTRY, type LocalParts } from "./localChildren.js";
import { superviseChild } from "./superviseChild.js";

/** Runs an anvil as a child at a port of ours, and keeps its time going. Resolves to its RPC URL on this machine. */
export async function startChainChild(
  parts: LocalParts,
  chain: { readonly name: string; readonly port: number; readonly args: readonly string[] },
): Promise<string> {
  const { context, clock, random } = parts;
  const { output, shutdown, paths } = context;
  const innerPort = await innerPortOf(parts, chain.port);
  const child = superviseChild(
    {
      name: chain.name,
      entry: ENTRY,
      args: ["--home", paths.home, "chain", "--port", String(innerPort), ...chain.args],
      env: process.env,
      logFile: join(paths.logs, `${chain.name}.log`),
    },
    { output, clock, random },
  );
  shutdown.add(chain.name, () => child.stop());
  await child.ready;
  await openPort(parts, { name: chain.name, port: chain.port, innerPort });
  const rpcUrl = `http://127.0.0.1:${chain.port}`;
  const time = keepChainTime({
    rpcUrl,
    clock,
    signal: shutdown.signal,
    onError: () => output.warn("chain.silent", `The ${chain.name} doesn't answer`),
  });
  shutdown.add(`${chain.name}'s time`, () => time);
  return rpcUrl;
}

/** Where what listens to this machine alone does so: on every address at once its port is ours to forward, so it needs another. */
export async function innerPortOf({ options }: LocalParts, port: number): Promise<number> {
  return isWildcard(options.host) ? pickFreePort() : port;
}

/** Lets other machines reach a port of this one, where the network is for them too. */
export async function openPort(
  { context, options }: LocalParts,
  { name, port, innerPort }: { readonly name: string; readonly port: number; readonly innerPort: number },
): Promise<void> {
  if (options.host === "127.0.0.1") return;
  const forward = await forwardPort({ host: options.host, port, toPort: innerPort });
  context.shutdown.add(`${name}'s port`, () => forward.stop());
}

/** Whether a host stands for every address of this machine. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
