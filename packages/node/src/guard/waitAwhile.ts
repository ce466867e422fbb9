import type { Clock } from "@cortensor/runtime";

/** Waits for work that may take long, for so long. Undefined when it isn't done by then; it goes on. */
export async function waitAwhile<Value>(
  work: Promise<Value>,
  { clock, waitMs }: { readonly clock: Clock; readonly waitMs: number },
): Promise<Value | undefined> {
  const done = new AbortController();
  const late = clock.sleep(waitMs, done.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
