import { WireError } from "../wireError.js";

/** The peer's bytes are not what the codec writes. */
export function malformed(detail: string): WireError {
  return new WireError({ code: "WIRE_MALFORMED", detail });
}

/** Our own value can't stand on the wire: a bug in the caller. */
export function unencodable(expected: string, got: string): WireError {
  return new WireError({ code: "WIRE_UNENCODABLE", expected, got });
}
