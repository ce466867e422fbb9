import { backoffMs, type Clock, type Logger, type RunningPostgres, startPostgres } from "@cortensor/runtime";
import type { Output } from "../output.js";

/** First pause before a database that ended is started again, doubled at each failure up to the most. */
const RESTART_BASE_MS = 500;
const RESTART_CAP_MS = 30_000;

export type KeptPostgres = {
  /** Of the server that runs now, or ran last: another after a move. A secret. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
};

export type KeepPostgresParts = {
  readonly folder: string;
  readonly port: number;
  readonly output: Output;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whoever used the server has to be told its new address. */
  readonly onMoved: (moved: Pick<KeptPostgres, "url" | "port">) => void;
};

/**
 * Starts Postgres, and again whenever it ends by itself, until it is stopped: on the same port, or on another where something took that one
 * in between. Its data survives any kill.
 */
export async function keepPostgres(parts: KeepPostgresParts): Promise<KeptPostgres> {
  const { folder, log, output, clock } = parts;
  const stopping = new AbortController();
  let running: RunningPostgres = await startPostgres({ folder, port: parts.port, log });
  const keep = async (): Promise<void> => {
    let failures = 0;
    for (;;) {
      await running.exited;
      if (stopping.signal.aborted) return;
      output.warn("postgres.ended", "Postgres ended; starting it again");
      const { port } = running;
      const next = await startAgain(() => startPostgres({ folder, port, log }));
      if (next === undefined) return;
      failures = 0;
      running = next;
      if (next.port === port) {
        output.progress("postgres.ready", "Postgres is back", { port });
        continue;
      }
      output.warn("postgres.moved", `Port ${port} is taken: Postgres is back on ${next.port}`, { port: next.port });
      parts.onMoved(next);
    }

    async function startAgain(start: () => Promise<RunningPostgres>): Promise<RunningPostgres | undefined> {
      while (!stopping.signal.aborted) {
        failures += 1;
        const pauseMs = backoffMs({ baseMs: RESTART_BASE_MS, capMs: RESTART_CAP_MS, random: parts.random }, failures);
        await clock.sleep(pauseMs, stopping.signal).catch(() => undefined);
        try {
          if (!stopping.signal.aborted) return await start();
        } catch (error) {
          output.warn("postgres.failed", `Postgres could not be started: ${String(error)}`);
        }
      }
      return undefined;
    }
  };
  const kept = keep();
  return {
    get url() {
      return running.url;
    },
    get port() {
      return running.port;
    },
    async stop() {
      stopping.abort();
      await running.stop();
      await kept;
      await running.stop();
    },
  };
}
