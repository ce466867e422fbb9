import type { Clock } from "@cortensor/runtime";
import { HostingError } from "./hostingError.js";
import { BYTES_PER_SECOND_MIN, FETCH_MS_MAX, HOSTED_BYTES_MAX, IDLE_MS_MAX } from "./hostingLimits.js";

export type CollectParts = {
  /** For errors. */
  readonly host: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How many may come, and whether fewer are wrong. */
  readonly bytes: { readonly most: number; readonly exact: boolean };
};

type Step<Value> = Promise<Value>;

/**
 * All bytes of what `open` gives, within both deadlines and the bound of size. The signal that `open` gets aborts as soon as
 * nothing more is wanted of it.
 */
export async function collectHosted(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>>,
  { host, clock, signal, bytes: { most, exact } }: CollectParts,
): Promise<Uint8Array> {
  const watch = new FetchWatch({ host, clock, signal });
  try {
    const source = await watch.within(open(watch.signal));
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : asyncOf(source);
    const parts: Uint8Array[] = [];
    let length = 0;
    watch.begin();
    for (;;) {
      const step = await watch.within(iterator.next());
      if (step.done === true) break;
      length += step.value.length;
      if (length > HOSTED_BYTES_MAX) throw new HostingError({ code: "HOSTING_TOO_LARGE", most: HOSTED_BYTES_MAX });
      if (length > most) throw new HostingError({ code: "HOSTING_WRONG_LENGTH", host, said: "more" });
      parts.push(step.value);
      watch.got(length);
    }
    if (exact && length < most) throw new HostingError({ code: "HOSTING_WRONG_LENGTH", host, said: "fewer" });
    return Buffer.concat(parts);
  } finally {
    watch.end();
  }
}

/** The deadlines of one fetch, by a clock that is given. */
class FetchWatch {
  readonly #parts: Pick<CollectParts, "host" | "clock" | "signal">;
  readonly #own = new AbortController();
  readonly #whole: Promise<never>;
  readonly signal: AbortSignal;
  #beganMs: number | undefined;

  constructor(parts: Pick<CollectParts, "host" | "clock" | "signal">) {
    this.#parts = parts;
    this.signal = AbortSignal.any([parts.signal, this.#own.signal]);
    this.#whole = this.#after(FETCH_MS_MAX, "whole", this.signal);
    this.#whole.catch(() => undefined);
  }

  /** The answer has begun: from now on it must come fast enough. */
  begin(): void {
    this.#beganMs = this.#parts.clock.nowMs();
  }

  /** Throws HOSTING_TIMEOUT where so many bytes are too few by now. */
  got(bytes: number): void {
    const { clock, host } = this.#parts;
    const seconds = (clock.nowMs() - (this.#beganMs ?? clock.nowMs())) / 1_000;
    if (seconds > 1 && bytes < seconds * BYTES_PER_SECOND_MIN)
      throw new HostingError({ code: "HOSTING_TIMEOUT", host, phase: "slow" }, { isRetryable: true });
  }

  /** One step, within the idle deadline and the whole one. */
  async within<Value>(step: Step<Value>): Promise<Value> {
    const done = new AbortController();
    const idle = this.#after(IDLE_MS_MAX, "idle", AbortSignal.any([this.signal, done.signal]));
    idle.catch(() => undefined);
    step.catch(() => undefined);
    try {
      return await Promise.race([step, idle, this.#whole]);
    } finally {
      done.abort();
    }
  }

  end(): void {
    this.#own.abort();
  }

  async #after(ms: number, phase: "whole" | "idle", signal: AbortSignal): Promise<never> {
    await this.#parts.clock.sleep(ms, signal);
    throw new HostingError({ code: "HOSTING_TIMEOUT", host: this.#parts.host, phase }, { isRetryable: true });
  }
}

async function* asyncOf(source: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source;
}
