import { POINTS_MAX } from "./rubric.js";

/**
 * The points of a judge's reply: one whole number from 0 to 10, with nothing around it but white space and at most a full stop. Undefined for
 * anything else: whoever says more has not been understood, and abstains.
 */
export function parsePoints(reply: string): number | undefined {
  const digits = /^\s*(\d{1,2})\.?\s*$/.exec(reply)?.[1];
  if (digits === undefined || (digits.length > 1 && digits.startsWith("0"))) return undefined;
  const points = Number(digits);
  return points <= POINTS_MAX ? points : undefined;
}
