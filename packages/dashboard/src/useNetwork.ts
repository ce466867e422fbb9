import type { Cortensor, NetworkEvent, NetworkView } from "@cortensor/sdk";
import { useEffect, useState } from "react";
import { type TaskRow, withEvent } from "./taskRows.js";

const REFRESH_MS = 3_000;
const RECONNECT_MS = 2_000;

export type NetworkState = {
  readonly view: NetworkView | undefined;
  readonly tasks: readonly TaskRow[];
  readonly problem: string | undefined;
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Follows the router's events, and reads the whole view every few seconds. */
export function useNetwork(client: Cortensor): NetworkState {
  const [view, setView] = useState<NetworkView>();
  const [tasks, setTasks] = useState<readonly TaskRow[]>([]);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const refresh = async () => {
      while (!signal.aborted) {
        try {
          setView(await client.network({ signal }));
          setProblem(undefined);
        } catch (error) {
          if (!signal.aborted) setProblem(wordsOf(error));
        }
        await wait(REFRESH_MS);
      }
    };
    const follow = async () => {
      while (!signal.aborted) {
        try {
          for await (const event of client.watch({ signal }))
            setTasks((rows) => withEvent(rows, event as NetworkEvent));
        } catch (error) {
          if (!signal.aborted) setProblem(wordsOf(error));
        }
        await wait(RECONNECT_MS);
      }
    };
    void refresh();
    void follow();
    return () => stop.abort();
  }, [client]);
  return { view, tasks, problem };
}
