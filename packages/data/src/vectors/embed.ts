import type { DataOwner } from "../files/dataOwner.js";

/** Makes vectors on the network, metered and paid by whose data it is. */
export type Embed = (
  payer: DataOwner,
  request: {
    readonly model: string;
    readonly texts: readonly string[];
    /** Whether somebody waits for it. */
    readonly isBackground: boolean;
  },
  signal: AbortSignal,
) => Promise<EmbedMade>;

export type EmbedMade =
  | {
      readonly kind: "vectors";
      readonly vectors: readonly Float32Array[];
      readonly taskId: string;
      readonly nIn: number;
    }
  | {
      readonly kind: "failed";
      /** The router's own word. */
      readonly code: string;
      readonly message: string;
      readonly retryAfterSeconds?: number;
    };
