/** What a call cost its engine. Of calls that share one each has its own part, and together they are all that it worked. */
export type EngineUse = {
  /** In which the model ran for this call alone. */
  readonly seconds: number;
  /** Of the processor: in all threads of the engine's process. Says little where the model runs on something else. */
  readonly cpuSeconds: number;
};

/** Called once for each call that the model ran for, when that is known. */
export type OnUse = (use: EngineUse) => void;
