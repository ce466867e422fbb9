import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { startRecordingProxy } from "./recordingProxy.js";

/** A place for a process from which this machine can be reached, and which can't be reached itself. */
export type OutsideMachine = {
  readonly kind: "network namespace" | "TCP proxy";
  /** Program and arguments that a command is run inside of. */
  readonly inside: readonly string[];
  /** This machine's address, as seen from there. */
  readonly hostAddress: string;
  /** The port at which a port of this machine is reached from there. */
  reach(port: number): Promise<number>;
  remove(): Promise<void>;
};

/** A network namespace with one cable to this machine, where that is permitted; else loopback behind a TCP proxy, and says so loudly. */
export function openOutsideMachine(): OutsideMachine {
  const name = `ct${randomInt(1e8)}`;
  const net = `10.211.${randomInt(250)}`;
  const run = (...args: string[]): void => void execFileSync("ip", args, { stdio: "pipe" });
  const remove = async (): Promise<void> => run("netns", "del", name);
  try {
    run("netns", "add", name);
  } catch (error) {
    process.stderr.write(
      `\n!! NO NETWORK NAMESPACE HERE (${firstLine(error)}): THE SECOND OPERATOR RUNS ON LOOPBACK, BEHIND A TCP PROXY\n\n`,
    );
    return behindProxy();
  }
  try {
    run("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
    run("address", "add", `${net}.1/30`, "dev", name);
    run("link", "set", name, "up");
    run("-n", name, "address", "add", `${net}.2/30`, "dev", "eth0");
    run("-n", name, "link", "set", "eth0", "up");
    run("-n", name, "link", "set", "lo", "up");
    run("-n", name, "route", "add", "default", "via", `${net}.1`);
  } catch (error) {
    void remove();
    throw error;
  }
  process.stderr.write(`\nThe second operator runs in network namespace ${name}\n`);
  return {
    kind: "network namespace",
    inside: ["ip", "netns", "exec", name],
    hostAddress: `${net}.1`,
    reach: async (port) => port,
    remove,
  };
}

/** A proxy for each port that is asked for: whoever is behind it can call out, and nobody can call back through it. */
function behindProxy(): OutsideMachine {
  const proxies = new Map<number, ReturnType<typeof startRecordingProxy>>();
  return {
    kind: "TCP proxy",
    inside: [],
    hostAddress: "127.0.0.1",
    async reach(port) {
      const proxy = proxies.get(port) ?? startRecordingProxy(port);
      proxies.set(port, proxy);
      return (await proxy).port;
    },
    async remove() {
      for (const proxy of proxies.values()) {
        const opened = await proxy;
        await opened.close();
        if (!opened.captured().sent.includes("/wire")) throw new Error("no link went through the proxy");
      }
    },
  };
}

/** Sockets that listen in a process's network namespace: what could be reached there. */
export function listeningSockets(pid: number): readonly string[] {
  const LISTEN = "0A";
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN)
      .map((columns) => columns[1] ?? ""),
  );
}

function firstLine(error: unknown): string {
  return String(error).split("\n")[0] ?? "";
}
