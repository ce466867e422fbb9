import type { HardwareProbe } from "./detectHardware.js";

/** One model in the quantisations it comes in. */
export type ModelCandidate = {
  readonly quantisation: string;
  readonly fileBytes: number;
  /** Bytes of key and value cache per token of context. */
  readonly kvBytesPerToken: number;
  /** Context the model was trained on. */
  readonly contextTokensMax: number;
};

export type ModelFit =
  | {
      readonly kind: "fits";
      readonly quantisation: string;
      readonly contextTokens: number;
      readonly slots: number;
      readonly threads: number;
      readonly device: "cpu" | "cuda" | "vulkan" | "metal";
    }
  | { readonly kind: "refused"; readonly reason: string };

export declare function chooseModelFit(probe: HardwareProbe, candidates: readonly ModelCandidate[]): ModelFit;
