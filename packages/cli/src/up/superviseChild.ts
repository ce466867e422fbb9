import { type ChildProcess, fork } from "node:child_process";
import { closeSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { backoffMs, type Clock, duration } from "@cortensor/runtime";
import { z } from "zod";
import { CliError } from "../cliError.js";
import type { Output } from "../output.js";
import { createSettleOnce } from "./settleOnce.js";

/** First pause before a dead child is started again, doubled at each death up to the most: CORTENSOR_RESTART_CAP, as `5s`. */
const RESTART_BASE_MS = 500;
const RESTART_CAP = "30s";
/** A child that lived this long starts the count anew. */
const STABLE_MS = 60_000;
/** Time a child has to end on SIGTERM: running answers may end first. */
const STOP_MS = 10_000;
/** A log larger than this is put aside at the next start. */
const LOG_BYTES_MAX = 16 * 1_048_576;

/** What a child says over its channel. */
export const childMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), data: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);

export type ChildSpec = {
  readonly name: string;
  /** The program: this command's own entry. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Node's own options. */
  readonly nodeArgs?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** Also one that dies before it was ready is started again: its neighbours don't wait for it, and what it needs may come. */
  readonly keepsTrying?: true;
};

export type SupervisedChild = {
  readonly name: string;
  /** What the child said when it was ready first. Rejects with CLI_CHILD_FAILED when it dies before. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Process id of the running child. */
  pid(): number | undefined;
  /** Ends the child and starts it again, from then on with these variables changed. One that isn't running gets them at its next start. */
  startAgain(changed: ChildSpec["env"]): void;
  /** Ends the child for good. */
  stop(): Promise<void>;
};

/**
 * Runs a child until it is stopped. One that dies after it was ready is started again after a pause, and told of; one that dies before
 * fails `ready`, for then its configuration is at fault, unless it is to be tried on. A child sees its parent's death by its closed channel.
 */
export function superviseChild(
  spec: ChildSpec,
  { output, clock, random }: { readonly output: Output; readonly clock: Clock; readonly random: () => number },
): SupervisedChild {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let { env } = spec;
  let deaths = 0;
  const capMs = duration(spec.env.CORTENSOR_RESTART_CAP ?? RESTART_CAP);
  const first = createSettleOnce<Readonly<Record<string, unknown>>>();
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedMs = clock.nowMs();
      const { how, wasReady, said } = await runOnce(
        { ...spec, env },
        {
          onStart: (started) => {
            child = started;
          },
          onReady: (data) => {
            if (first.isSettled()) output.progress("child.ready", `${spec.name} is back`, { name: spec.name });
            first.resolve(data);
          },
        },
      );
      child = undefined;
      if (stopping.signal.aborted) return;
      if (!wasReady && !first.isSettled() && spec.keepsTrying !== true) {
        return first.reject(
          new CliError({ code: "CLI_CHILD_FAILED", name: spec.name, how: said ?? how, logFile: spec.logFile }),
        );
      }
      deaths = clock.nowMs() - startedMs > STABLE_MS ? 1 : deaths + 1;
      const pauseMs = Math.max(RESTART_BASE_MS, backoffMs({ baseMs: RESTART_BASE_MS, capMs, random }, deaths));
      const sentence = `${spec.name} ended (${said ?? how}); starting it again in ${pauseMs} ms. Its log: ${spec.logFile}`;
      output.warn("child.ended", sentence, { name: spec.name, how, pauseMs, logFile: spec.logFile });
      await clock.sleep(pauseMs, stopping.signal).catch(() => undefined);
    }
  }

  return {
    name: spec.name,
    ready: first.promise,
    pid: () => child?.pid,
    startAgain(changed) {
      env = { ...env, ...changed };
      if (child !== undefined) void endChild(child, clock);
    },
    async stop() {
      stopping.abort();
      first.reject(new CliError({ code: "CLI_CHILD_FAILED", name: spec.name, how: "stopped", logFile: spec.logFile }));
      if (child !== undefined) await endChild(child, clock);
      await running;
    },
  };
}

/** Asks a child to end, kills it when it doesn't, and resolves when it is gone. */
async function endChild(child: ChildProcess, clock: Clock): Promise<void> {
  const gone = new AbortController();
  child.once("exit", () => gone.abort());
  child.kill("SIGTERM");
  await clock.sleep(STOP_MS, gone.signal).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
}

type Ending = { readonly how: string; readonly wasReady: boolean; readonly said: string | undefined };

/** Starts the child once and resolves when it has ended. */
async function runOnce(
  spec: ChildSpec,
  on: {
    readonly onStart: (child: ChildProcess) => void;
    readonly onReady: (data: Readonly<Record<string, unknown>>) => void;
  },
): Promise<Ending> {
  const log = openLog(spec.logFile);
  const child = fork(spec.entry, [...spec.args], {
    env: spec.env,
    execArgv: [...process.execArgv, ...(spec.nodeArgs ?? [])],
    stdio: ["ignore", log, log, "ipc"],
    // In a group of its own: the terminal's Ctrl-C is the parent's to hear, which then ends its children in order.
    detached: true,
  });
  closeSync(log);
  on.onStart(child);
  let wasReady = false;
  let said: string | undefined;
  child.on("message", (message) => {
    const parsed = childMessage.safeParse(message);
    if (!parsed.success) return;
    if (parsed.data.kind === "failed") {
      said = parsed.data.message;
      return;
    }
    wasReady = true;
    on.onReady(parsed.data.data);
  });
  const how = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`));
  });
  return { how, wasReady, said };
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(file, `${file}.old`);
  return openSync(file, "a", 0o600);
}
