/** A model that comes with the repository. */
export type EmbeddedModel = {
  readonly name: string;
  readonly quantisation: string;
  /** Absolute path of the GGUF file. */
  readonly path: string;
  readonly sha256: string;
  readonly contextTokens: number;
};
export declare function embeddedModels(): Promise<readonly EmbeddedModel[]>;
