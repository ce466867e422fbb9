import { SinkError } from "../sinkError.js";

/** A target that can't be read. The reason must not quote it: it may hold a password. */
export function badTarget(reason: string): SinkError {
  return new SinkError({ code: "SINK_BAD_TARGET", reason });
}
