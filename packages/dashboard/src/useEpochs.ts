import type { Cortensor, EpochsView } from "@cortensor/sdk";
import { useEffect, useState } from "react";

const REFRESH_MS = 2_000;

export type EpochsState = { readonly view: EpochsView | undefined; readonly problem: string | undefined };

/** Reads the router's view of epochs every few seconds. */
export function useEpochs(client: Cortensor): EpochsState {
  const [view, setView] = useState<EpochsView>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const refresh = async () => {
      while (!signal.aborted) {
        try {
          setView(await client.epochs({ signal }));
          setProblem(undefined);
        } catch (error) {
          if (!signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
        }
        await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
      }
    };
    void refresh();
    return () => stop.abort();
  }, [client]);
  return { view, problem };
}
