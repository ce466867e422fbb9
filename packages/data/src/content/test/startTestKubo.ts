import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { systemClock } from "@cortensor/runtime";

/** A real Kubo daemon of its own, on the loopback, that knows nobody. */
export type TestKubo = {
  /** Its RPC's address. */
  readonly url: string;
  /** Where its peers reach it. */
  readonly addresses: readonly string[];
  /** A call of its RPC, past our own client. */
  readonly call: (path: string, body?: FormData) => Promise<Buffer>;
  readonly stop: () => Promise<void>;
};

/** Kubo's program by its two names. */
const NAMES = ["ipfs", "kubo"];
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 50;

/** Where Kubo is installed, if it is. */
export function findKubo(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/** Says why tests against Kubo itself don't run here, so that nobody takes silence for success. */
export function sayNoKubo(): void {
  process.stderr.write("\n!! NOT RUN: content in Kubo. No ipfs or kubo here: https://docs.ipfs.tech/install/\n\n");
}

export async function startTestKubo(binary: string): Promise<TestKubo> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-kubo-"));
  const env = { ...process.env, IPFS_PATH: folder };
  // Its own profile for tests: the loopback, ports that are free, nobody to find.
  execFileSync(binary, ["init", "--profile=test"], { env, stdio: "ignore" });
  const child = spawn(binary, ["daemon"], { env, stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await untilReady(join(folder, "api"));
    const call: TestKubo["call"] = async (path, body) => {
      const response = await fetch(`${url}/api/v0/${path}`, {
        method: "POST",
        ...(body === undefined ? {} : { body }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      if (!response.ok) throw new Error(`Kubo refused ${path}: ${bytes.toString()}`);
      return bytes;
    };
    const said: { readonly Addresses: readonly string[] } = JSON.parse((await call("id")).toString());
    return { url, addresses: said.Addresses, call, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** It writes where its RPC is, `/ip4/127.0.0.1/tcp/…`, once it listens there. */
async function untilReady(file: string): Promise<string> {
  for (const endsAt = systemClock.nowMs() + READY_MS_MAX; systemClock.nowMs() < endsAt; ) {
    const [, , host, , port] = (await readFile(file, "utf8").catch(() => "")).trim().split("/");
    if (host !== undefined && port !== undefined) return `http://${host}:${port}`;
    await systemClock.sleep(READY_POLL_MS);
  }
  throw new Error(`Kubo was not ready in ${READY_MS_MAX} ms`);
}
