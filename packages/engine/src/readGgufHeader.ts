export type GgufHeader = {
  readonly version: number;
  readonly architecture: string;
  readonly fileBytes: number;
};
export declare function readGgufHeader(path: string): Promise<GgufHeader>;
