import type { AnswerEvent, AskOptions } from "./answers.js";
import { type BoundOptions, boundsOf } from "./askRouter.js";
import type { Purse } from "./createPurse.js";
import type { CallOptions } from "./http.js";
import type { NetworkInfo } from "./networkShapes.js";
import { SdkError } from "./sdkError.js";

/** Asks with a bearer and a model, and what they owe is paid. */
export type PaidAsks = {
  bind(options: AskOptions): Promise<BoundOptions>;
  whole<Value>(options: AskOptions, run: (bound: BoundOptions) => Promise<Value>): Promise<Value>;
  streamed(
    options: AskOptions,
    run: (bound: BoundOptions) => AsyncIterable<AnswerEvent>,
  ): AsyncGenerator<AnswerEvent, void, undefined>;
};

export function createPaidAsks({
  purse,
  readInfo,
}: {
  readonly purse: Purse;
  readonly readInfo: (bounds: CallOptions) => Promise<NetworkInfo>;
}): PaidAsks {
  const firstModel = once(async (bounds) => {
    const [first] = (await readInfo(bounds)).models;
    if (first === undefined) throw new SdkError(NO_MODEL, { isRetryable: true });
    return first.id;
  });
  const bind = async (options: AskOptions) => {
    const bounds = boundsOf(options);
    return { ...options, bearer: await purse.bearer(bounds), model: options.model ?? (await firstModel(bounds)) };
  };
  const whole = async <Value>(options: AskOptions, run: (bound: BoundOptions) => Promise<Value>) => {
    const bounds = boundsOf(options);
    const value = await purse.paying(bounds, async () => run(await bind(options)));
    await purse.answered(bounds);
    return value;
  };
  async function* streamed(options: AskOptions, run: (bound: BoundOptions) => AsyncIterable<AnswerEvent>) {
    const bounds = boundsOf(options);
    let hasPaid = false;
    for (;;) {
      try {
        yield* run(await bind(options));
        return await purse.answered(bounds);
      } catch (error) {
        if (hasPaid || !purse.canPay(error)) throw error;
        await purse.payLane(bounds);
        hasPaid = true;
      }
    }
  }
  return { bind, whole, streamed };
}

const NO_MODEL = {
  code: "SDK_REFUSED",
  status: 503,
  reason: "no_miner",
  detail: "The router offers no model yet.",
} as const;

/** Asks until it has an answer, and keeps that. */
function once<Value>(ask: (bounds: CallOptions) => Promise<Value>): (bounds: CallOptions) => Promise<Value> {
  let known: Value | undefined;
  return async (bounds) => {
    known ??= await ask(bounds);
    return known;
  };
}
