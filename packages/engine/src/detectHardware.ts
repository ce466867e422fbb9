/** What was found of this machine. Recorded as JSON, it is the input of `chooseModelFit`. */
export type HardwareProbe = {
  readonly platform: string;
  readonly arch: string;
  readonly cpu: { readonly model: string; readonly cores: number; readonly instructionSets: readonly string[] };
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  readonly gpus: readonly {
    readonly api: "cuda" | "vulkan" | "metal";
    readonly name: string;
    readonly totalBytes?: number;
    readonly freeBytes?: number;
  }[];
  /** The npm package that holds the matching native engine, e.g. `@node-llama-cpp/linux-x64`. Undefined: none is published. */
  readonly enginePackage?: string;
};
export declare function detectHardware(): Promise<HardwareProbe>;
