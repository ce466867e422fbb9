import { z } from "zod";
import type { CallOptions, Http } from "./http.js";
import { bytes32, count } from "./networkShapes.js";

const view = z.object({
  session: bytes32,
  kind: z.string(),
  sink: z.string(),
  setAtMs: count,
  phase: z.enum(["starting", "delivering", "idle", "failing", "elsewhere", "closed"]),
  waiting: count,
  deliveredThrough: count,
  isFull: z.boolean(),
  failures: count,
  lastError: z.string().optional(),
  withheld: count,
  missing: count,
});
const removed = z.object({ removed: z.literal(true), waiting: count, discarded: count });

/** How a session's sink stands: see docs/SINKS.md. */
export type SinkState = z.output<typeof view>;
export type RemovedSink = z.output<typeof removed>;

/** A URL, or what says more than one can. Nothing of it is shown again but kind and place. */
export type SinkTargetText =
  | string
  | {
      readonly url: string;
      readonly secret?: string;
      readonly ca?: string;
      readonly schema?: string;
      readonly table?: string;
    };

type Bearing = CallOptions & { readonly bearer: string };
const PATH = "/api/v1/sink";

export async function setSink(http: Http, target: SinkTargetText, bounds: Bearing): Promise<SinkState> {
  return (await http.json({ path: PATH, body: { target }, ...bounds }, view)).value;
}

export async function fetchSink(http: Http, bounds: Bearing): Promise<SinkState> {
  return (await http.json({ path: PATH, ...bounds }, view)).value;
}

export async function removeSink(http: Http, discards: boolean, bounds: Bearing): Promise<RemovedSink> {
  const path = discards ? `${PATH}?discard=true` : PATH;
  return (await http.json({ method: "DELETE", path, ...bounds }, removed)).value;
}
