import type { Cortensor, NetworkEvent, NetworkView } from "@cortensor/sdk";
import { useCallback, useEffect, useState } from "react";
import { type TaskRow, withEvent } from "./taskRows.js";
import { useRefreshed, wait, wordsOf } from "./useRefreshed.js";

const REFRESH_MS = 3_000;
const RECONNECT_MS = 2_000;

export type NetworkState = {
  readonly view: NetworkView | undefined;
  readonly tasks: readonly TaskRow[];
  readonly problem: string | undefined;
};

/** Follows the router's events, and reads the whole view every few seconds. */
export function useNetwork(client: Cortensor): NetworkState {
  const read = useCallback((signal: AbortSignal) => client.network({ signal }), [client]);
  const { view, problem } = useRefreshed(read, REFRESH_MS);
  const [tasks, setTasks] = useState<readonly TaskRow[]>([]);
  const [broken, setBroken] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const follow = async () => {
      while (!signal.aborted) {
        setBroken(undefined);
        try {
          for await (const event of client.watch({ signal }))
            setTasks((rows) => withEvent(rows, event as NetworkEvent));
        } catch (error) {
          if (!signal.aborted) setBroken(wordsOf(error));
        }
        await wait(RECONNECT_MS);
      }
    };
    void follow();
    return () => stop.abort();
  }, [client]);
  return { view, tasks, problem: problem ?? broken };
}
