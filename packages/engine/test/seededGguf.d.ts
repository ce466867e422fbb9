/** Writes a small llama-architecture GGUF file with seeded random weights: a real model for the native loader, of any size. */
export type SeededModel = {
  readonly seed: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly contextTokens: number;
  readonly type: "F32" | "F16" | "Q8_0";
};
export declare const TINY_MODEL: SeededModel;
export declare const CHATML_TEMPLATE: string;
export declare function encodeSeededGguf(model: SeededModel): Buffer;
//# sourceMappingURL=seededGguf.d.ts.map
