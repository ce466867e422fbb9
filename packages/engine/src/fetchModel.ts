export type FetchModelOptions = {
  /** Path of a GGUF file, an http(s) URL, or `owner/repo/file.gguf`. */
  readonly source: string;
  /** Where downloads are kept. */
  readonly folder: string;
  /** Expected SHA-256 of the file, hex without prefix. */
  readonly sha256?: string;
  /** Host of `owner/repo/file` sources. Default `https://huggingface.co`. */
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes?: number }) => void;
};
export type FetchedModel = { readonly path: string; readonly bytes: number; readonly sha256: string };
export declare function fetchModel(options: FetchModelOptions): Promise<FetchedModel>;
