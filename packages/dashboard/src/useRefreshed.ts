import { useEffect, useState } from "react";

export type Refreshed<View> = { readonly view: View | undefined; readonly problem: string | undefined };

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What `read` gives, read again and again; the last one stays while a reading fails. `read` is to be the same until it reads something else. */
export function useRefreshed<View>(read: (signal: AbortSignal) => Promise<View>, everyMs: number): Refreshed<View> {
  const [view, setView] = useState<View>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const refresh = async () => {
      while (!signal.aborted) {
        try {
          const seen = await read(signal);
          setView(() => seen);
          setProblem(undefined);
        } catch (error) {
          if (!signal.aborted) setProblem(wordsOf(error));
        }
        await wait(everyMs);
      }
    };
    void refresh();
    return () => stop.abort();
  }, [read, everyMs]);
  return { view, problem };
}
